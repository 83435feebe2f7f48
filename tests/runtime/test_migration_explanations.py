"""What a person reads when a migration fails, from what ECS says about its task."""

import json
from typing import Any

import pytest

from migrations import explain_handler
from migrations.task import LONGEST_TEXT, Log, explain
from runtime.support import lambda_context

IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop-api:latest"
LOG = Log(group="shop-migrations-log", prefix="migrations")


def task(*, stopped: str = "Essential container in task exited", **container: Any) -> str:
    """A stopped task as Step Functions describes it."""
    return json.dumps(
        {
            "TaskArn": "arn:aws:ecs:eu-central-1:111122223333:task/shop/0123456789abcdef",
            "StoppedReason": stopped,
            "Containers": [{"Name": "migrations", "Image": IMAGE, "LastStatus": "STOPPED", **container}],
        }
    )


def said(error: str, cause: str) -> str:
    return explain(error, cause, log=LOG, timeout_minutes=45)


def test_b7_an_exit_code_comes_with_the_command_that_shows_the_output() -> None:
    message = said("States.TaskFailed", task(ExitCode=3))

    assert "migrations in task 0123456789abcdef ended with exit code 3" in message
    assert message.endswith(
        "aws logs get-log-events --log-group-name shop-migrations-log "
        "--log-stream-name migrations/migrations/0123456789abcdef"
    )


def test_b7_an_image_that_is_not_there_is_named_with_what_to_do() -> None:
    reason = f"CannotPullContainerError: failed to resolve ref {IMAGE}: {IMAGE}: not found"
    message = said("States.TaskFailed", task(stopped=reason))

    assert f"its image {IMAGE} cannot be pulled" in message
    assert "Push it" in message
    assert "not found" in message


def test_a_task_that_never_started_says_why() -> None:
    reason = "ResourceInitializationError: unable to pull secrets: secret has no key DATABASE_DIRECT_URL"

    assert said("States.TaskFailed", task(stopped=reason)).endswith(reason)


def test_too_little_memory_is_said() -> None:
    killed = "OutOfMemoryError: Container killed due to memory usage"

    assert f"exit code 137 ({killed})" in said("States.TaskFailed", task(ExitCode=137, Reason=killed))


def test_the_container_that_failed_is_named_and_not_its_neighbour() -> None:
    described = json.loads(task(ExitCode=0))
    described["Containers"].append({"Name": "sidecar", "ExitCode": 9})

    assert "sidecar in task" in said("States.TaskFailed", json.dumps(described))


def test_one_that_takes_too_long_says_how_long_it_had_and_where_its_output_is() -> None:
    message = said("States.Timeout", "")

    assert "within 45 minutes" in message
    assert "shop-migrations-log" in message


@pytest.mark.parametrize("cause", ["TaskDefinition is inactive", '"TaskDefinition is inactive"'])
def test_a_refusal_of_ecs_is_passed_on(cause: str) -> None:
    message = said("ECS.ClientException", cause)

    assert "could not be started (ECS.ClientException)" in message
    assert "TaskDefinition is inactive" in message


def test_what_aws_says_at_length_is_cut() -> None:
    assert len(said("ECS.ClientException", "x" * 10_000)) < LONGEST_TEXT + 100


def test_the_step_answers_a_message_with_what_its_function_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_GROUP", "shop-migrations-log")
    monkeypatch.setenv("LOG_STREAM_PREFIX", "migrations")
    monkeypatch.setenv("TIMEOUT_MINUTES", "45")
    caught = {"Error": "States.TaskFailed", "Cause": task(ExitCode=3)}

    answer = explain_handler.on_failure(caught, lambda_context())

    assert answer == {"message": said(caught["Error"], caught["Cause"])}
