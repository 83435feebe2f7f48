"""Tells other tools what becomes of tenants, in the words of the AWS SaaS Builder Toolkit.

Names, sources and fields are those of @cdklabs/sbt-aws 0.9.3 (awslabs/sbt-aws, commit cea7b77,
``src/utils/event-manager.ts``, ``src/core-app-plane/script-job.ts``). An operation that the toolkit has no
word for is named in the same way, without the prefix that it keeps for its own. ``tenantRegistrationId``, by
which its control plane finds a registration, is the tenant's id: a tenant has one registration here.
"""

import json
import os
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyAlreadyInProgressError
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from tenants.once import once
from tenants.settings import client

logger = Logger()
CONTROL_PLANE, APPLICATION_PLANE = "sbt.control.plane", "sbt.application.plane"
PREFIX = "sbt_aws_"
REQUESTED = {
    "create": "onboardingRequest",
    "delete": "offboardingRequest",
    "suspend": "deactivateRequest",
    "resume": "activateRequest",
}
ENDED = {"create": "provision", "delete": "deprovision", "suspend": "deactivate", "resume": "activate"}
REMEMBERED_SECONDS = 24 * 60 * 60
"""Longer than a run lasts: so long is its event known as said."""


def request_type(operation: str) -> str:
    """The detail type that says an operation has begun."""
    known = REQUESTED.get(operation)
    return f"{PREFIX}{known}" if known else f"{operation}Request"


def end_type(operation: str, *, succeeded: bool) -> str:
    """The detail type that says how an operation ended."""
    known, how = ENDED.get(operation), "Success" if succeeded else "Failure"
    return f"{PREFIX}{known}{how}" if known else f"{operation}{how}"


def requested(
    operation: str, tenant: str, run: str, facts: Mapping[str, Any], context: LambdaContext
) -> None:
    """Say, once for a run and a tenant, that an operation has begun.

    Args:
        operation: Which.
        tenant: Of whom.
        run: ARN of the run.
        facts: What the tenant is to be.
        context: Lambda's own.

    An event that is not taken is an error in the log, and nothing else.
    """
    detail = {**_of(tenant), **facts, "registrationStatus": "In progress"}
    try:
        _say_once(CONTROL_PLANE, request_type(operation), run, detail, context)
    except (ClientError, RuntimeError):
        # The tenant is claimed by now: that nobody listens must not leave it half begun.
        logger.exception("nobody was told that an operation has begun", tenant=tenant, run=run)


def succeeded(
    operation: str, tenant: str, run: str, *, state: str, facts: Mapping[str, Any], context: LambdaContext
) -> None:
    """Say, once for a run and a tenant, that an operation ended well, and what the tenant is now."""
    output = {"tenantData": dict(facts), "tenantRegistrationData": {"registrationStatus": state}}
    detail = {**_of(tenant), "jobOutput": output}
    _say_once(APPLICATION_PLANE, end_type(operation, succeeded=True), run, detail, context)


def failed(operation: str, tenant: str, run: str, *, state: str, reason: str, context: LambdaContext) -> None:
    """Say, once for a run and a tenant, that an operation failed, why, and what the tenant is now."""
    output = {
        "tenantStatus": reason,
        "tenantData": {},
        "tenantRegistrationData": {"registrationStatus": state},
    }
    detail = {**_of(tenant), "jobOutput": output}
    _say_once(APPLICATION_PLANE, end_type(operation, succeeded=False), run, detail, context)


def _of(tenant: str) -> dict[str, str]:
    return {"tenantId": tenant, "tenantRegistrationId": tenant}


def _say_once(source: str, kind: str, run: str, detail: dict[str, Any], context: LambdaContext) -> None:
    def say() -> dict[str, Any]:
        return _put(source, kind, detail)

    try:
        once(
            "event",
            f"{run} {kind} {detail['tenantId']}",
            "",
            say,
            seconds=REMEMBERED_SECONDS,
            context=context,
        )
    except IdempotencyAlreadyInProgressError:
        # A call that was cut off may have said it or not. Twice is better than never.
        say()


def _put(source: str, kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    answer = client("events").put_events(
        Entries=[
            {
                "EventBusName": os.environ["EVENT_BUS"],
                "Source": source,
                "DetailType": kind,
                "Detail": json.dumps(detail, default=str),
            }
        ]
    )
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"event {kind} was not taken: {answer['Entries'][0].get('ErrorMessage')}")
    return {"event": answer["Entries"][0]["EventId"]}
