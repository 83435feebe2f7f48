"""Brings the CloudFormation stack of a tenant to what is wanted, whatever it is now."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from tenants.failure import LONGEST_REASON, StepError
from tenants.settings import client, settings

logger = Logger()
Answer = dict[str, Any]
RELEASE = "cambium:template"
"""Tag that says which template a stack was made from."""
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
UPDATABLE = (*DONE, "UPDATE_ROLLBACK_COMPLETE")
_CHANGEABLE = (
    *UPDATABLE,
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
)


@logger.inject_lambda_context
def on_request(event: dict[str, Any], context: LambdaContext) -> Answer:
    """One look, and one action where it is time for one.

    Args:
        event: ``stack``, ``parameters`` (None: it is to be gone), ``started``: whether an earlier call of
            this step has begun the change, so that its failure is ours, ``existing``: whether a stack that is
            not there is to stay so, and ``changes``: whether one that is not there is an error, since a new
            one would be empty.
        context: Lambda's own.

    Returns:
        ``status``, which is ``done`` or ``wait``; ``started`` for the next call; and its ``outputs``.

    Raises:
        StepError: CloudFormation could not do it; the reason is that of the first resource that failed.
    """
    name, wanted, started = event["stack"], event.get("parameters"), event["started"]
    found = _find(name)
    status = found["StackStatus"] if found else "GONE"
    if status.endswith("IN_PROGRESS"):
        return _wait(started=started)
    if wanted is None:
        return _remove(name, found, status, started=started)
    if found is None and event.get("existing"):
        return {"status": "done", "started": False, "outputs": {}}
    if found is None and event.get("changes"):
        raise StepError(f"stack {name} is gone: a new one in its place would lack what was in it")
    return _bring(name, found, status, {**settings().place, **wanted}, started=started)


def _bring(name: str, found: Any, status: str, wanted: Mapping[str, str], *, started: bool) -> Answer:
    if status in DONE and _is(found, wanted):
        return {"status": "done", "started": False, "outputs": _outputs(found)}
    if started:
        raise StepError(f"stack {name} is {status}: {_reason(found['StackId']) if found else 'it is gone'}")
    if status == "GONE":
        client("cloudformation").create_stack(StackName=name, **_told(wanted))
        return _wait(started=True)
    if status in UPDATABLE:
        return _update(name, wanted)
    return _repair(name, status)


def _update(name: str, wanted: Mapping[str, str]) -> Answer:
    try:
        client("cloudformation").update_stack(StackName=name, **_told(wanted))
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise
        return {"status": "done", "started": False, "outputs": _outputs(_find(name))}
    return _wait(started=True)


def _repair(name: str, status: str) -> Answer:
    """What an earlier run left in a state in which nothing can be changed."""
    if status == "UPDATE_ROLLBACK_FAILED":
        client("cloudformation").continue_update_rollback(StackName=name, **_role())
    else:
        client("cloudformation").delete_stack(StackName=name, **_role())
    return _wait(started=False)


def _remove(name: str, found: Any, status: str, *, started: bool) -> Answer:
    if found is None or status == "DELETE_COMPLETE":
        return {"status": "done", "started": False}
    if started and status == "DELETE_FAILED":
        raise StepError(f"stack {name} is {status}: {_reason(found['StackId'])}")
    given = _given(found)
    if status in UPDATABLE and given.get("Protected") == "true":
        # RDS refuses to delete what is protected, and CloudFormation would have begun by then.
        kept = [{"ParameterKey": key, "UsePreviousValue": True} for key in given if key != "Protected"]
        client("cloudformation").update_stack(
            StackName=name,
            UsePreviousTemplate=True,
            Parameters=[*kept, {"ParameterKey": "Protected", "ParameterValue": "false"}],
            Capabilities=["CAPABILITY_IAM"],
            **_role(),
        )
        return _wait(started=False)
    client("cloudformation").delete_stack(StackName=name, **_role())
    return _wait(started=True)


def _find(name: str) -> Any:
    try:
        return client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None


def is_there(name: str) -> bool:
    """Whether a stack is there, and nobody has begun to delete it."""
    found = _find(name)
    return bool(found) and found["StackStatus"] in _CHANGEABLE


def current(names: Iterable[str]) -> set[str]:
    """Which stacks are as these functions would make them here, whatever else each is told."""
    asked, place = set(names), settings().place.items()
    pages = client("cloudformation").get_paginator("describe_stacks").paginate()
    stacks = [one for page in pages for one in page["Stacks"] if one["StackName"] in asked]
    return {
        one["StackName"]
        for one in stacks
        if one["StackStatus"] in DONE and _is_of_this_release(one) and place <= _given(one).items()
    }


def _is(found: Any, wanted: Mapping[str, str]) -> bool:
    return _is_of_this_release(found) and _given(found) == dict(wanted)


def _is_of_this_release(found: Any) -> bool:
    release = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}.get(RELEASE)
    return release == os.environ["RELEASE"]


def _given(found: Any) -> dict[str, str]:
    return {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}


def _outputs(found: Any) -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def _told(wanted: Mapping[str, str]) -> dict[str, Any]:
    return {
        "TemplateURL": os.environ["TEMPLATE_URL"],
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in wanted.items()],
        "Capabilities": ["CAPABILITY_IAM"],
        "Tags": [{"Key": RELEASE, "Value": os.environ["RELEASE"]}],
        **_role(),
    }


def _role() -> dict[str, str]:
    return {"RoleARN": os.environ["STACK_ROLE"]}


def _wait(*, started: bool) -> Answer:
    return {"status": "wait", "started": started}


def _reason(stack_id: str) -> str:
    events = client("cloudformation").describe_stack_events(StackName=stack_id)["StackEvents"]
    failed = [
        f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason', '')}"
        for one in events
        if one["ResourceStatus"].endswith("FAILED") and "cancelled" not in one.get("ResourceStatusReason", "")
    ]
    return (failed[-1] if failed else "CloudFormation gives no reason")[:LONGEST_REASON]
