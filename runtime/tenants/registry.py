"""Which tenants there are, what was done with each, and who is at it now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError

from tenants.failure import RefusedError
from tenants.settings import client, settings

_DESERIALIZER = TypeDeserializer()
TENANT = "tenant"
"""Sort key of what a tenant is; operations on it are beside it, ``operation#<time>#<run>``."""

TIME = "%Y-%m-%dT%H:%M:%SZ"

FROM_STATES: Mapping[str, tuple[str, ...]] = {
    "create": ("", "failed", "deleted", "creating", "pooled"),
    "update": ("active",),
    "suspend": ("active",),
    "resume": ("suspended",),
    "delete": ("active", "suspended", "failed", "deleting"),
    "move to silo": ("", "failed", "deleted", "pooled", "moving"),
    "move to pool": ("active", "moving"),
}
"""In which states an operation may begin; ``""`` is a tenant nobody has heard of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """What a tenant is. ``state`` says whether it serves, ``operation`` who is changing it."""

    tenant: str
    state: str = ""
    operation: str = ""
    """ARN of the run that changes it, or nothing."""
    facts: Mapping[str, Any] = field(default_factory=dict)


def now() -> str:
    """The time, as all records have it."""
    return datetime.now(UTC).strftime(TIME)


def read(tenant: str) -> Tenant:
    """What is known of a tenant."""
    found = _table().get_item(Key={"tenant": tenant, "item": TENANT}, ConsistentRead=True).get("Item", {})
    return Tenant(
        tenant=tenant, state=found.get("state", ""), operation=found.get("operation", ""), facts=found
    )


def every() -> list[Mapping[str, Any]]:
    """Every tenant that is not deleted."""
    found = _every("#item = :tenant", {":tenant": {"S": TENANT}})
    return [one for one in found if one["state"] != "deleted"]


def _every(condition: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    pages = (
        client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=settings().registry,
            FilterExpression=condition,
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )
    )
    return [_plain(item) for page in pages for item in page["Items"]]


def claim(known: Tenant, *, operation: str, run: str, state: str | None, facts: Mapping[str, Any]) -> None:
    """Let this run, and no other, change the tenant.

    Args:
        known: What was read of it; a change since then is a conflict.
        operation: What the run does.
        run: Its ARN.
        state: What the tenant is from now on; None leaves it.
        facts: What else is written.

    Raises:
        RefusedError: somebody else has begun meanwhile.
    """
    written = {**facts, "operation": run, "state": state or known.state, "updated_at": now()}
    before = "attribute_not_exists(#state)"
    values: dict[str, Any] = {}
    if known.state:
        before = "#state = :was AND (attribute_not_exists(#operation) OR #operation = :other)"
        values = {":was": known.state, ":other": known.operation or run}
    try:
        _update(known.tenant, written, condition=before, values=values)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        raise RefusedError(
            f"tenant {known.tenant} is being changed by another run; wait for its end"
        ) from None
    _table().put_item(
        Item={
            "tenant": known.tenant,
            "item": _record(run),
            "operation": operation,
            "run": run,
            "started_at": now(),
            "outcome": "running",
        }
    )


def conclude(tenant: str, run: str, *, state: str, outcome: str, facts: Mapping[str, Any]) -> None:
    """Let go of the tenant and write down how the run ended."""
    written = {"state": state, "updated_at": now(), **facts}
    values = {":run": run}
    try:
        _update(tenant, written, condition="#operation = :run", values=values, remove=("operation",))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        # Concluded already, by an earlier call of this very step.
    record = {"tenant": tenant, "item": _record(run)}
    _table().update_item(
        Key=record,
        UpdateExpression="SET outcome = :outcome, ended_at = :now, facts = :facts",
        ExpressionAttributeValues={":outcome": outcome, ":now": now(), ":facts": dict(facts)},
    )


def remember(tenant: str, facts: Mapping[str, Any]) -> None:
    """Write down something a later run must know if this one ends here."""
    _update(tenant, facts, condition="attribute_exists(#tenant)", values={})


def certify(tenant: str, run: str, facts: Mapping[str, Any]) -> None:
    """Keep the certificate of a deletion, whatever becomes of the name."""
    item = {"tenant": tenant, "item": f"certificate#{run.rpartition(':')[2]}", **facts}
    _table().put_item(Item=item)


def due(today: str) -> list[Mapping[str, Any]]:
    """Certificates whose snapshots have been kept long enough."""
    return [
        one
        for one in _every("begins_with(#item, :certificate)", {":certificate": {"S": "certificate#"}})
        if one["snapshots_kept_until"] <= today and not one.get("snapshots_deleted_at")
    ]


def conclude_certificate(certificate: Mapping[str, Any]) -> None:
    """Write down that nothing of the tenant is left."""
    _table().update_item(
        Key={"tenant": certificate["tenant"], "item": certificate["item"]},
        UpdateExpression="SET snapshots_deleted_at = :now",
        ExpressionAttributeValues={":now": now()},
    )


def next_number() -> int:
    """A number no tenant had before."""
    answer = _table().update_item(
        Key={"tenant": "#numbers", "item": "priority"},
        UpdateExpression="ADD #last :one",
        ExpressionAttributeNames={"#last": "last"},
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["last"])


def is_running(run: str) -> bool:
    """Whether the run that claimed a tenant is still at it."""
    states = client("stepfunctions")
    try:
        return bool(states.describe_execution(executionArn=run)["status"] == "RUNNING")
    except states.exceptions.ExecutionDoesNotExist:
        return False


def _update(
    tenant: str,
    written: Mapping[str, Any],
    *,
    condition: str,
    values: Mapping[str, Any],
    remove: tuple[str, ...] = (),
) -> None:
    names = {f"#{name}": name for name in (*written, *remove)} | {
        f"#{name}": name for name in ("state", "operation", "tenant") if f"#{name}" in condition
    }
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in written)
    if remove:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in remove)
    _table().update_item(
        Key={"tenant": tenant, "item": TENANT},
        UpdateExpression=expression,
        ConditionExpression=condition,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues={**{f":{name}": value for name, value in written.items()}, **values},
    )


def _record(run: str) -> str:
    return f"operation#{run.rpartition(':')[2]}"


def _table() -> Any:
    return boto3.resource("dynamodb").Table(settings().registry)


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _DESERIALIZER.deserialize(value) for key, value in item.items()}
