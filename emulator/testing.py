"""For tests: an emulator in a child process, and small stacks in it."""

import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emulator.client import session
from emulator.settings import CHECKOUT, HOST

_START_SECONDS = 30
_STOP_SECONDS = 120
_names = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator."""

    process: "subprocess.Popen[str]"
    port: int
    data: Path
    audit: Path
    log: Path
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)

    @property
    def url(self) -> str:
        """Endpoint for AWS clients."""
        return f"http://{HOST}:{self.port}"

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Return a boto3 client of it, which costs a tenth of a second when it is first asked for."""
        if (service, region) not in self._clients:
            self._clients[service, region] = session(region, url=self.url).client(service)
        return self._clients[service, region]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Emulator]:
    """Run an emulator; its log and audit stay in the folder, its data go when it stops."""
    data, audit, log = folder / "data", folder / "audit.jsonl", folder / "emulator.log"
    with log.open("w") as output, socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        port = int(listener.getsockname()[1])
        places = {"port": port, "socket": listener.fileno(), "data": data, "audit": audit}
        told = [word for name, value in places.items() for word in (f"--{name}", str(value))]
        process = subprocess.Popen(
            [sys.executable, "-m", "emulator", *told, *arguments],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=[listener.fileno()],
        )
    try:
        _wait_until_it_answers(process, port, log)
        yield Emulator(process, port, data, audit, log)
    finally:
        process.terminate()
        process.wait(timeout=_STOP_SECONDS)


def _wait_until_it_answers(process: "subprocess.Popen[str]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while f"embedded AWS on http://{HOST}:{port}" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the emulator did not start:\n{log.read_text()}")
        time.sleep(0.05)


class StackError(RuntimeError):
    """A stack did not reach the state it was meant to."""


class Stack:
    """A stack of the given resources; created at once."""

    def __init__(self, emulator: Emulator, resources: dict[str, Any], region: str = "us-east-1") -> None:
        self._cloudformation = emulator.client("cloudformation", region)
        self.name = f"stack-{next(_names)}"
        self._deploy(self._cloudformation.create_stack, "CREATE_COMPLETE", resources)

    def update(self, resources: dict[str, Any]) -> None:
        """Replace the resources of the template."""
        self._deploy(self._cloudformation.update_stack, "UPDATE_COMPLETE", resources)

    def _deploy(self, operation: Any, wanted: str, resources: dict[str, Any]) -> None:
        body = json.dumps({"Resources": resources})
        operation(StackName=self.name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
        self._wait(wanted)

    def _wait(self, wanted: str) -> None:
        status = self._status()
        while status.endswith("IN_PROGRESS"):
            time.sleep(0.05)
            status = self._status()
        if status != wanted:
            raise StackError(f"{self.name} is {status}: {self._reasons()}")

    def _status(self) -> str:
        found = self._cloudformation.describe_stacks(StackName=self.name)
        return str(found["Stacks"][0]["StackStatus"])

    def _reasons(self) -> list[str]:
        events = self._cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        reasons = (event.get("ResourceStatusReason", "") for event in events)
        return [reason for reason in reasons if reason]

    def __getitem__(self, logical_id: str) -> str:
        found = self._cloudformation.describe_stack_resource(
            StackName=self.name, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def delete(self) -> None:
        """Delete the stack."""
        stack_id = self._cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]["StackId"]
        self._cloudformation.delete_stack(StackName=self.name)
        self.name = stack_id  # a deleted stack is only found by its id
        self._wait("DELETE_COMPLETE")
