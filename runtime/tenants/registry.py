"""Which tenants there are, and what each is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tenants import items

TENANT = "tenant"
"""Sort key of what a tenant is; operations on it are beside it, ``operation#<run>``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """What a tenant is. ``state`` says whether it serves, ``operation`` who is changing it."""

    tenant: str
    state: str = ""
    operation: str = ""
    """ARN of the run that changes it, or nothing."""
    facts: Mapping[str, Any] = field(default_factory=dict)


def read(tenant: str) -> Tenant:
    """What is known of a tenant."""
    key = {"tenant": tenant, "item": TENANT}
    found = items.table().get_item(Key=key, ConsistentRead=True).get("Item", {})
    return Tenant(
        tenant=tenant, state=found.get("state", ""), operation=found.get("operation", ""), facts=found
    )


def every(*, deleted: bool = False) -> list[Mapping[str, Any]]:
    """Every tenant, those that are ``deleted`` only where they are asked for."""
    found = items.every("#item = :tenant", {":tenant": {"S": TENANT}})
    return [one for one in found if deleted or one["state"] != "deleted"]


def remember(tenant: str, facts: Mapping[str, Any]) -> None:
    """Write down something a later run must know if this one ends here."""
    update(tenant, facts, condition="attribute_exists(#tenant)", values={})


def update(
    tenant: str,
    written: Mapping[str, Any],
    *,
    condition: str,
    values: Mapping[str, Any],
    remove: tuple[str, ...] = (),
) -> None:
    """Change what a tenant is, where a condition on what it was holds.

    Args:
        tenant: Its id.
        written: What it is from now on, by attribute.
        condition: A condition of DynamoDB, in which ``#state`` is the attribute of that name.
        values: Values of the condition.
        remove: Attributes that go.

    Raises:
        ClientError: ``ConditionalCheckFailedException``, where the condition does not hold.
    """
    names = {f"#{name}": name for name in (*written, *remove)} | {
        f"#{name}": name for name in ("state", "operation", "tenant") if f"#{name}" in condition
    }
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in written)
    if remove:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in remove)
    items.table().update_item(
        Key={"tenant": tenant, "item": TENANT},
        UpdateExpression=expression,
        ConditionExpression=condition,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues={**{f":{name}": value for name, value in written.items()}, **values},
    )


def next_number() -> int:
    """A number no tenant had before."""
    answer = items.table().update_item(
        Key={"tenant": "#numbers", "item": "priority"},
        UpdateExpression="ADD #last :one",
        ExpressionAttributeNames={"#last": "last"},
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["last"])
