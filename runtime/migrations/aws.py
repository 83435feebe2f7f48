"""The three calls to AWS that a deployment's migration needs."""

import json
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

# Asked every few seconds for up to an hour: throttling is waited out instead of failing a deployment.
_PATIENCE = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 6})

state_machines: Any = boto3.client("stepfunctions", config=_PATIENCE)
stacks = boto3.client("cloudformation", config=_PATIENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """How far a run is."""

    status: str
    error: str = ""
    cause: str = ""


def start(machine: str, *, name: str, task_definition: str) -> str:
    """Start a run of the state machine, or find the one of that name; answer its ARN."""
    try:
        answer = state_machines.start_execution(
            stateMachineArn=machine, name=name, input=json.dumps({"taskDefinition": task_definition})
        )
    except state_machines.exceptions.ExecutionAlreadyExists:
        return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    return str(answer["executionArn"])


def describe(execution: str) -> Execution:
    """How far a run is."""
    answer = state_machines.describe_execution(executionArn=execution)
    return Execution(status=answer["status"], error=answer.get("error", ""), cause=answer.get("cause", ""))


def stack_status(stack_id: str) -> str:
    """What CloudFormation is doing with a stack, such as ``UPDATE_ROLLBACK_IN_PROGRESS``."""
    (stack,) = stacks.describe_stacks(StackName=stack_id)["Stacks"]
    return stack["StackStatus"]
