"""A worker that takes jobs from SQS queues and loses none when its task is stopped.

A template for the application: copy it, and give ``Worker`` your own function. Fargate stops a task with
SIGTERM when it scales in, rolls out a release, or takes Spot capacity back (two minutes ahead). The worker
then takes no further job. The one it has begun it finishes, if that happens within ``grace_seconds``; else it
gives the message back, so that another task has it at once instead of after the visibility timeout.

A job that raises is not deleted. SQS delivers it again, and after ``max_receives`` puts it into the
dead-letter queue. Any job may be delivered twice: doing it again must do no harm.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

CORRELATION = "correlationId"
IDLE_SECONDS = 5
"""How long an empty queue is asked. SIGTERM is answered within it."""
RETRY_SECONDS = 30

Handle = Callable[[str, str], None]
"""Does one job: its text, and the id that follows it through the logs."""


class Worker:
    """Does one job at a time, from the first queue that has one."""

    def __init__(
        self,
        sqs: Any,
        queues: Sequence[str],
        handle: Handle,
        *,
        grace_seconds: float,
        visibility_seconds: int = 300,
        idle_seconds: int = IDLE_SECONDS,
        retry_seconds: int = RETRY_SECONDS,
    ) -> None:
        """Prepare; ``run`` begins.

        Args:
            sqs: A client of SQS.
            queues: Addresses of queues, the most urgent first.
            handle: Does a job.
            grace_seconds: How long a job may go on after SIGTERM. Less than ``stop_seconds`` of the service.
            visibility_seconds: How long a message is this worker's. It is renewed while the job goes on.
            idle_seconds: How long to wait where no queue has a job.
            retry_seconds: How long a job that failed rests before it is tried again.
        """
        self._sqs, self._queues, self._handle = sqs, list(queues), handle
        self._grace, self._visibility = grace_seconds, visibility_seconds
        self._idle, self._retry = idle_seconds, retry_seconds
        self._stopping = threading.Event()

    def run(self) -> None:
        """Work until SIGTERM."""
        signal.signal(signal.SIGTERM, lambda *_: self._stopping.set())
        signal.signal(signal.SIGINT, lambda *_: self._stopping.set())
        while not self._stopping.is_set():
            for queue, message in self._next():
                self._do(queue, message)

    def _next(self) -> list[tuple[str, Mapping[str, Any]]]:
        for queue in self._queues:
            if found := self._receive(queue, 0):
                return found
        return self._receive(self._queues[0], self._idle)

    def _receive(self, queue: str, wait_seconds: int) -> list[tuple[str, Mapping[str, Any]]]:
        answer = self._sqs.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=wait_seconds,
            VisibilityTimeout=self._visibility,
            MessageAttributeNames=[CORRELATION],
        )
        return [(queue, message) for message in answer.get("Messages", [])]

    def _do(self, queue: str, message: Mapping[str, Any]) -> None:
        attributes = message.get("MessageAttributes", {})
        correlation = attributes.get(CORRELATION, {}).get("StringValue", message["MessageId"])
        if self._stopping.is_set():
            # SIGTERM came while SQS was asked.
            self._give_back(queue, message, correlation)
            return
        job = _Job(self._handle, message["Body"], correlation)
        job.start()
        if not self._wait_for(job, queue, message):
            self._give_back(queue, message, correlation)
        elif job.failure is not None:
            self._keep(queue, message, self._retry)
            say("error", "job.failed", correlation, reason=type(job.failure).__name__)
        else:
            self._sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            say("info", "job.done", correlation)

    def _wait_for(self, job: "_Job", queue: str, message: Mapping[str, Any]) -> bool:
        """Whether the job came to an end. Without SIGTERM it has all the time it needs."""
        renewed, deadline = time.monotonic(), None
        while not job.ended.wait(0.05):
            now = time.monotonic()
            if self._stopping.is_set():
                deadline = deadline or now + self._grace
                if now >= deadline:
                    return False
            if now - renewed > self._visibility / 2:
                self._keep(queue, message, self._visibility)
                renewed = now
        return True

    def _keep(self, queue: str, message: Mapping[str, Any], seconds: int) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def _give_back(self, queue: str, message: Mapping[str, Any], correlation: str) -> None:
        self._keep(queue, message, 0)
        say("warning", "job.returned", correlation)


class _Job(threading.Thread):
    """One job, in a thread that does not keep the process alive: what is given back must not go on."""

    def __init__(self, handle: Handle, body: str, correlation: str) -> None:
        super().__init__(daemon=True)
        self._work = (handle, body, correlation)
        self.ended = threading.Event()
        self.failure: Exception | None = None

    def run(self) -> None:
        handle, body, correlation = self._work
        try:
            handle(body, correlation)
        except Exception as failure:
            self.failure = failure
        self.ended.set()


def say(level: str, event: str, correlation: str, **more: str) -> None:
    """Write one line of JSON: the level is counted, and the id finds every line of one request."""
    line = {"level": level, "event": event, CORRELATION: correlation, **more}
    print(json.dumps(line), file=sys.stdout, flush=True)


def main(handle: Handle) -> None:
    """Work on the queues that the service is told of, by urgency."""
    import boto3

    addresses = [os.environ[f"JOBS_{urgency}_QUEUE_URL"] for urgency in ("HIGH", "NORMAL", "LOW")]
    # stop_seconds of the service is 120: twenty are left to give the message back.
    Worker(boto3.client("sqs"), addresses, handle, grace_seconds=100).run()
