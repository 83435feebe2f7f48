"""What a tenant that moved into its silo has left in the pool: kept read-only for some days, then cleared."""

from collections.abc import Iterator
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from asked.check import shown
from tenants import events, items, registry, tenant_value
from tenants.failure import StepError, reason
from tenants.move_record import SOURCE
from tenants.settings import client, settings, short

logger = Logger()
CLEARED_IN = ("active", "suspended")
"""States of a tenant whose own database is there, and that nobody is changing."""


@logger.inject_lambda_context
def due(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """List whose rows are to be cleared: where the time is over, or the one that was asked for.

    Somebody who is being changed now is left for another day.

    Raises:
        StepError: somebody says what the tenant column holds, and it is not what was moved.
    """
    asked = event["asked"]
    _check_value(asked.get("tenant"), asked.get("tenant_value"))
    return {"due": list(_due(asked.get("tenant"), event["run"]))}


def _check_value(tenant: str | None, value: str | None) -> None:
    """A clearing needs nobody to say it; who says another is thinking of other rows."""
    if value is None:
        return
    known = tenant_value.of(registry.read(tenant).facts, tenant) if tenant else "that of each"
    if value != known:
        raise StepError(
            f"tenant_value of {tenant or 'all'} must be {known}, as it was moved, or be left out, "
            f"got {shown(value)}"
        )


def _due(only: str | None, run: str) -> Iterator[dict[str, str]]:
    today = items.now()[:10]
    for one in registry.every():
        until, tenant = one.get(SOURCE), str(one["tenant"])
        if not until or one["state"] not in CLEARED_IN or one.get("operation"):
            continue
        if only == tenant or (only is None and until <= today):
            value = tenant_value.of(one, tenant)
            yield {"tenant": tenant, "tenantValue": value, "results": f"{tenant}/{short(run)}"}


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
    """Write down that nothing of the tenant is left in the pool."""
    tenant = event["tenant"]
    registry.remember(tenant, {SOURCE: "", "source_cleared_at": items.now()})
    state = registry.read(tenant).state
    events.succeeded("clear", tenant, event["run"], state=state, facts={}, context=context)
    return {}


@logger.inject_lambda_context
def not_cleared(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write down why it was not; tomorrow it is tried again."""
    tenant, told = event["tenant"], reason(event["failure"])
    registry.remember(tenant, {"failure": f"clear failed: {told}"})
    state = registry.read(tenant).state
    events.failed("clear", tenant, event["run"], state=state, reason=told, context=context)
    return {}
