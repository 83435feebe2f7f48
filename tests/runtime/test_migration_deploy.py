"""What CloudFormation's requests lead to, with the state machines of the emulator."""

import json
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from botocore.stub import Stubber

from emulator.testing import Emulator
from migrations import aws, deploy_handler
from migrations.deploy_handler import LONGEST_MESSAGE, MigrationError
from runtime.support import lambda_context

STACK = "arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1"
TASK = "arn:aws:ecs:eu-central-1:111122223333:task-definition/shop-migrations:7"
GOOD = {"Type": "Succeed"}
BAD = {"Type": "Fail", "Error": "MigrationFailed", "Cause": "the migration failed: exit code 3"}
ENDLESS = {"Type": "Wait", "Seconds": 600, "End": True}
_numbers = count(1)

Machine = Callable[[dict[str, Any]], str]
Status = Callable[[str], None]


@pytest.fixture
def machine(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A state machine of one state."""
    client = emulator.client("stepfunctions", "eu-central-1")
    monkeypatch.setattr(aws, "state_machines", client)

    def machine(state: dict[str, Any]) -> str:
        created = client.create_state_machine(
            name=f"migrate-{next(_numbers)}",
            definition=json.dumps({"StartAt": "Only", "States": {"Only": state}}),
            roleArn="arn:aws:iam::123456789012:role/anything",
        )
        return str(created["stateMachineArn"])

    return machine


@pytest.fixture
def stack_is(monkeypatch: pytest.MonkeyPatch) -> Status:
    """What CloudFormation answers when it is asked what it is doing."""

    def stack_is(status: str) -> None:
        monkeypatch.setattr(aws, "stack_status", {STACK: status}.__getitem__)

    stack_is("UPDATE_IN_PROGRESS")
    return stack_is


def request(machine: str, kind: str = "Update", **fields: Any) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "RequestId": f"request-{next(_numbers)}",
        "StackId": STACK,
        "PhysicalResourceId": "migration:before",
        "ResourceProperties": {"StateMachineArn": machine, "TaskDefinition": TASK},
        **fields,
    }


def begin(event: dict[str, Any]) -> dict[str, Any]:
    """The event as CDK's framework hands it on."""
    return {**event, **deploy_handler.on_event(event, lambda_context())}


def finish(event: dict[str, Any]) -> bool:
    """Ask, as CDK's framework does, until it is over."""
    while not deploy_handler.is_complete(event, lambda_context())["IsComplete"]:
        time.sleep(0.05)
    return True


def executions(machine: str) -> list[dict[str, Any]]:
    found = aws.state_machines.list_executions(stateMachineArn=machine)["executions"]
    return [aws.state_machines.describe_execution(executionArn=one["executionArn"]) for one in found]


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_b7_a_deployment_runs_exactly_its_own_revision(machine: Machine, stack_is: Status, kind: str) -> None:
    arn = machine(GOOD)

    assert finish(begin(request(arn, kind)))
    (run,) = executions(arn)
    assert json.loads(run["input"]) == {"taskDefinition": TASK}


def test_b7_a_failed_migration_fails_the_deployment_with_its_own_words(
    machine: Machine, stack_is: Status
) -> None:
    started = begin(request(machine(BAD)))

    with pytest.raises(MigrationError, match="the migration failed: exit code 3") as failure:
        finish(started)
    assert started["Data"]["ExecutionArn"] in str(failure.value)


def test_a_run_that_was_stopped_by_hand_fails_the_deployment(machine: Machine, stack_is: Status) -> None:
    started = begin(request(machine(ENDLESS)))
    aws.state_machines.stop_execution(executionArn=started["Data"]["ExecutionArn"])

    with pytest.raises(MigrationError, match="ABORTED"):
        finish(started)


def test_a_deployment_waits_while_it_runs(machine: Machine, stack_is: Status) -> None:
    started = begin(request(machine(ENDLESS)))

    assert deploy_handler.is_complete(started, lambda_context()) == {"IsComplete": False}
    aws.state_machines.stop_execution(executionArn=started["Data"]["ExecutionArn"])


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"])
def test_b7_a_rollback_runs_nothing_and_succeeds(machine: Machine, stack_is: Status, status: str) -> None:
    stack_is(status)
    arn = machine(BAD)

    assert finish(begin(request(arn)))
    assert executions(arn) == []


def test_deleting_runs_nothing_and_succeeds(machine: Machine, stack_is: Status) -> None:
    arn = machine(BAD)
    started = begin(request(arn, "Delete"))

    assert finish(started)
    assert started["PhysicalResourceId"] == "migration:before"
    assert executions(arn) == []


@pytest.mark.parametrize("state", [GOOD, ENDLESS])
def test_a_request_that_is_delivered_twice_runs_once(
    machine: Machine, stack_is: Status, state: dict[str, Any]
) -> None:
    arn = machine(state)
    event = request(arn)
    first = begin(event)
    if state is GOOD:
        finish(first)

    assert begin(event) == first
    assert len(executions(arn)) == 1


def test_an_update_is_no_replacement(machine: Machine, stack_is: Status) -> None:
    arn = machine(GOOD)
    first, second = begin(request(arn, "Create")), begin(request(arn))

    # Another id would have CloudFormation delete the first.
    assert first["PhysicalResourceId"] == second["PhysicalResourceId"]


def test_a_long_cause_fits_into_the_answer_to_cloudformation(machine: Machine, stack_is: Status) -> None:
    started = begin(request(machine({**BAD, "Cause": "x" * 20_000})))

    with pytest.raises(MigrationError) as failure:
        finish(started)
    assert len(str(failure.value)) < LONGEST_MESSAGE + 300


def test_the_state_of_a_stack_is_asked_by_its_id() -> None:
    stack = {"StackName": "shop", "CreationTime": "2026-01-01", "StackStatus": "UPDATE_ROLLBACK_IN_PROGRESS"}
    with Stubber(aws.stacks) as stub:
        stub.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": STACK})

        assert aws.stack_status(STACK) == "UPDATE_ROLLBACK_IN_PROGRESS"
