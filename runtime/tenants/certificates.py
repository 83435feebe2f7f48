"""Certificates of deletion: what is left of a tenant that is gone, and until when."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from tenants import items

SAID = (
    *("deleted_at", "deleted_by", "database", "last_snapshot", "snapshots", "snapshots_kept_until"),
    *("exports", "no_exports"),
)
"""What a certificate says, and the registry of who is deleted."""


def keep(tenant: str, run: str, facts: Mapping[str, Any]) -> None:
    """Keep the certificate of a deletion, whatever becomes of the name.

    The first that a run has written stays: later calls of the same step find the tenant's facts cleared.
    """
    item = {**_key(tenant, run), **facts}
    try:
        items.table().put_item(Item=item, ConditionExpression="attribute_not_exists(tenant)")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise


def kept(tenant: str, run: str) -> dict[str, Any]:
    """What the certificate of a deletion says; nothing where there is none yet."""
    key = _key(tenant, run)
    found = items.table().get_item(Key=key, ConsistentRead=True).get("Item", {})
    return {name: value for name, value in found.items() if name not in key}


def _key(tenant: str, run: str) -> dict[str, str]:
    return {"tenant": tenant, "item": f"certificate#{run.rpartition(':')[2]}"}


def due(today: str) -> list[Mapping[str, Any]]:
    """Certificates whose snapshots have been kept long enough."""
    return [
        one
        for one in items.every("begins_with(#item, :certificate)", {":certificate": {"S": "certificate#"}})
        if one["snapshots_kept_until"] <= today and not one.get("snapshots_deleted_at")
    ]


def conclude(certificate: Mapping[str, Any]) -> None:
    """Write down that nothing of the tenant is left."""
    items.table().update_item(
        Key={"tenant": certificate["tenant"], "item": certificate["item"]},
        UpdateExpression="SET snapshots_deleted_at = :now",
        ExpressionAttributeValues={":now": items.now()},
    )
