"""What a tenant that moved into its silo has left in the pool: kept read-only for some days, then cleared."""

from collections.abc import Iterator
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants import events, items, registry
from tenants.failure import reason
from tenants.move_record import SOURCE
from tenants.settings import client, settings, short

logger = Logger()


@logger.inject_lambda_context
def due(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """List whose rows are to be cleared: where the time is over, or the one that was asked for.

    Somebody who is being changed now is left for another day.
    """
    return {"due": list(_due(event["asked"].get("tenant"), event["run"]))}


def _due(only: str | None, run: str) -> Iterator[dict[str, str]]:
    today = items.now()[:10]
    for one in registry.every():
        until, tenant = one.get(SOURCE), str(one["tenant"])
        if not until or one["state"] != "active" or one.get("operation"):
            continue
        if only == tenant or (only is None and until <= today):
            yield {"tenant": tenant, "results": f"{tenant}/{short(run)}", **_place(tenant)}


def _place(tenant: str) -> dict[str, str]:
    """The tenant's own database, which the program compares with before it deletes anything."""
    name = f"{settings().stack_prefix}{tenant}"
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
    registry.remember(event["tenant"], {SOURCE: "", "source_cleared_at": items.now()})
    events.succeeded("clear", event["tenant"], event["run"], state="active", facts={}, context=context)
    return {}


@logger.inject_lambda_context
def not_cleared(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write down why it was not; tomorrow it is tried again."""
    told = reason(event["failure"])
    registry.remember(event["tenant"], {"failure": f"clear failed: {told}"})
    events.failed("clear", event["tenant"], event["run"], state="active", reason=told, context=context)
    return {}
