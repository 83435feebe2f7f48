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
from routing.table import ConflictError, Table
from tenants.failure import StepError
from tenants.move import POOL
from tenants.registry import read as known
from tenants.routing import ATTEMPTS, read
from tenants.settings import client, settings

logger = Logger()
HELD = "moving"
"""The state of a line that a move holds."""


@logger.inject_lambda_context
def change(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do what ``action`` says: ``hold``, ``release``, ``to_silo`` or ``to_pool``.

    Only what is served is held, and only what is held is let go or led on: an organization that somebody
    suspends during its move stays suspended.

    Raises:
        StepError: the line is not that of who is moved here, is not served or not held any more, or others
            change it all the time.
    """
    tenant = event["tenant"]
    for _ in range(ATTEMPTS):
        line = read(tenant)
        if line is None:
            raise StepError(f"organization {tenant} has no line in the routing table any more")
        wanted = _wanted(event, line)
        changed = replace(line, **wanted)
        with suppress(ConflictError):
            if changed != line:
                Table(client("dynamodb", settings().home_region), settings().routing).replace(
                    changed, line.version
                )
            return wanted
    raise StepError(f"the routing of {tenant} was changed by somebody else {ATTEMPTS} times")


@logger.inject_lambda_context
def look(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Say which side the organization is served from."""
    line = read(event["tenant"])
    tier = line.tier if line else ""
    return {"in_silo": tier == settings().tier, "in_pool": tier == POOL}


def _wanted(event: Mapping[str, Any], line: Entry) -> dict[str, Any]:
    """What the line is to be, decided anew each time it is read: others write it, too."""
    action, ours = event["action"], settings().tier
    source, target = (POOL, ours) if event["to"] == "silo" else (ours, POOL)
    if action in ("hold", "release"):
        _check_tier(event["tenant"], line, source)
        return {"tier": source, "state": _held(event, line)}
    wanted = {"tier": target, "state": "active", "origin": _origin(event)}
    if all(getattr(line, name) == value for name, value in wanted.items()):
        # An earlier call has led it there, and its answer was lost.
        return wanted
    _check_tier(event["tenant"], line, source)
    if line.state != HELD:
        raise StepError(
            f"organization {event['tenant']} is {line.state}, not {HELD}: only what this move holds is led on"
        )
    return wanted


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
