"""ECS as far as a rotation asks it, in front of real programs: tasks are replaced one by one."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import psycopg

_MOMENT_SECONDS = 0.02


class Task(Protocol):
    """What runs."""

    def drain(self) -> None:
        """Ask it to end."""

    @property
    def over(self) -> bool:
        """Whether it has ended."""


@dataclass
class Client:
    """Reads its secret as it starts, and then logs in anew, over and over, with what it has read."""

    url: str
    logins: list[str]
    """Who each login was, those of all clients."""
    failures: list[str]
    _leaving: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._leaving.wait(_MOMENT_SECONDS):
            try:
                with psycopg.connect(self.url, connect_timeout=10, prepare_threshold=None) as connection:
                    row = connection.execute("SELECT session_user::text, current_user::text").fetchone()
            except psycopg.OperationalError as error:
                self.failures.append(str(error))
            else:
                self.logins.append(" as ".join(row or ()))

    def drain(self) -> None:
        """Stop after the login it is at."""
        self._leaving.set()

    @property
    def over(self) -> bool:
        """Whether it has stopped."""
        return not self._thread.is_alive()


@dataclass
class _Running:
    task: Task
    created: datetime
    leaving: bool = False


@dataclass
class _Service:
    start: Callable[[], Task]
    tasks: list[_Running]
    deployed: datetime
    worker: threading.Thread | None = None


class Fleet:
    """Some services, by name. New tasks start before old ones leave, as with at least 100 % healthy."""

    def __init__(self) -> None:
        self._services: dict[str, _Service] = {}
        self.deployments: list[str] = []

    def add(self, name: str, start: Callable[[], Task], *, tasks: int) -> None:
        """Start a service."""
        running = [_Running(start(), datetime.now(UTC)) for _ in range(tasks)]
        self._services[name] = _Service(start, running, datetime.now(UTC))

    def runs(self, name: str) -> bool:
        """Whether there is a service of that name."""
        return name in self._services

    def stop(self) -> None:
        """End everything that runs."""
        for service in self._services.values():
            if service.worker:
                service.worker.join()
            for one in service.tasks:
                one.task.drain()
        for service in self._services.values():
            _until_over(service.tasks)

    def describe_services(self, *, cluster: str, services: Sequence[str]) -> dict[str, Any]:
        """As ECS answers it."""
        deployments = [{"createdAt": self._services[services[0]].deployed, "rolloutState": "IN_PROGRESS"}]
        return {"services": [{"deployments": deployments}]}

    def update_service(self, *, cluster: str, service: str, forceNewDeployment: bool) -> dict[str, Any]:  # noqa: N803
        """Replace every task."""
        found = self._services[service]
        found.deployed = datetime.now(UTC)
        self.deployments.append(service)
        found.worker = threading.Thread(target=_replace, args=[found], daemon=True)
        found.worker.start()
        return {}

    def get_paginator(self, operation: str) -> "Fleet":
        """Only tasks are listed in pages."""
        assert operation == "list_tasks"
        return self

    def paginate(self, *, cluster: str, serviceName: str, desiredStatus: str) -> list[dict[str, Any]]:  # noqa: N803
        """One page with all of them."""
        leaving = desiredStatus == "STOPPED"
        tasks = self._services[serviceName].tasks
        return [{"taskArns": [one for one in tasks if one.leaving == leaving]}]

    def describe_tasks(self, *, cluster: str, tasks: Sequence[_Running]) -> Mapping[str, Any]:
        """As ECS answers it."""
        return {
            "tasks": [
                {"createdAt": one.created, "lastStatus": "STOPPED" if one.task.over else "RUNNING"}
                for one in tasks
            ]
        }


def _replace(service: _Service) -> None:
    for old in [one for one in service.tasks if not one.leaving]:
        created = datetime.now(UTC)
        service.tasks.append(_Running(service.start(), created))
        time.sleep(0.1)  # both serve
        old.leaving = True
        old.task.drain()


def _until_over(tasks: Sequence[_Running]) -> None:
    deadline = time.monotonic() + 20
    while not all(one.task.over for one in tasks):
        assert time.monotonic() < deadline, "a task does not end"
        time.sleep(0.05)
