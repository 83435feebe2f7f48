"""What a tenant has left in the pool: rows, read-only for some days, and a fence while there is a tenant."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from asked.check import shown
from tenants import events, fences, items, registry, tenant_value
from tenants.failure import StepError, reason
from tenants.move_record import CLEARED_AT, FENCED, SOURCE, fenced_in
from tenants.settings import client, settings, short

logger = Logger()
CLEARED_IN = ("active", "suspended")
"""States of a tenant whose own database is there, and that nobody is changing."""
What = Literal["clear", "lift"]
_LEFT = {"clear": SOURCE, "lift": FENCED}
"""The fact that says that something is left to do."""


@logger.inject_lambda_context
def due(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """List who is to be cleared: where the time is over, or the one that was asked for.

    Somebody who is being changed now is left for another day; whose run was stopped, is not.

    Returns:
        ``due``; and, of the one that was asked for, ``left``: what there is as long as nothing is done.

    Raises:
        StepError: somebody says what the tenant column holds, and it is not what was moved.
    """
    asked = event["asked"]
    tenant = asked.get("tenant")
    _check_value(tenant, asked.get("tenant_value"))
    said = fences.left(registry.read(tenant).facts) if tenant else ""
    return {"due": list(_due(tenant, event["run"])), "left": said}


def _check_value(tenant: str | None, value: str | None) -> None:
    """A clearing needs nobody to say it; who says another is thinking of other rows."""
    if value is None:
        return
    if tenant is None:
        raise StepError(
            f"tenant_value is of one tenant, and none is named: name the tenant too, or leave out both, "
            f"got {shown(value)}"
        )
    known = tenant_value.of(registry.read(tenant).facts, tenant)
    if value != known:
        raise StepError(
            f"tenant_value of {tenant} must be {known}, as it was moved, or be left out, got {shown(value)}"
        )


def _due(only: str | None, run: str) -> Iterator[dict[str, str]]:
    today = items.now()[:10]
    for one in registry.every(deleted=True):
        tenant = str(one["tenant"])
        if only not in (None, tenant):
            continue
        if (what := _of(one, today, asked=only == tenant)) and not fences.is_changed(one):
            value = fences.value_of(one) if what == "lift" else tenant_value.of(one, tenant)
            results = f"{tenant}/{short(run)}"
            yield {"tenant": tenant, "tenantValue": value, "what": what, "results": results}


def _of(one: Mapping[str, Any], today: str, *, asked: bool) -> What | None:
    """What is to be done for a tenant, if anything."""
    until, fenced = one.get(SOURCE), fences.stands(one)
    what: What | None = None
    if one["state"] in CLEARED_IN and until and (asked or until <= today):
        what = "clear"
    # Whoever has kept its route into the pool has lost it by the next day.
    if fenced and (asked or one["updated_at"][:10] < today):
        what = "lift"
    if what and (shard := fenced_in(one)) != settings().shard:
        logger.info("its pool is none of ours any more", extra={"tenant": one["tenant"], "shard": shard})
        return None
    return what


@logger.inject_lambda_context
def place(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """Say where the tenant's own database is, which is compared with before anything is deleted."""
    name = f"{settings().stack_prefix}{event['tenant']}"
    stack = client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    told = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    return {
        "secret": told[settings().owner_secret],
        "host": told["DatabaseHost"],
        "port": told["DatabasePort"],
    }


@logger.inject_lambda_context
def cleared(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write down that no row of the tenant is left in the pool, or not even its fence."""
    tenant, what = event["tenant"], _what(event)
    known = registry.read(tenant)
    facts = {_LEFT[what]: "", **({CLEARED_AT: items.now()} if what == "clear" else {})}
    if str(known.facts.get("failure", "")).startswith(_failed(what)):
        facts["failure"] = ""
    registry.remember(tenant, facts)
    events.succeeded(what, tenant, event["run"], state=known.state, facts={}, context=context)
    return _said(tenant)


@logger.inject_lambda_context
def not_cleared(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write down why it was not; tomorrow it is tried again."""
    tenant, what, told = event["tenant"], _what(event), reason(event["failure"])
    known = registry.read(tenant)
    if not (fenced_in(known.facts) if what == "lift" else known.facts.get(SOURCE)):
        # It is written down already that it was, and only the answer was lost.
        return _said(tenant)
    registry.remember(tenant, {"failure": f"{_failed(what)}{told}"})
    events.failed(what, tenant, event["run"], state=known.state, reason=told, context=context)
    return _said(tenant)


def _said(tenant: str) -> dict[str, str]:
    """What the machine answers of a tenant."""
    return {"tenant": tenant, "left": fences.left(registry.read(tenant).facts)}


def _what(event: Mapping[str, Any]) -> str:
    # Runs that began with an earlier release of the machine clear, and do not say so.
    return str(event.get("what", "clear"))


def _failed(what: str) -> str:
    return f"{what} failed: "
