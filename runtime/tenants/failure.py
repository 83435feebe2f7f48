"""The errors that leave a step, and what they say."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from tenants.settings import client, settings

logger = Logger()


class StepError(Exception):
    """A step failed for good; the state machine takes back what came before."""


LONGEST_REASON = 800


def reason(failure: dict[str, Any]) -> str:
    """What Step Functions caught, as a sentence.

    Args:
        failure: ``Error`` and ``Cause``; of a function the cause is JSON with its message, of a task its
            description, and the message of its result, if it is one of a move's.
    """
    error, cause = str(failure.get("Error", "")), str(failure.get("Cause", ""))
    try:
        told = json.loads(cause)
    except ValueError:
        told = None
    if isinstance(told, dict) and "errorMessage" in told:
        cause = str(told["errorMessage"])
    elif isinstance(told, dict) and "Containers" in told:
        cause = _of_task(told)
    return (cause or error or "AWS gives no reason")[:LONGEST_REASON]


def _of_task(task: dict[str, Any]) -> str:
    told = _message(task)
    ended = [f"{one.get('Name')} with exit code {one.get('ExitCode')}" for one in task["Containers"]]
    why = f"the task ended: {', '.join(ended)}; {task.get('StoppedReason', '')}".rstrip("; ")
    if family := str(task.get("TaskDefinitionArn", "")).rpartition("/")[2].partition(":")[0]:
        why += f"; what it said is in the log group of {family}"
    return f"{told} ({why})" if told else why


def _message(task: Mapping[str, Any]) -> str:
    """What a task of a move wrote about its own failure where it was told to; nothing where it could not."""
    url = _result_url(task)
    bucket, _, key = url.removeprefix("s3://").partition("/")
    if not key or bucket != settings().moves:
        return ""
    try:
        body = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        # It ended before it wrote anything. Why it failed must be recorded in any case.
        logger.warning("no result of the task", key=key, error=str(error))
        return ""
    return str(json.loads(body).get("message", ""))


def _result_url(task: Mapping[str, Any]) -> str:
    overrides = task.get("Overrides", {}).get("ContainerOverrides", [])
    told = [one for override in overrides for one in override.get("Environment", [])]
    return next((str(one["Value"]) for one in told if one["Name"] == "RESULT_URL"), "")
