"""A17: what must happen once happens once, however often it is asked for; on a real table."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)

from emulator.testing import Emulator
from tenants import events, once

pytestmark = pytest.mark.embedded
TABLE, REGION = "x-production-eu-tenants", "eu-central-1"
CONTEXT: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)


@pytest.fixture(scope="module")
def aws(emulator: Emulator) -> Callable[[str], Any]:
    """Clients of an embedded AWS with the table."""
    emulator.client("dynamodb", REGION).create_table(
        TableName=TABLE,
        KeySchema=[
            {"AttributeName": "tenant", "KeyType": "HASH"},
            {"AttributeName": "item", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("tenant", "item")],
        BillingMode="PAY_PER_REQUEST",
    )
    return lambda service: emulator.client(service, REGION)


@pytest.fixture(autouse=True)
def told(aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions work on it."""
    monkeypatch.setattr(once, "client", aws)
    monkeypatch.setattr(events, "client", aws)
    monkeypatch.setattr(once, "settings", lambda: SimpleNamespace(registry=TABLE))
    monkeypatch.setenv("EVENT_BUS", "default")


class Counted:
    """Something that is done, and how often it was."""

    def __init__(self) -> None:
        self.times = 0
        self.lock = threading.Lock()

    def __call__(self) -> dict[str, Any]:
        """Do it."""
        with self.lock:
            self.times += 1
        return {"number": self.times}


def do(key: str, act: Callable[[], dict[str, Any]], content: str = "a", seconds: int = 60) -> dict[str, Any]:
    return once.once("test", key, content, act, seconds=seconds, context=CONTEXT)


def test_a17_a_repeat_is_answered_as_the_first_was() -> None:
    act = Counted()

    assert [do("repeat", act) for _ in range(3)] == [{"number": 1}] * 3
    assert act.times == 1
    assert do("another", act) == {"number": 2}


def test_a17_a_key_is_for_one_content() -> None:
    do("content", Counted())

    with pytest.raises(IdempotencyValidationError):
        do("content", Counted(), content="b")


def test_a17_what_failed_may_be_tried_again() -> None:
    def fail() -> dict[str, Any]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        do("failed", fail)
    assert do("failed", Counted()) == {"number": 1}


def test_a17_after_its_time_the_same_is_something_new() -> None:
    act = Counted()
    do("old", act, seconds=-1)

    assert do("old", act, seconds=-1) == {"number": 2}


def test_a17_of_many_at_once_one_acts() -> None:
    act = Counted()

    def attempt(_: int) -> dict[str, Any] | None:
        try:
            return do("crowd", act)
        except IdempotencyAlreadyInProgressError:
            return None

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(16)))
    assert act.times == 1
    assert {str(one) for one in answers if one} == {"{'number': 1}"}


def test_a17_a_step_that_is_called_again_says_its_event_once(aws: Callable[[str], Any]) -> None:
    sqs = aws("sqs")
    queue = sqs.create_queue(QueueName="said")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("events").put_rule(Name="said", EventPattern='{"source": ["sbt.application.plane"]}')
    aws("events").put_targets(Rule="said", Targets=[{"Id": "1", "Arn": arn}])

    for run in ("one", "one", "two"):
        events.succeeded("create", "org-101", run, state="active", facts={"size": "large"}, context=CONTEXT)

    found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert len(found) == 2
    assert '"jobOutput": {"tenantData": {"size": "large"}' in found[0]["Body"]


def test_a17_a_run_says_what_became_of_each_of_its_tenants(aws: Callable[[str], Any]) -> None:
    sqs = aws("sqs")
    queue = sqs.create_queue(QueueName="each")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("events").put_rule(Name="each", EventPattern='{"detail-type": ["clearSuccess", "clearFailure"]}')
    aws("events").put_targets(Rule="each", Targets=[{"Id": "1", "Arn": arn}])

    for tenant in ("one", "two", "two"):
        events.succeeded("clear", tenant, "daily", state="active", facts={}, context=CONTEXT)
        events.failed("clear", tenant, "daily", state="active", reason="no", context=CONTEXT)

    found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    said = [json.loads(one["Body"]) for one in found]
    assert sorted((one["detail-type"], one["detail"]["tenantId"]) for one in said) == [
        ("clearFailure", "one"),
        ("clearFailure", "two"),
        ("clearSuccess", "one"),
        ("clearSuccess", "two"),
    ]
