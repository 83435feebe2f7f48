"""Who changes a tenant now, and the record of every run that did."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from asked.check import RefusedError
from tenants import items, registry
from tenants.registry import Tenant
from tenants.settings import client

FROM_STATES: Mapping[str, tuple[str, ...]] = {
    "create": ("", "failed", "deleted", "creating", "pooled"),
    "update": ("active", "suspended"),
    "suspend": ("active",),
    "resume": ("suspended", "deleting"),
    "delete": ("active", "suspended", "failed", "creating", "deleting"),
    "move to silo": ("", "failed", "deleted", "pooled", "moving"),
    "move to pool": ("active", "moving"),
}
"""In which states an operation may begin; ``""`` is a tenant nobody has heard of."""
CLAIMED_FROM = "claimed_from"
"""The fact that says in which state a tenant was before the run that is at it."""


def unclaimed(known: Tenant, run: str) -> Tenant:
    """What a tenant was before a run claimed it: an answer that was lost is asked for again."""
    if known.operation != run:
        return known
    return replace(known, state=str(known.facts.get(CLAIMED_FROM, known.state)), operation="")


def claim(
    known: Tenant,
    *,
    operation: str,
    run: str,
    state: str | None,
    facts: Mapping[str, Any],
    by: str = "unknown",
) -> None:
    """Let this run, and no other, change the tenant.

    Args:
        known: What was read of it; a change since then is a conflict.
        operation: What the run does.
        run: Its ARN.
        state: What the tenant is from now on; None leaves it.
        facts: What else is written.
        by: Who asked for it.

    Raises:
        RefusedError: somebody else has begun meanwhile.
    """
    written = {
        **facts,
        "operation": run,
        "state": state or known.state,
        "updated_at": items.now(),
        CLAIMED_FROM: known.state,
    }
    before, values = "attribute_not_exists(#state)", {":run": run}
    if known.state:
        before = "(#state = :was AND (attribute_not_exists(#operation) OR #operation = :other))"
        values |= {":was": known.state, ":other": known.operation or run}
    before += " OR #operation = :run"
    try:
        registry.update(known.tenant, written, condition=before, values=values)
    except ClientError as error:
        if not _is_conflict(error):
            raise
        raise RefusedError(
            f"tenant {known.tenant} is being changed by another run; wait for its end"
        ) from None
    items.table().put_item(
        Item={
            **_record(known.tenant, run),
            "operation": operation,
            "run": run,
            "requested_by": by,
            "started_at": items.now(),
            "outcome": "running",
        }
    )


def conclude(tenant: str, run: str, *, state: str, outcome: str, facts: Mapping[str, Any]) -> None:
    """Let go of the tenant and write down how the run ended."""
    written = {"state": state, "updated_at": items.now(), **facts}
    try:
        registry.update(
            tenant,
            written,
            condition="#operation = :run",
            values={":run": run},
            remove=("operation", CLAIMED_FROM),
        )
    except ClientError as error:
        if not _is_conflict(error):
            raise
        # Concluded already, by an earlier call of this very step.
    items.table().update_item(
        Key=_record(tenant, run),
        UpdateExpression="SET outcome = :outcome, ended_at = :now, facts = :facts",
        ExpressionAttributeValues={":outcome": outcome, ":now": items.now(), ":facts": dict(facts)},
    )


def note(tenant: str, run: str, name: str, what: Any) -> None:
    """Write down beside a run what the next one must know if this one ends without a record."""
    items.table().update_item(
        Key=_record(tenant, run),
        UpdateExpression="SET #name = :what",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":what": what},
    )


def noted(tenant: str, run: str, name: str) -> Any:
    """What was written down so, or None."""
    found = items.table().get_item(Key=_record(tenant, run), ConsistentRead=True)
    return found.get("Item", {}).get(name)


def is_running(run: str) -> bool:
    """Whether the run that claimed a tenant is still at it."""
    states = client("stepfunctions")
    try:
        return bool(states.describe_execution(executionArn=run)["status"] == "RUNNING")
    except states.exceptions.ExecutionDoesNotExist:
        return False


def _record(tenant: str, run: str) -> dict[str, str]:
    return {"tenant": tenant, "item": f"operation#{run.rpartition(':')[2]}"}


def _is_conflict(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"
