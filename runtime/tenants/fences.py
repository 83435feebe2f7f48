"""What a tenant has left in the pool, by what the registry says stands there.

A fence stands for what the tenant column holds, and outlives the tenant: its state says who serves it now,
and nothing about the pool.
"""

from collections.abc import Mapping
from typing import Any

from tenants import registry, runs, tenant_value
from tenants.move_record import COPY_LEFT, FENCED, FENCED_VALUE, SOURCE, fenced_in
from tenants.settings import settings

Facts = Mapping[str, Any]
NOT_IN_A_SILO = ("deleted", "failed", "pooled")
"""States of a tenant that no silo serves: whoever writes its rows, writes them into the pool."""


def stands(one: Facts) -> str:
    """The shard in whose pool a fence stands that keeps nobody from writing past a silo, or nothing."""
    if one.get("state") not in NOT_IN_A_SILO:
        return ""
    # Who came back was let in again, whatever an earlier release wrote down of the fence.
    return str(one.get(FENCED, "")) if one["state"] == "pooled" else fenced_in(one)


def value_of(one: Facts) -> str:
    """Whose rows it is about; the id may have come to a tenant with others since."""
    return str(one.get(FENCED_VALUE) or tenant_value.of(one, str(one["tenant"])))


def of_value(value: str) -> str | None:
    """The tenant that has left a fence for these rows in the pool of this tier, or None."""
    for one in registry.every(deleted=True):
        if stands(one) == settings().shard and value_of(one) == value:
            return str(one["tenant"])
    return None


def left(one: Facts) -> str:
    """What is left in the pool, in words that follow the name of the tenant."""
    if one.get(SOURCE):
        return f"is still in the pool: {_why(one, 'clear')}"
    if one.get(COPY_LEFT):
        return "has a copy in the pool, which a move there could not delete: run that move again to finish it"
    if stands(one):
        return f"has a fence in the pool still: {_why(one, 'lift')}"
    return "has nothing left in the pool"


def is_changed(one: Facts) -> bool:
    """Whether a run is at it now; one that was stopped is not."""
    run = str(one.get("operation") or "")
    return bool(run) and runs.is_running(run)


def _why(one: Facts, what: str) -> str:
    failure, shard = str(one.get("failure") or ""), fenced_in(one)
    if failure.startswith(f"{what} failed: "):
        return failure
    if is_changed(one):
        return "it is being changed, try again after that"
    if shard != settings().shard:
        return f"the pool of shard {shard} is not that of its tier"
    return f"nothing is tried while it is {one.get('state')}"
