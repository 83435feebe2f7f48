"""The steps of a restore drill: the task, the end of its instance, and a record of what nobody recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws

from cambium.working_hours_steps import call

POLL_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class DrillRun:
    """Which task, where, and where its record goes."""

    cluster: str
    task: str
    container: str
    subnets: Sequence[str]
    security_group: str
    instance: str
    bucket: str
    prefix: str
    hours: float
    """After so long the task is given up: the target was missed anyway."""


def drill_machine(run: DrillRun) -> dict[str, Any]:
    """The definition, without its own limit of time."""
    left = {"Variable": "$.look.DbInstances[0].DbInstanceStatus", "IsPresent": True}
    states = {
        "Rehearse": _task(run),
        "Is the instance left?": {
            **call("rds:describeDBInstances", _filter(run)),
            "ResultPath": "$.look",
            "Next": "Is it gone?",
        },
        "Is it gone?": {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [left, {"Variable": left["Variable"], "StringEquals": "available"}],
                    "Next": "Delete it",
                },
                {
                    "And": [left, {"Variable": left["Variable"], "StringMatches": "*failed*"}],
                    "Next": "Delete it",
                },
                # It is being made, or being deleted: RDS refuses to delete it now.
                {**left, "Next": "Wait"},
            ],
            "Default": "Did it fail?",
        },
        "Delete it": {
            **call(
                "rds:deleteDBInstance",
                {
                    "DbInstanceIdentifier": run.instance,
                    "SkipFinalSnapshot": True,
                    "DeleteAutomatedBackups": True,
                },
            ),
            "Next": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": POLL_SECONDS, "Next": "Is the instance left?"},
        "Did it fail?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.failure", "IsPresent": True, "Next": "Say what failed"}],
            "Default": "Passed",
        },
        "Say what failed": {
            "Type": "Pass",
            "Parameters": {
                "passed": False,
                "started.$": "$$.Execution.StartTime",
                "failure.$": "$.failure",
            },
            "ResultPath": "$.record",
            "Next": "Record the failure",
        },
        "Record the failure": _record(run),
        "Failed": {"Type": "Fail", "Error": "DrillFailed", "CausePath": "$.failure.Cause"},
        "Passed": {"Type": "Succeed"},
    }
    return {"Comment": "Rehearse a restore", "StartAt": "Rehearse", "States": states}


def _task(run: DrillRun) -> dict[str, Any]:
    place = {
        "Subnets": list(run.subnets),
        "SecurityGroups": [run.security_group],
        "AssignPublicIp": "DISABLED",
    }
    told = [{"Name": "DRILL_STARTED", "Value.$": "$$.Execution.StartTime"}]
    return {
        "Type": "Task",
        "Resource": f"arn:{Aws.PARTITION}:states:::ecs:runTask.sync",
        "TimeoutSeconds": int(run.hours * 3600),
        "Parameters": {
            "Cluster": run.cluster,
            "TaskDefinition": run.task,
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {"AwsvpcConfiguration": place},
            "Overrides": {"ContainerOverrides": [{"Name": run.container, "Environment": told}]},
        },
        "ResultPath": None,
        "Catch": [
            {
                "ErrorEquals": ["States.ALL"],
                "ResultPath": "$.failure",
                "Next": "Is the instance left?",
            }
        ],
        "Next": "Is the instance left?",
    }


def _filter(run: DrillRun) -> dict[str, Any]:
    # By a filter, which answers with nothing where naming the instance would be an error.
    return {"Filters": [{"Name": "db-instance-id", "Values": [run.instance]}]}


def _record(run: DrillRun) -> dict[str, Any]:
    """The task writes why it failed, unless it was never started, was killed, or took too long."""
    key = f"States.Format('{run.prefix}/{{}}-aborted.json', $$.Execution.Name)"
    body = "States.JsonToString($.record)"
    return {
        **call("s3:putObject", {"Bucket": run.bucket, "Key.$": key, "Body.$": body}),
        "Next": "Failed",
    }
