"""The line of an organization that moves, in the routing table: held, let go, and led to the other side.

Each is one conditional write of the whole line, so that nobody sees half of it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from routing.entry import Entry
from routing.table import TURN_ATTEMPTS, ConflictError, Table, pause
from tenants import tenant_value
from tenants.failure import StepError
from tenants.move import POOL
from tenants.registry import read as known
from tenants.routing import read, with_value
from tenants.settings import client, settings

logger = Logger()
HELD = "moving"
"""The state of a line that a move holds."""


@logger.inject_lambda_context
def change(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do what ``action`` says: ``take``, ``hold``, ``release``, ``to_silo`` or ``to_pool``.

    A run takes the line before anything else. From then on no write of an earlier run, however late, finds it
    as that run has read it; and once it reads again, it finds that the tenant is another run's. So what the
    answer says stays true until this run leads the line on. ``release`` does the same to a late write of this
    very run, since only what is held is led on.

    Only what is served is held, and only what is held is let go or led on: an organization that somebody
    suspends during its move stays suspended. ``hold`` writes down ``tenantValue``, what the tenant column
    holds: from then on no placement says another, nor has it for somebody else.

    Returns:
        ``in_silo`` and ``in_pool``: where the line leads now. A release of what is led to the other side
        already changes nothing, and says so by that.

    Raises:
        StepError: another run changes the tenant; the line is not that of who is moved here, is not served or
            not held any more, says another value than the move works with; another organization has that
            value; or others change the line all the time.
    """
    tenant = event["tenant"]
    table = Table(client("dynamodb", settings().home_region), settings().routing)
    for _ in range(TURN_ATTEMPTS):
        # Whoever says meanwhile whose rows are whose takes the turn, and this looks at all of them again.
        turn = table.turn() if event["action"] == "hold" else None
        line = read(tenant)
        if line is None:
            raise StepError(f"organization {tenant} has no line in the routing table any more")
        # After the line was read: a run that takes it later changes its version.
        _check_run(event)
        changed = replace(line, **_wanted(event, line))
        with suppress(ConflictError):
            if changed != line or event["action"] == "take":
                table.replace(changed, line.version, turn=turn)
            return _where(changed)
        pause()
    raise StepError(f"the routing of {tenant} was changed by somebody else {TURN_ATTEMPTS} times")


@logger.inject_lambda_context
def look(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Say which side the organization is served from."""
    return _where(read(event["tenant"]))


def _where(line: Entry | None) -> dict[str, Any]:
    tier = line.tier if line else ""
    return {"in_silo": tier == settings().tier, "in_pool": tier == POOL}


def _check_run(event: Mapping[str, Any]) -> None:
    # A run that began with an earlier release of the machine does not say which it is.
    tenant, run = event["tenant"], event.get("run")
    if run and known(tenant).operation != run:
        raise StepError(f"tenant {tenant} is changed by another run now, and its line is no more this one's")


def _wanted(event: Mapping[str, Any], line: Entry) -> dict[str, Any]:
    """What the line is to be, decided anew each time it is read: others write it, too."""
    action, ours = event["action"], settings().tier
    source, target = (POOL, ours) if event["to"] == "silo" else (ours, POOL)
    if action == "take" or (action == "release" and line.tier == target):
        return {}
    if action in ("hold", "release"):
        _check_tier(event["tenant"], line, source)
        value = _kept(event, line, source) if action == "hold" else _let_go(line)
        return {"tier": source, "state": _held(event, line), **value}
    value = {"tenant_value": _value(event), "tenant_value_by": "moved"}
    wanted = {"tier": target, "state": "active", "origin": _origin(event), **value}
    if all(getattr(line, name) == value for name, value in wanted.items()):
        # An earlier call has led it there, and its answer was lost.
        return wanted
    _check_tier(event["tenant"], line, source)
    if line.state != HELD:
        raise StepError(
            f"organization {event['tenant']} is {line.state}, not {HELD}: only what this move holds is led on"
        )
    _check_value(event, line)
    return wanted


def _value(event: Mapping[str, Any]) -> str:
    # A run that began with an earlier release of the machine does not say it.
    tenant = event["tenant"]
    return str(event.get("tenantValue") or tenant_value.of(known(tenant).facts, tenant))


def _kept(event: Mapping[str, Any], line: Entry, source: str) -> dict[str, str]:
    """The value of this move; of a silo it is settled, and of the pool once the silo serves."""
    value, tenant = _value(event), event["tenant"]
    _check_value(event, line)
    others = sorted(set(with_value(value)) - {tenant})
    if others:
        raise StepError(
            f"the tenant column of {tenant} holds {value!r}, which is that of {others[0]} since this move "
            "began: correct the one of the two that is wrong"
        )
    by = "moved" if source != POOL else line.tenant_value_by or ("" if line.tenant_value else "moving")
    return {"tenant_value": value, "tenant_value_by": by}


def _check_value(event: Mapping[str, Any], line: Entry) -> None:
    value = _value(event)
    if line.tenant_value not in ("", value):
        raise StepError(
            f"the rows of {event['tenant']} were copied as those of {value!r}, and its line in the routing "
            f"table says {line.tenant_value!r} since: place it with the right one, and move it again"
        )


def _let_go(line: Entry) -> dict[str, str]:
    """What was said with a move that failed is forgotten with it."""
    if line.tenant_value_by == "moving":
        return {"tenant_value": "", "tenant_value_by": ""}
    return {"tenant_value": line.tenant_value, "tenant_value_by": line.tenant_value_by}


def _check_tier(tenant: str, line: Entry, source: str) -> None:
    if line.tier != source:
        raise StepError(f"organization {tenant} is routed to tier {line.tier}, not {source}")


def _held(event: Mapping[str, Any], line: Entry) -> str:
    if event["action"] == "release":
        # What somebody suspended meanwhile is not ours to serve again.
        return "active" if line.state == HELD else line.state
    if line.state not in ("active", HELD):
        raise StepError(
            f"organization {event['tenant']} is {line.state}: only what is active can be held for a move"
        )
    return HELD


def _origin(event: Mapping[str, Any]) -> str:
    if event["action"] == "to_silo":
        return str(event["origin"])
    return str(known(event["tenant"]).facts.get("moved_from", {}).get("origin") or settings().pool_origin)
