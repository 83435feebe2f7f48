"""Runs the example worker as a program, with a job that goes on until it is let go."""

import sys
import time
from pathlib import Path

from emulator.client import session
from examples.queue_worker.worker import Worker


def main() -> None:
    """Take jobs: the body ``done`` ends at once, ``fail`` raises, anything else is a file to wait for."""
    url, grace, begun, *queues = sys.argv[1:]

    def handle(body: str, correlation: str) -> None:
        with Path(begun).open("a") as file:
            file.write(f"{body}\n")
        if body == "fail":
            raise ValueError("a job that cannot be done")
        while body != "done" and not Path(body).exists():
            time.sleep(0.01)

    sqs = session("us-east-1", url=url).client("sqs")
    Worker(sqs, queues, handle, grace_seconds=float(grace), idle_seconds=1, retry_seconds=0).run()


if __name__ == "__main__":
    main()
