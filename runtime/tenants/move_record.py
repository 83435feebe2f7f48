"""What is written down of a move: what was compared, where the tenant lives now, and what is left."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants import certificates, events, items, registry, routing, runs, snapshot, tenant_value
from tenants.settings import client, settings

logger = Logger()
Facts = dict[str, Any]
SOURCE = "source_read_only_until"
FENCED = "pool_fenced"
"""The fact that says in which shard's pool the fence of the tenant stands."""
FENCED_VALUE = "pool_fenced_value"
"""The fact that says whose rows it is about; the id may have come to a tenant with others since."""
CLEARED_AT = "source_cleared_at"
_UNDER_WAY = ("moving_to", tenant_value.MOVING, tenant_value.NOT_FOUND)
"""Facts of a move that has not come to its end."""
COPY_LEFT = "copy_left_in_pool"
"""The fact that a way back has left a copy in the pool, which it could not delete."""


def fenced_in(facts: Mapping[str, Any]) -> str:
    """The shard in whose pool a fence of the tenant stands, or nothing.

    Moves of earlier releases wrote down no shard, and every one was beside the pool of this tier.
    """
    if FENCED in facts:
        return str(facts[FENCED])
    return settings().shard if facts.get(SOURCE) or facts.get(CLEARED_AT) else ""


@logger.inject_lambda_context
def compared(event: dict[str, Any], context: LambdaContext) -> Facts:
    """Read what ``verify`` said of both databases, which were the same, and keep it.

    With ``found``, only keep that ``check`` has found rows of what the move works with: from here on no run
    that finishes this one works with another.
    """
    if event.get("found"):
        registry.remember(event["tenant"], {tenant_value.NOT_FOUND: ""})
        return {}
    key = f"{event['results']}/switch.json"
    result = json.loads(client("s3").get_object(Bucket=settings().moves, Key=key)["Body"].read())
    (said,) = [one for one in result["steps"] if one["step"] == "verify"]
    tables = said["tables"]
    found: Facts = {
        "tables": len(tables),
        "rows": int(said["rows"]),
        "checksum": sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest(),
        "seconds": ceil(said["seconds"]),
        "result": key,
    }
    registry.remember(event["tenant"], {"verification": found})
    return found


@logger.inject_lambda_context
def succeed(event: dict[str, Any], context: LambdaContext) -> Facts:
    """Write down where the tenant lives now."""
    tenant, to = event["tenant"], event["to"]
    line, value = routing.read(tenant), tenant_value.of(registry.read(tenant).facts, tenant)
    facts: Facts = {
        "origin": line.origin if line else "",
        "moved_at": items.now(),
        "moving_to": "",
        tenant_value.KEPT: value,
        tenant_value.UNPROVEN: "",
        tenant_value.MOVING: "",
        tenant_value.NOT_FOUND: "",
        "prior": "",
    }
    facts |= _in_silo(event, value) if to == "silo" else _in_pool(event)
    state = "active" if to == "silo" else "pooled"
    runs.conclude(tenant, event["run"], state=state, outcome="succeeded", facts={**facts, "failure": ""})
    told = {"to": to, "origin": facts["origin"]}
    events.succeeded("move", tenant, event["run"], state=state, facts=told, context=context)
    return {"tenant": tenant, "state": state, "to": to}


def after_failure(run: Mapping[str, Any]) -> Facts:
    """What a failed move leaves to be known."""
    # What is still moving is finished with the same value; what is not has yet to find rows of one.
    facts: Facts = {} if run["becomes"] == "moving" else dict.fromkeys(_UNDER_WAY, "")
    if run["to"] == "pool" and run["copying"] and run["becomes"] != "moving":
        # The way back has emptied the pool of the tenant, older rows included; or it could not.
        facts |= {COPY_LEFT: "yes"} if run.get("left") else {SOURCE: "", COPY_LEFT: ""}
    return facts


def _in_silo(event: Mapping[str, Any], value: str) -> Facts:
    wanted = event["wanted"]
    return {
        "size": wanted["Size"],
        "image": wanted["Image"],
        "activated_at": items.now(),
        SOURCE: _in_days(settings().source_kept_days),
        FENCED: settings().shard,
        FENCED_VALUE: value,
    }


def _in_pool(event: Mapping[str, Any]) -> Facts:
    """The database is gone, but for its snapshots: they are kept as those of a deleted tenant."""
    known = registry.read(event["tenant"]).facts
    left: Facts = {
        "moved_at": items.now(),
        "deleted_at": items.now(),
        "deleted_by": event["requestedBy"],
        "database": event["database"],
        "last_snapshot": event["snapshot"],
        "snapshots": snapshot.since(event["database"], str(known["created_at"])),
        "snapshots_kept_until": _in_days(settings().retention_days),
    }
    certificates.keep(event["tenant"], event["run"], left)
    return {**left, SOURCE: "", FENCED: "", COPY_LEFT: "", "activated_at": "", "final_snapshot": ""}


def _in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%d")
