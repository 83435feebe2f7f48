"""D13: the worker of the examples loses no job when Spot takes its task, tried on the embedded SQS."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.testing import Emulator

pytestmark = pytest.mark.embedded

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests" / "support" / "queue_job.py"
_numbers = itertools.count(1)


class Running:
    """The worker, as a program of its own."""

    def __init__(self, emulator: Emulator, begun: Path, grace_seconds: float, queues: list[str]) -> None:
        self.begun = begun
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), emulator.url, str(grace_seconds), str(begun), *queues],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )

    def jobs(self, number: int) -> list[str]:
        """The jobs it has begun, once there are so many."""
        wait_for(lambda: self.begun.exists() and len(self.begun.read_text().splitlines()) >= number)
        return self.begun.read_text().splitlines()

    def stop(self) -> list[dict[str, Any]]:
        """Send SIGTERM; answers what it wrote. It must end by itself, and well."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> list[dict[str, Any]]:
        """What it wrote until its end."""
        output, _ = self.process.communicate(timeout=20)
        assert self.process.returncode == 0
        return [json.loads(line) for line in output.splitlines()]


def wait_for(true: Callable[[], bool]) -> None:
    """Look again and again, for a while."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.02)


@pytest.fixture
def sqs(emulator: Emulator) -> Any:
    return emulator.client("sqs")


@pytest.fixture
def queue(sqs: Any) -> Callable[..., str]:
    def make(**attributes: str) -> str:
        name = f"jobs-{next(_numbers)}"
        return str(sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])

    return make


@pytest.fixture
def start(emulator: Emulator, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    begun: list[Running] = []

    def start(*queues: str, grace_seconds: float = 10) -> Running:
        begun.append(Running(emulator, tmp_path / f"begun-{len(begun)}", grace_seconds, list(queues)))
        return begun[-1]

    yield start
    for one in begun:
        one.process.kill()
        one.process.wait(timeout=10)


def counts(sqs: Any, url: str) -> tuple[str, str]:
    """Messages that wait, and messages that somebody holds."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return found[names[0]], found[names[1]]


def test_d13_a_job_that_ends_in_time_is_finished_and_no_other_begun(
    sqs: Any, queue: Callable[..., str], start: Callable[..., Running], tmp_path: Path
) -> None:
    url, release = queue(), tmp_path / "release"
    sqs.send_message(QueueUrl=url, MessageBody=str(release))
    running = start(url)
    running.jobs(1)
    sqs.send_message(QueueUrl=url, MessageBody="done")

    running.process.send_signal(signal.SIGTERM)
    release.touch()

    assert [line["event"] for line in running.ended()] == ["job.done"]
    assert counts(sqs, url) == ("1", "0")


def test_d13_a_job_that_does_not_end_in_time_is_another_tasks_at_once(
    sqs: Any, queue: Callable[..., str], start: Callable[..., Running], tmp_path: Path
) -> None:
    url = queue()
    sqs.send_message(
        QueueUrl=url,
        MessageBody=str(tmp_path / "never"),
        MessageAttributes={"correlationId": {"DataType": "String", "StringValue": "corr-1"}},
    )
    running = start(url, grace_seconds=0.2)
    running.jobs(1)
    assert counts(sqs, url) == ("0", "1")

    (line,) = running.stop()

    assert (line["event"], line["correlationId"]) == ("job.returned", "corr-1")
    (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["ApproximateReceiveCount"])["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "2"


def test_d5_the_urgent_queue_comes_first(
    sqs: Any, queue: Callable[..., str], start: Callable[..., Running], tmp_path: Path
) -> None:
    high, low, release = queue(), queue(), tmp_path / "release"
    sqs.send_message(QueueUrl=low, MessageBody=str(release))
    running = start(high, low)
    running.jobs(1)
    for url in (low, high):
        sqs.send_message(QueueUrl=url, MessageBody="done" if url == high else str(release))

    release.touch()

    assert running.jobs(3) == [str(release), "done", str(release)]
    running.stop()


def test_d5_a_job_that_fails_too_often_is_put_aside_and_can_be_moved_back(
    sqs: Any, queue: Callable[..., str], start: Callable[..., Running]
) -> None:
    failed = queue()
    arn = sqs.get_queue_attributes(QueueUrl=failed, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "2"})
    url = queue(RedrivePolicy=redrive)
    sqs.send_message(QueueUrl=url, MessageBody="fail")
    running = start(url)

    wait_for(lambda: counts(sqs, failed) == ("1", "0"))
    assert [line["event"] for line in running.stop()] == ["job.failed", "job.failed"]
    assert counts(sqs, url) == ("0", "0")
    sqs.start_message_move_task(SourceArn=arn)
    wait_for(lambda: counts(sqs, url) == ("1", "0"))
