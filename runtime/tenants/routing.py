"""The tenant's line in the routing table: who answers for it, and whether it is served.

Written in the home region only: in a global table a condition holds in one region at a time.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from routing.entry import Entry
from routing.table import ConflictError, Table
from tenants import items, registry
from tenants.failure import StepError
from tenants.settings import client, settings

logger = Logger()
ATTEMPTS = 5
GOING = ("gone", "deleting")
"""States of a tenant that is not to be served again."""
USED = "activated_at"
"""The fact that says since when somebody may have used the tenant; without it, nobody ever has."""
VALUE = "tenant_value"
"""The fact with what the tenant column holds for a tenant, which its line has, too: placements look there."""
UNPROVEN = "tenant_value_unproven"
"""The fact that this was said with a creation, and that no move has found rows of it yet."""


def read(tenant: str) -> Entry | None:
    """The line of an organization, or None."""
    return _table().read(tenant, consistent=True)


def with_value(value: str) -> list[str]:
    """The organizations whose tenant column holds a value, by the table: it holds their id, unless told."""
    pages = (
        client("dynamodb", settings().home_region)
        .get_paginator("scan")
        .paginate(
            TableName=settings().routing,
            FilterExpression="tenant_value = :value"
            " OR (organization = :value AND attribute_not_exists(tenant_value))",
            ExpressionAttributeValues={":value": {"S": value}},
            ConsistentRead=True,
        )
    )
    return [item["organization"]["S"] for page in pages for item in page["Items"]]


@logger.inject_lambda_context
def on_request(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Set the tenant's state in the table, or take its line out (state ``gone``).

    What goes leaves a line that is somebody else's as it is: an organization that was placed meanwhile is
    not the tenant's, and must not keep the tenant's stack from going.

    For a creation (``creates``), the registry says that the tenant may be used before its line leads anybody
    to it; and the line of a tenant that may have been used neither goes nor stops serving.

    Returns:
        ``state`` of its line; and of a creation ``used``, whether somebody may have used the tenant.

    Raises:
        StepError: the line is somebody else's, and the tenant is to be served or suspended by it.
    """
    tenant, state = event["tenant"], event["state"]
    used = bool(event.get("creates") and registry.read(tenant).facts.get(USED))
    for _ in range(ATTEMPTS):
        known = read(tenant)
        if state in GOING and known and (used or not is_ours(known)):
            return {"state": known.state, "used": used}
        _check_tier(tenant, known)
        if used and known and known.state == "active" and state != "active":
            return {"state": known.state, "used": used}
        if event.get("creates") and state == "active" and not used:
            registry.remember(tenant, {USED: items.now()})
            used = True
        with suppress(ConflictError):
            _bring(tenant, known, state, event.get("origin"))
            _keep_origin(tenant, event.get("origin"))
            return {"state": state, "used": used}
    raise StepError(f"the routing of {tenant} was changed by somebody else {ATTEMPTS} times")


def _check_tier(tenant: str, known: Entry | None) -> None:
    if known and not is_ours(known):
        raise StepError(
            f"organization {tenant} is routed to tier {known.tier} in region {known.region}, "
            "which is not this tier's to change"
        )


def is_ours(known: Entry) -> bool:
    """Whether a line leads to this tier in this region."""
    return (known.tier, known.region) == (settings().tier, settings().region_key)


def _bring(tenant: str, known: Entry | None, state: str, origin: str | None) -> None:
    if known is None:
        if state != "gone":
            _table().create(_new(tenant, state, origin or ""))
    elif state == "gone":
        _table().remove(tenant, known.version)
    else:
        value = _value(tenant) or known.tenant_value
        wanted = replace(known, state=state, origin=origin or known.origin, tenant_value=value)
        if wanted != known:
            _table().replace(wanted, known.version)


def _keep_origin(tenant: str, origin: str | None) -> None:
    """The registry says the same: App Runner gives a service that is made again another host."""
    if origin and registry.read(tenant).facts.get("origin") != origin:
        registry.remember(tenant, {"origin": origin})


def _new(tenant: str, state: str, origin: str) -> Entry:
    tier = settings()
    return Entry(
        organization=tenant,
        region=tier.region_key,
        shard=tier.shard,
        tier=tier.tier,
        state=state,
        residency=tier.residency,
        origin=origin,
        tenant_value=_value(tenant),
    )


def _value(tenant: str) -> str:
    """What is settled; what a creation said, the first move may say otherwise, and its line says nothing."""
    facts = registry.read(tenant).facts
    return "" if facts.get(UNPROVEN) else str(facts.get(VALUE) or "")


def _table() -> Table:
    return Table(client("dynamodb", settings().home_region), settings().routing)
