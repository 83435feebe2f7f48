"""The first step of a move: refuses what cannot be, else decides what the steps do."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from asked.check import RefusedError
from routing.entry import Entry
from tenants import events, fences, quotas, registry, routing, runs, tenant_value
from tenants.admission import TOLD, check_state, new_facts
from tenants.parameters import parameters, priorities
from tenants.registry import Tenant
from tenants.request import Request, parse
from tenants.settings import Settings, settings, short

logger = Logger()
POOL = "shared"
"""The tier of the pool, as routing has it."""


@logger.inject_lambda_context
def admit(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer what the following steps do, or under ``refused`` why nothing is done."""
    try:
        return _admit(event, context)
    except RefusedError as refusal:
        return {"refused": str(refusal)}


def _admit(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    run, tier = event["run"], settings()
    request = parse("move", event["request"], tier)
    known, to = runs.unclaimed(registry.read(request.tenant), run), str(request.to)
    line = _line(request.tenant)
    flipped = known.state == "moving" and line.tier == _tier_of(to, tier)
    _check(known, line, to, run, tier, flipped=flipped)
    value = tenant_value.settle(request, known, line)
    if to == "silo" and known.state != "moving":
        _check_fence(request.tenant, value)
    found = "" if tenant_value.remembered(known) else "yes"
    moving = {tenant_value.MOVING: value, tenant_value.NOT_FOUND: found}
    facts = _facts(request, known, line, tier) | moving
    before = parameters(known, facts, tier)
    image = {"Image": request.image, "MigrationImage": request.image} if request.image else {}
    size = {"Size": request.size} if request.size else {}
    wanted = {**before, **image, **size} if to == "silo" and not flipped else before
    # Whoever finishes this run has to know what it made.
    facts |= {"size": wanted["Size"], "image": wanted["Image"]}
    by = request.requested_by
    runs.claim(known, operation=f"move to {to}", run=run, state="moving", facts=facts, by=by)
    told = {name: str(facts[name]) for name in TOLD}
    events.requested("move", request.tenant, run, {**told, "to": to}, context)
    # What an earlier run has begun and did not end, this one must expect to find.
    begun = known.state == "moving"
    return {
        "tenant": request.tenant,
        "tenantValue": value,
        "operation": "move",
        "to": to,
        "run": run,
        "stack": f"{tier.stack_prefix}{request.tenant}",
        "database": tier.database(request.tenant),
        "snapshot": f"{tier.database(request.tenant)}-final-{short(run)}",
        "results": f"{request.tenant}/{short(run)}",
        "becomes": "pooled" if to == "silo" else "active",
        "fenced": begun,
        "copying": begun and to == "pool",
        "outputs": {},
        "previous": before,
        "prepared": {**wanted, "Serve": "no", "Protected": "false"},
        "stopped": {**before, "Serve": "no"},
        "wanted": wanted,
        "requestedBy": request.requested_by,
        "at": {"started": False},
    }


def _line(tenant: str) -> Entry:
    found = routing.read(tenant)
    if found is None:
        raise RefusedError(f"organization {tenant} is in no tier: there is nothing to move; see create")
    return found


def _tier_of(to: str, tier: Settings) -> str:
    return tier.tier if to == "silo" else POOL


def _check(known: Tenant, line: Entry, to: str, run: str, tier: Settings, *, flipped: bool) -> None:
    begun = known.facts.get("moving_to") if known.state == "moving" else to
    if begun != to:
        raise RefusedError(f"{known.tenant} is on its way to the {begun}: finish that first, run it again")
    if not flipped and line.tier == _tier_of(to, tier):
        raise RefusedError(f"organization {known.tenant} is in the {line.tier} tier already")
    check_state(known, f"move to {to}", run)
    _check_place(known.tenant, line, tier)
    if line.state != "active" and not (known.state == "moving" and line.state == "moving"):
        raise RefusedError(f"only what is active can be moved, and {known.tenant} is {line.state}")
    if to == "silo" and known.state != "moving":
        quotas.check(tier, known.tenant)


def _check_fence(tenant: str, value: str) -> None:
    """Refuse rows that nobody could have written: all would be copied, and none is there."""
    if fenced := fences.of_value(value):
        raise RefusedError(
            f"the pool refuses writes to rows of {value!r}, which {fenced} left there with a fence: lift it "
            f"(cambium tenant clear {fenced}, or the machine clear), let {tenant} write, and move it then"
        )


def _check_place(tenant: str, line: Entry, tier: Settings) -> None:
    here = {"region": tier.region_key, "shard": tier.shard, "residency": tier.residency}
    for name, value in here.items():
        if (found := getattr(line, name)) != value:
            raise RefusedError(
                f"organization {tenant} has {name} {found}, and this tier is in {name} {value}: a move "
                "stays in its region and shard"
            )


def _facts(request: Request, known: Tenant, line: Entry, tier: Settings) -> dict[str, Any]:
    """What is written down before anything exists."""
    facts = dict(known.facts)
    if request.to == "silo" and known.state != "moving":
        facts |= new_facts(request, known, tier)
        facts["moved_from"] = {name: getattr(line, name) for name in ("tier", "region", "shard", "origin")}
    if known.state not in tenant_value.THERE:
        facts |= {tenant_value.KEPT: "", tenant_value.UNPROVEN: ""}
    facts |= {"moving_to": request.to, "priorities": priorities(facts, tier)}
    return {key: value for key, value in facts.items() if key not in ("tenant", "item", "operation", "state")}
