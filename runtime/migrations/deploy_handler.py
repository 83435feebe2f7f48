"""Custom resource Migration: the services of a stack wait for it, and it for the state machine.

It runs whenever one of its properties changes, such as the revision of the task definition. It never runs
while CloudFormation rolls back: the schema goes forward only, so what ran before must work with the new one
anyway, and a migration that fails a second time would leave the stack stuck. Deleting it does nothing.
"""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from migrations import aws

logger = Logger(service="migrations")

LONGEST_MESSAGE = 1500
"""An answer to CloudFormation has 4096 bytes, and the framework adds its own words."""


class MigrationError(Exception):
    """The schema is not what the new services need, so they are not rolled out."""


def on_event(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Start a run, and answer which."""
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": event["PhysicalResourceId"]}
    properties = event["ResourceProperties"]
    machine = str(properties["StateMachineArn"])
    return {
        "PhysicalResourceId": f"migration:{machine}",
        "Data": {"ExecutionArn": _start(event, machine, str(properties["TaskDefinition"]))},
    }


def is_complete(event: dict[str, Any], context: LambdaContext) -> dict[str, bool]:
    """Say whether the run is over.

    Raises:
        MigrationError: It failed; CloudFormation takes the deployment back.
    """
    execution = event.get("Data", {}).get("ExecutionArn")
    if event["RequestType"] == "Delete" or not execution:
        return {"IsComplete": True}
    found = aws.describe(execution)
    if found.status in ("RUNNING", "PENDING_REDRIVE"):
        return {"IsComplete": False}
    if found.status == "SUCCEEDED":
        return {"IsComplete": True}
    why = found.cause or found.error or f"the run ended as {found.status}"
    raise MigrationError(f"{why[:LONGEST_MESSAGE]} [execution {execution}]")


def _start(event: dict[str, Any], machine: str, task_definition: str) -> str:
    status = aws.stack_status(event["StackId"])
    if "ROLLBACK" in status:
        logger.info(f"nothing is run: the stack is {status}")
        return ""
    # Named after the request, so that a second delivery of the same request finds the first one's run.
    execution = aws.start(machine, name=f"deploy-{event['RequestId']}", task_definition=task_definition)
    logger.info(f"{execution} runs {task_definition}")
    return execution
