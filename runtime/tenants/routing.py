"""The tenant's line in the routing table: who answers for it, and whether it is served.

Written in the home region only: in a global table a condition holds in one region at a time.
"""

from collections.abc import Mapping
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from tenants.failure import StepError
from tenants.registry import now
from tenants.settings import settings

logger = Logger()
ATTEMPTS = 5


def read(tenant: str) -> Mapping[str, Any] | None:
    """The line of an organization, or None."""
    found = _table().get_item(Key={"organization": tenant}, ConsistentRead=True).get("Item")
    return dict(found) if found else None


@logger.inject_lambda_context
def on_request(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Set the tenant's state in the table, or take its line out (state ``gone``)."""
    tenant, state = event["tenant"], event["state"]
    for _ in range(ATTEMPTS):
        entry = read(tenant)
        _check_tier(tenant, entry)
        try:
            _write(tenant, state, event.get("origin"), entry)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            continue
        return {"state": state}
    raise StepError(f"the routing of {tenant} was changed by somebody else {ATTEMPTS} times")


def _check_tier(tenant: str, entry: Mapping[str, Any] | None) -> None:
    if entry and (entry["tier"], entry["region"]) != (settings().tier, settings().region_key):
        raise StepError(
            f"organization {tenant} is routed to tier {entry['tier']} in region {entry['region']}, "
            "which is not this tier's to change"
        )


def _write(tenant: str, state: str, origin: str | None, entry: Mapping[str, Any] | None) -> None:
    if entry is None:
        if state == "gone":
            return
        _table().put_item(
            Item=_line(tenant, state, origin or "", 1),
            ConditionExpression="attribute_not_exists(organization)",
        )
        return
    version = int(entry["version"])
    same = {
        "ConditionExpression": "#version = :version",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":version": version},
    }
    if state == "gone":
        _table().delete_item(Key={"organization": tenant}, **same)
    elif entry["state"] != state or origin not in (None, entry["origin"]):
        line = _line(tenant, state, origin or entry["origin"], version + 1)
        _table().put_item(Item=line, **same)


def _line(tenant: str, state: str, origin: str, version: int) -> dict[str, Any]:
    tier = settings()
    return {
        "organization": tenant,
        "region": tier.region_key,
        "shard": tier.shard,
        "tier": tier.tier,
        "state": state,
        "residency": tier.residency,
        "origin": origin,
        "version": version,
        "updated_at": now(),
    }


def _table() -> Any:
    return boto3.resource("dynamodb", region_name=settings().home_region).Table(settings().routing)
