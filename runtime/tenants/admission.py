"""The first step of every operation: refuses what cannot be, else decides what is to become of the tenant."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from asked.check import RefusedError
from tenants import (
    certificates,
    events,
    items,
    quotas,
    registry,
    routing,
    runs,
    stack_before,
    stack_facts,
    tenant_value,
)
from tenants.export import NAMES
from tenants.move_record import COPY_LEFT, FENCED, SOURCE
from tenants.parameters import changed, parameters, prepared, priorities, restored
from tenants.registry import Tenant
from tenants.request import Request, parse
from tenants.runs import FROM_STATES
from tenants.settings import Settings, settings, short

logger = Logger()
TOLD = ("tier", "size", "image", "residency", "region")
"""What an event says of the tenant."""


@logger.inject_lambda_context
def on_request(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer what the following steps do, or under ``refused`` why nothing is done."""
    try:
        return _admit(event, context)
    except RefusedError as refusal:
        # An answer and not an error: that there was nothing wrong with us is for machines to see too.
        return {"refused": str(refusal)}


def _admit(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    operation, run, tier = event["operation"], event["run"], settings()
    request = parse(operation, event["request"], tier)
    found = registry.read(request.tenant)
    known, noted = runs.unclaimed(found, run), stack_before.noted(found)
    check_state(known, operation, run)
    taken_back = operation == "resume" and known.state == "deleting"
    if taken_back:
        _check_taken_back(known, tier)
    facts: dict[str, Any] = dict(known.facts)
    begun = _may_be_used(known)
    if begun:
        facts[routing.USED] = facts.get(routing.USED) or items.now()
    if operation == "create":
        _check_room(request, known, tier)
        facts |= {} if begun else new_facts(request, known, tier)
        facts |= tenant_value.of_new(request, facts if begun else {})
    facts["priorities"] = priorities(facts, tier)
    if operation == "delete" and tier.exports:
        names, own = facts.get(NAMES, []), _export(request.tenant, run)
        facts[NAMES] = [*(name for name in names if name != own), own]
    before = parameters(known, facts, tier) | ({"Serve": "no"} if taken_back else {})
    # What may be in use is not made anew: the schema first, then the services, as with an update.
    does = "update" if operation == "create" and begun else operation
    wanted = before | changed(does, request)
    state = {"create": "creating", "delete": "deleting"}.get(operation)
    # A deletion that is taken back leaves what was there before.
    kept = {"prior": known.state} if known.state in ("active", "suspended") else {}
    written = {
        key: value for key, value in facts.items() if key not in ("tenant", "item", "operation", "state")
    }
    by = request.requested_by
    runs.claim(known, operation=operation, run=run, state=state, facts={**written, **kept}, by=by)
    told = {name: str(facts[name]) for name in TOLD}
    events.requested(operation, request.tenant, run, told, context)
    name = f"{tier.stack_prefix}{request.tenant}"
    was = stack_before.note(request.tenant, run, name, noted)
    return {
        "tenant": request.tenant,
        "operation": operation,
        "run": run,
        "stack": name,
        # A stack that somebody may have used is never made anew.
        "used": begun,
        # What stops or starts serving somebody must not hang on whether a new template can be applied.
        "own": does in ("suspend", "resume", "delete"),
        "template": was["template"],
        "database": tier.database(request.tenant),
        # One of its own for each run: an older one would lack what was written since.
        "snapshot": f"{tier.database(request.tenant)}-final-{short(run)}",
        "export": _export(request.tenant, run),
        # What nobody has used has nothing to export, and perhaps no login to do it with.
        "exports": bool(tier.exports and facts.get(routing.USED)),
        # What a deletion is taken back to; of one that began earlier, there may be no database any more.
        "prior": "suspended" if taken_back else kept.get("prior", ""),
        "previous": restored(before, was["parameters"]),
        "prepared": prepared(does, before, wanted),
        "wanted": wanted,
        "migrates": wanted["MigrationImage"] != before["MigrationImage"] or operation == "create",
        "serves": wanted["Serve"] == "yes",
        "requestedBy": request.requested_by,
        "at": {"started": False},
    }


def _export(tenant: str, run: str) -> str:
    return f"tenants/{tenant}/{short(run)}"


def check_state(known: Tenant, operation: str, run: str) -> None:
    """Refuse an operation that cannot begin in this state, or while another run is at it."""
    if known.operation not in ("", run) and runs.is_running(known.operation):
        raise RefusedError(
            f"tenant {known.tenant} is being changed by another run ({known.operation.rpartition(':')[2]}); "
            "wait for its end"
        )
    if known.state in FROM_STATES[operation]:
        _check_source(known, operation)
        return
    if operation == "create":
        raise RefusedError(f"tenant {known.tenant} is there already and {known.state}")
    if known.state == "creating":
        raise RefusedError(
            f"the creation of tenant {known.tenant} was stopped: create it again to finish it, or delete it"
        )
    allowed = " or ".join(FROM_STATES[operation])
    is_now = known.state or "unknown"
    raise RefusedError(f"{operation} needs a tenant that is {allowed}; {known.tenant} is {is_now}")


def _may_be_used(known: Tenant) -> bool:
    """Whether a creation that did not come to its end has come so far that somebody may have used it."""
    if known.state not in ("creating", "failed"):
        return False
    line = routing.read(known.tenant)
    # A line that serves says it as well, of those whose creation was stopped before there was the fact.
    return bool(known.facts.get(routing.USED) or (line and routing.is_ours(line) and line.state == "active"))


def _check_source(known: Tenant, operation: str) -> None:
    facts, until = known.facts, known.facts.get(SOURCE)
    if operation != "delete" or (facts.get(FENCED) or settings().shard) != settings().shard:
        # Of a pool that is none of ours any more nothing can be cleared, and nobody waits for that.
        return
    if until:
        raise RefusedError(
            f"the pool keeps rows of {known.tenant}, read-only, until {until}: clear them first, since only "
            "the tenant's own database tells that they may go"
        )
    if facts.get(COPY_LEFT):
        raise RefusedError(
            f"the pool holds a copy of {known.tenant}, which a move there could not delete: run that move "
            "again to finish it"
        )


def _check_taken_back(known: Tenant, tier: Settings) -> None:
    """Refuse to serve again what was never served, or may have lost its database."""
    if known.facts.get("prior") not in ("active", "suspended"):
        raise RefusedError(f"tenant {known.tenant} was not served before it was deleted: delete it again")
    if not stack_facts.is_there(f"{tier.stack_prefix}{known.tenant}"):
        raise RefusedError(
            f"the stack of tenant {known.tenant} has begun to go: delete it again to finish that"
        )


def _check_room(request: Request, known: Tenant, tier: Settings) -> None:
    entry = routing.read(request.tenant)
    if entry and entry.tier != tier.tier:
        begun = known.state == "creating"
        way_out = ". Delete the tenant, whose creation was stopped: its data are not touched by that"
        raise RefusedError(
            f"organization {request.tenant} is in the {entry.tier} tier of region {entry.region}: "
            f"it has data there, which a new tenant would not have{way_out if begun else ''}"
        )
    if entry and entry.region != tier.region_key:
        raise RefusedError(f"tenant {request.tenant} is there already, in region {entry.region}")
    if known.state != "creating":
        quotas.check(tier, known.tenant)


def new_facts(request: Request, known: Tenant, tier: Settings) -> dict[str, Any]:
    """What a tenant begins with; of an earlier one with its id, certificates say the rest."""
    return {
        **dict.fromkeys(certificates.SAID, ""),
        "failure": "",
        "size": request.size or tier.sizes[0],
        "image": request.image,
        "tier": tier.tier,
        "residency": tier.residency,
        "region": tier.region_key,
        "created_at": items.now(),
        "requested_by": request.requested_by,
        NAMES: [],
        "priorities": priorities(known.facts, tier),
    }
