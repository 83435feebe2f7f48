"""What the tables know of tenants: the registry, and the lines by which requests are led."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from support.embedded_place import PREFIX, Place

ROUTING = "clinic-production-routing"
REGISTRY = f"{PREFIX}-tenants"


class Tables(Place):
    """Both tables, read and written as tests need it."""

    def known(self, tenant: str) -> dict[str, Any]:
        """What the registry says of a tenant."""
        return _plain(self._item(REGISTRY, {"tenant": tenant, "item": "tenant"}))

    def routed(self, tenant: str) -> dict[str, Any]:
        """Its line in the routing table."""
        return _plain(self._item(ROUTING, {"organization": tenant}))

    @contextmanager
    def led_to(self, tenant: str, origin: str) -> Iterator[None]:
        """Another address in its line, for a while."""
        before = str(self.routed(tenant)["origin"])
        self._lead(tenant, origin)
        try:
            yield
        finally:
            self._lead(tenant, before)

    def _lead(self, tenant: str, origin: str) -> None:
        self.client("dynamodb").update_item(
            TableName=ROUTING,
            Key={"organization": {"S": tenant}},
            UpdateExpression="SET origin = :origin",
            ExpressionAttributeValues={":origin": {"S": origin}},
        )

    def _item(self, table: str, key: Mapping[str, str]) -> Any:
        told = {name: {"S": value} for name, value in key.items()}
        return self.client("dynamodb").get_item(TableName=table, Key=told).get("Item", {})

    def active(self) -> list[str]:
        """Tenants that are served."""
        items = self.client("dynamodb").scan(TableName=REGISTRY)["Items"]
        return [one["tenant"] for one in map(_plain, items) if one.get("state") == "active"]

    def changed(self, image: str) -> list[dict[str, Any]]:
        """Tenants that have an image, in the order they got it."""
        items = [_plain(one) for one in self.client("dynamodb").scan(TableName=REGISTRY)["Items"]]
        found = [one for one in items if one.get("image") == image and one["item"] == "tenant"]
        return sorted(found, key=lambda one: str(one["updated_at"]))

    def items(self, tenant: str, begin: str) -> list[dict[str, Any]]:
        """What the registry has of a tenant besides its state."""
        found = self.client("dynamodb").query(
            TableName=REGISTRY,
            KeyConditionExpression="tenant = :tenant AND begins_with(#item, :begin)",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":tenant": {"S": tenant}, ":begin": {"S": begin}},
        )
        return [_plain(one) for one in found["Items"]]

    def remember(self, tenant: str, **facts: str) -> None:
        """Write facts into the registry, such as a day that has come."""
        for name, value in facts.items():
            self.client("dynamodb").update_item(
                TableName=REGISTRY,
                Key={"tenant": {"S": tenant}, "item": {"S": "tenant"}},
                UpdateExpression="SET #name = :value",
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues={":value": {"S": value}},
            )

    def date_back(self, certificate: Mapping[str, Any], day: str) -> None:
        """Let the retention of a deleted tenant be over."""
        self.client("dynamodb").update_item(
            TableName=REGISTRY,
            Key={name: {"S": certificate[name]} for name in ("tenant", "item")},
            UpdateExpression="SET snapshots_kept_until = :day",
            ExpressionAttributeValues={":day": {"S": day}},
        )

    def route(self, organization: str, *, tier: str, **changes: str) -> None:
        """A line in the routing table, written by somebody else."""
        line = {
            **{"organization": organization, "region": "eu", "shard": "1", "tier": tier, "state": "active"},
            **{"residency": "EU", "origin": "api-eu-1.clinic.example", "updated_at": "2026-01-01T00:00:00Z"},
            **changes,
        }
        item: dict[str, Any] = {key: {"S": value} for key, value in line.items()}
        self.client("dynamodb").put_item(TableName=ROUTING, Item={**item, "version": {"N": "1"}})

    def place(self, organization: str) -> dict[str, Any]:
        """Give an organization a place in the shared tier, as sign-up does; its line."""
        told = {"operation": "place", "organization": organization, "residency": "EU"}
        answer = self.client("lambda").invoke(
            FunctionName="clinic-production-organizations", Payload=json.dumps(told).encode()
        )
        return dict(json.loads(answer["Payload"].read())["entry"])

    def everything(self) -> dict[str, Any]:
        """What a refusal must not change."""
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        tables = {name: self.client("dynamodb").scan(TableName=name)["Items"] for name in (ROUTING, REGISTRY)}
        return {
            "stacks": sorted((one["StackName"], one["StackStatus"]) for one in stacks),
            **{name: sorted(items, key=str) for name, items in tables.items()},
        }


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: TypeDeserializer().deserialize(value) for key, value in item.items()}
