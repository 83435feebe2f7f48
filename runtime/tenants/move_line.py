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


@logger.inject_lambda_context
def change(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Do what ``action`` says: ``hold``, ``release``, ``to_silo`` or ``to_pool``.

    Raises:
        StepError: the line is not that of who is moved here, or others change it all the time.
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
    action, tenant, ours = event["action"], event["tenant"], settings().tier
    if action == "to_silo":
        return {"tier": ours, "state": "active", "origin": event["origin"]}
    if action == "to_pool":
        origin = known(tenant).facts.get("moved_from", {}).get("origin") or settings().pool_origin
        return {"tier": POOL, "state": "active", "origin": origin}
    source = POOL if event["to"] == "silo" else ours
    if line.tier != source:
        raise StepError(f"organization {tenant} is routed to tier {line.tier}, not {source}")
    return {"tier": source, "state": "moving" if action == "hold" else "active"}
