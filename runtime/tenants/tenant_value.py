"""What the tenant column of the product's tables holds for a tenant: its id, unless something else was said.

It is said with a placement, a creation or a move, and settled once a move has found rows of it. Another one
is refused from then on: a move under a wrong value would lead everybody to a database without their rows, or
into one with somebody else's. What was said with a creation has met no rows: the first move may say another.
"""

from collections.abc import Mapping
from typing import Any

from asked.check import RefusedError
from routing.entry import Entry
from tenants import registry, routing
from tenants.registry import Tenant
from tenants.request import Request

KEPT, MOVING = routing.VALUE, "moving_value"
"""Facts: what was said or settled, and what a move works with that has not come to its end."""
UNPROVEN = routing.UNPROVEN
NOT_FOUND = "moving_value_not_found"
"""The fact that a move under way has not come so far that it found rows of what it works with."""
THERE = ("creating", "active", "suspended", "pooled", "moving")
"""States in which what is remembered is of this tenant, and not of an earlier one with its id."""


def of(facts: Mapping[str, Any], tenant: str) -> str:
    """What it is now, for whoever reads or deletes rows of a tenant."""
    return str(facts.get(MOVING) or facts.get(KEPT) or tenant)


def of_new(request: Request, facts: Mapping[str, Any]) -> dict[str, str]:
    """What is kept of it for a tenant that is made.

    Args:
        request: The creation.
        facts: What an earlier run of it has kept, if that is gone on with.

    Raises:
        RefusedError: another organization has it.
    """
    said = request.tenant_value or str(facts.get(KEPT) or "")
    _check_others(request.tenant, said or request.tenant)
    return {KEPT: said, UNPROVEN: "yes" if said else ""}


def settle(request: Request, known: Tenant, line: Entry) -> str:
    """What a move works with.

    Raises:
        RefusedError: what is asked for, remembered and in the routing table are not the same; or another
            organization has it.
    """
    value, source = remembered(known), "what was moved before"
    for said, where in (
        (line.tenant_value, "its line in the routing table"),
        (request.tenant_value, "the request"),
    ):
        if value and said and said != value:
            raise RefusedError(
                f"the tenant column of {known.tenant} holds {value!r} by {source}, and {said!r} by {where}: "
                "tenant_value must be the same, or left out"
            )
        if said and not value:
            value, source = said, where
    value = value or (of(known.facts, known.tenant) if known.state == "moving" else _kept(known))
    value = value or known.tenant
    _check_others(known.tenant, value, proven=True)
    return value


def remembered(known: Tenant) -> str:
    """What was settled before, or nothing: a move that was stopped too early has met no rows."""
    if known.state == "moving":
        return "" if known.facts.get(NOT_FOUND) else of(known.facts, known.tenant)
    return "" if known.facts.get(UNPROVEN) else _kept(known)


def _kept(known: Tenant) -> str:
    return str(known.facts.get(KEPT) or "") if known.state in THERE else ""


def _check_others(tenant: str, value: str, *, proven: bool = False) -> None:
    """Refuse what is another's: its rows would go into a database that is not its own.

    Args:
        tenant: Who says it.
        value: What the column holds.
        proven: Whether to count only what a move has met: what a creation said may be somebody's mistake,
            and must not keep the rows of whose it is where they are.
    """
    taken = {
        str(one["tenant"])
        for one in registry.every()
        if one["state"] in THERE
        and not (proven and one.get(UNPROVEN) and not one.get(MOVING))
        and value == of(one, str(one["tenant"]))
    }
    taken.update(routing.with_value(value))
    if others := sorted(taken - {tenant}):
        raise RefusedError(
            f"tenant_value must be of one organization, and {value!r} is that of {others[0]}: nothing of it "
            f"goes into the database of {tenant}"
        )
