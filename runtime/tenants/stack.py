"""Brings the CloudFormation stack of a tenant to what is wanted, whatever it is now."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from tenants.failure import StepError
from tenants.settings import client, settings
from tenants.stack_facts import (
    DONE,
    RELEASE,
    STUCK,
    UPDATABLE,
    Found,
    find,
    given,
    outputs,
    reason,
    template_of,
)

logger = Logger()
Answer = dict[str, Any]
REPAIRED, UNPROTECTED = "repaired", "unprotected"
"""What ``started`` is after what comes before the change itself, and is not tried twice by a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a stack is to be."""

    template: str
    """Hash of its template."""
    parameters: Mapping[str, str]
    brought: bool = False
    """Whether it is the template of this release, which is brought whatever the stack says it has."""


@logger.inject_lambda_context
def on_request(event: dict[str, Any], context: LambdaContext) -> Answer:
    """One look, and one action where it is time for one.

    A stack gets the template of this release, and the place of now, unless it is told otherwise: with
    ``own`` it keeps its template, and each parameter that is not told; with ``template`` it goes back to
    that one, and is told nothing but ``parameters``.

    Args:
        event: ``stack``, ``parameters`` (None: it is to be gone), ``own``, ``template``, ``started``:
            whether an earlier call of this step has begun the change, so that its failure is ours.
            ``existing``: one that is not there, or has begun to go, stays so; it implies ``own``.
            ``changes``: such a one is an error, since a new one would be empty. ``look``: nothing is
            changed, and only one that is not there is an error.
        context: Lambda's own.

    Returns:
        ``status``, which is ``done`` or ``wait``; ``started`` for the next call; its ``outputs``; and of a
        look ``same``, whether it has the ``template`` and the ``parameters``.

    Raises:
        StepError: CloudFormation could not do it; the reason is that of the first resource that failed.
    """
    name, started = event["stack"], event["started"]
    found = find(name)
    status = found["StackStatus"] if found else "GONE"
    if status.endswith("IN_PROGRESS"):
        return _wait(started=started)
    if event.get("look"):
        return _look(event, found)
    if event.get("parameters") is None:
        return _remove(name, found, status, started=started)
    if status not in (*UPDATABLE, STUCK) and (event.get("existing") or event.get("changes")):
        return _unchangeable(event, status)
    return _bring(name, found, status, _wanted(event, found), started=started)


def _unchangeable(event: Mapping[str, Any], status: str) -> Answer:
    """A stack that cannot be changed is never deleted to be made anew where that would be an empty one."""
    if event.get("existing"):
        return {"status": "done", "started": False, "outputs": {}}
    is_now = "gone" if status == "GONE" else f"{status} and cannot be changed"
    raise StepError(f"stack {event['stack']} is {is_now}: a new one in its place would lack what was in it")


def _wanted(event: Mapping[str, Any], found: Found | None) -> Wanted:
    told = event["parameters"]
    if "template" in event:
        return Wanted(template=event["template"], parameters=told)
    if found and (event.get("own") or event.get("existing")):
        # CloudFormation refuses a parameter that a template does not have.
        has = given(found)
        kept = {**has, **{key: value for key, value in told.items() if key in has}}
        return Wanted(template=template_of(found), parameters=kept)
    return Wanted(template=os.environ["RELEASE"], parameters={**settings().place, **told}, brought=True)


def _is(found: Found, status: str, wanted: Wanted) -> bool:
    # What CloudFormation has rolled back by itself is what it was, and not what was to be brought.
    ended = DONE if wanted.brought else UPDATABLE
    has = (template_of(found), given(found))
    return status in ended and has == (wanted.template, dict(wanted.parameters))


def _look(event: Mapping[str, Any], found: Found | None) -> Answer:
    if found is None:
        raise StepError(f"stack {event['stack']} is gone")
    same = "template" in event and _is(found, found["StackStatus"], _wanted(event, found))
    return {"status": "done", "started": False, "outputs": outputs(found), "same": same}


def _bring(name: str, found: Found | None, status: str, wanted: Wanted, *, started: bool | str) -> Answer:
    if found and _is(found, status, wanted):
        return {"status": "done", "started": False, "outputs": outputs(found)}
    if started is True:
        raise StepError(f"stack {name} is {status}: {reason(found) if found else 'it is gone'}")
    if found is None:
        client("cloudformation").create_stack(StackName=name, **_told(wanted, None))
        return _wait(started=True)
    if status in UPDATABLE:
        return _update(name, found, wanted)
    return _repair(name, found, status, started=started)


def _update(name: str, found: Found, wanted: Wanted) -> Answer:
    try:
        client("cloudformation").update_stack(StackName=name, **_told(wanted, found))
    except ClientError as error:
        said = error.response["Error"]
        if "No updates are to be performed" in said["Message"]:
            return {"status": "done", "started": False, "outputs": outputs(found)}
        if said["Code"] == "ValidationError" and _is_older(wanted, found):
            raise StepError(
                f"stack {name} stays as it is: its earlier template {wanted.template}, which must be in the "
                f"bucket of assets, cannot be brought back: {said['Message']}"
            ) from None
        raise
    return _wait(started=True)


def _is_older(wanted: Wanted, found: Found | None) -> bool:
    """Whether it is neither the template that the stack has nor the one of this release."""
    return not wanted.brought and (found is None or template_of(found) != wanted.template)


def _repair(name: str, found: Found, status: str, *, started: bool | str) -> Answer:
    """What an earlier run left in a state in which nothing can be changed."""
    if started:
        raise StepError(f"stack {name} is {status} still: {reason(found)}")
    if status == STUCK:
        client("cloudformation").continue_update_rollback(StackName=name, **_role())
    else:
        client("cloudformation").delete_stack(StackName=name, **_role())
    return _wait(started=REPAIRED)


def _remove(name: str, found: Found | None, status: str, *, started: bool | str) -> Answer:
    if found is None or status == "DELETE_COMPLETE":
        return {"status": "done", "started": False}
    if started is True and status == "DELETE_FAILED":
        raise StepError(f"stack {name} is {status}: {reason(found)}")
    if status in (*UPDATABLE, STUCK) and given(found).get("Protected") == "true":
        # RDS refuses to delete what is protected, and CloudFormation would have begun by then.
        if status == STUCK:
            return _repair(name, found, status, started=started)
        if started == UNPROTECTED:
            raise StepError(f"stack {name} is {status}, and its database still protected: {reason(found)}")
        parameters = {**given(found), "Protected": "false"}
        unprotected = Wanted(template=template_of(found), parameters=parameters)
        client("cloudformation").update_stack(StackName=name, **_told(unprotected, found))
        return _wait(started=UNPROTECTED)
    client("cloudformation").delete_stack(StackName=name, **_role())
    return _wait(started=True)


def _told(wanted: Wanted, found: Found | None) -> dict[str, Any]:
    told = {
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in wanted.parameters.items()
        ],
        "Capabilities": ["CAPABILITY_IAM"],
        **_role(),
    }
    if not wanted.brought and not _is_older(wanted, found):
        return {**told, "UsePreviousTemplate": True}
    if not wanted.template:
        raise StepError("from which template the stack was made before is not written down: it keeps its own")
    # Assets of all releases are beside each other, each by its hash.
    url = os.environ["TEMPLATE_URL"].replace(os.environ["RELEASE"], wanted.template)
    return {**told, "TemplateURL": url, "Tags": [{"Key": RELEASE, "Value": wanted.template}]}


def _role() -> dict[str, str]:
    return {"RoleARN": os.environ["STACK_ROLE"]}


def _wait(*, started: bool | str) -> Answer:
    return {"status": "wait", "started": started}
