"""What the stack of a tenant is: looked at, and never changed."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from tenants.failure import LONGEST_REASON
from tenants.settings import client, settings

Found = Mapping[str, Any]
"""A stack as CloudFormation describes it."""
RELEASE = "cambium:template"
"""Tag that says which template a stack was made from: the hash of the asset, by which S3 has it, too."""
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
UPDATABLE = (*DONE, "UPDATE_ROLLBACK_COMPLETE")
STUCK = "UPDATE_ROLLBACK_FAILED"
_CHANGEABLE = (
    *UPDATABLE,
    STUCK,
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
)
_BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")


def find(name: str) -> Found | None:
    """A stack, or None where there is none."""
    try:
        found: Found = client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None
    return found


def is_there(name: str) -> bool:
    """Whether a stack is there, and nobody has begun to delete it."""
    found = find(name)
    return found is not None and found["StackStatus"] in _CHANGEABLE


def current(names: Iterable[str]) -> set[str]:
    """Which stacks are as an update would make them here, whatever else each is told."""
    asked, place = set(names), settings().place.items()
    pages = client("cloudformation").get_paginator("describe_stacks").paginate()
    stacks = [one for page in pages for one in page["Stacks"] if one["StackName"] in asked]
    return {
        one["StackName"]
        for one in stacks
        if one["StackStatus"] in DONE
        and template_of(one) == os.environ["RELEASE"]
        and place <= given(one).items()
    }


def template_of(found: Found) -> str:
    """The template a stack was made from, or nothing where it does not say so."""
    return str({tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}.get(RELEASE, ""))


def given(found: Found) -> dict[str, str]:
    """The parameters a stack was told."""
    return {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}


def outputs(found: Found) -> dict[str, str]:
    """What a stack says of itself."""
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def reason(found: Found) -> str:
    """Why the last thing that was begun with a stack failed: the first resource that did."""
    events = client("cloudformation").describe_stack_events(StackName=found["StackId"])["StackEvents"]
    failed = "CloudFormation gives no reason"
    # The newest comes first; what failed earlier than its beginning is of another day.
    for one in events:
        status, why = one["ResourceStatus"], one.get("ResourceStatusReason", "")
        if one["PhysicalResourceId"] == found["StackId"] and status in _BEGINNINGS:
            break
        if status.endswith("FAILED") and "cancelled" not in why:
            failed = f"{one['LogicalResourceId']}: {why}"
    return failed[:LONGEST_REASON]
