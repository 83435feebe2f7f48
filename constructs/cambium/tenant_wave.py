"""The state machine that brings all tenants to an image, in waves of their own changes."""

from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from cambium.arn import arn
from cambium.tenant_steps import Way, invoke
from cambium.working_hours_steps import State

AT_ONCE = 10
"""Tenants of a group that change at the same time."""
WAVE_MINUTES = 7 * 24 * 60
"""Step Functions stops the changes of a wave that is out of time half way, so none may be: a thousand tenants
take a day, and each change has a time of its own."""


def wave(*, plan: str, judge: str, change: str) -> State:
    """Group after group; within a group, each tenant by the machine that changes one.

    A tenant that could not be changed is as it was, by that machine's own way back. Its neighbours of the
    same group end what they began; no later group begins.

    Args:
        plan: ARN of the function that says who and in which order.
        judge: ARN of the function that stops.
        change: ARN of the machine that changes one tenant.
    """
    planned = dict(invoke("Plan", plan, {"request.$": "$"}, Way(to="")).states["Plan"])
    planned.pop("ResultPath")
    planned.pop("Catch")
    planned |= {"OutputPath": "$.Payload", "Next": "Planned?"}
    judged = dict(invoke("Go on?", judge, {"results.$": "$.results"}, Way(to="")).states["Go on?"])
    judged.pop("Catch")
    group: State = {
        "StartAt": "Each of the group",
        "States": {
            "Each of the group": {
                "Type": "Map",
                "Parameters": {"one.$": "$$.Map.Item.Value"},
                "MaxConcurrency": AT_ONCE,
                "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **_one(change)},
                "ResultSelector": {"results.$": "$"},
                "Next": "Go on?",
            },
            "Go on?": {**judged, "End": True},
        },
    }
    return {
        "StartAt": "Plan",
        "States": {
            "Plan": planned,
            "Planned?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.refused", "IsPresent": True, "Next": "Refused"}],
                "Default": "Each group",
            },
            "Refused": {"Type": "Fail", "Error": "Refused", "CausePath": "$.refused"},
            "Each group": {
                "Type": "Map",
                "ItemsPath": "$.groups",
                "MaxConcurrency": 1,
                "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **group},
                "ResultPath": None,
                "Next": "Done",
            },
            "Done": {"Type": "Succeed"},
        },
    }


def _one(change: str) -> State:
    asked = {
        "operation": "update",
        "tenant.$": "$.one.tenant",
        "image.$": "$.one.image",
        "requested_by.$": "$.one.by",
    }
    told: dict[str, Any] = {"tenant.$": "$.one.tenant"}
    return {
        "StartAt": "Change it",
        "States": {
            "Change it": {
                "Type": "Task",
                "Resource": f"arn:{Aws.PARTITION}:states:::states:startExecution.sync:2",
                "Parameters": {"StateMachineArn": change, "Input": asked},
                "ResultPath": None,
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Not changed"}],
                "Next": "Changed",
            },
            "Changed": {"Type": "Pass", "Parameters": {**told, "updated": True}, "End": True},
            "Not changed": {"Type": "Pass", "Parameters": {**told, "updated": False}, "End": True},
        },
    }


def wave_statements(change: str, name: str) -> list[iam.PolicyStatement]:
    """Start runs of the machine that changes one tenant, and hear of their end."""
    runs = arn("states", f"execution:{name}:*")
    rule = arn("events", "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule")
    return [
        iam.PolicyStatement(actions=["states:StartExecution"], resources=[change]),
        iam.PolicyStatement(actions=["states:DescribeExecution", "states:StopExecution"], resources=[runs]),
        iam.PolicyStatement(
            actions=["events:PutTargets", "events:PutRule", "events:DescribeRule"], resources=[rule]
        ),
    ]
