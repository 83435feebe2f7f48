"""Keeps poolers and the tasks of ECS services the same: who starts, stops or dies does so on both sides.

MiniStack's own scheduler decides which tasks there are. It counts a task as running once it has been
started here, so a new task definition replaces poolers as on AWS: the new ones accept connections first,
then the old ones are taken out of the load balancer, and then they are asked to drain.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ministack.core import responses
from ministack.services import ecs

from emulator.poolers.container import Container, NotStartedError
from emulator.poolers.record import Task, log_of, pooler_of, show
from emulator.poolers.starter import Running, Starter

_MOMENT_SECONDS = 0.5
"""Between leaving the load balancer and draining, so that a connection on its way still gets in."""

_log = logging.getLogger("emulator")


class PoolerTasks:
    """The poolers behind the tasks of ECS services, by ARN of the task."""

    def __init__(self, starter: Starter) -> None:
        self._starter = starter
        self._run_task: Any = ecs._run_task
        self._mark_stopped: Any = ecs._mark_task_stopped
        self._running: dict[str, Running] = {}
        self._services: dict[str, tuple[str, str]] = {}
        self._leaving: list[Running] = []
        self._failures: dict[tuple[str, str], str] = {}
        self._stopping = False

    def install(self) -> None:
        """Run poolers from now on."""
        self._run_task, self._mark_stopped = ecs._run_task, ecs._mark_task_stopped
        ecs._run_task, ecs._mark_task_stopped = self._run, self._stop

    def whereabouts(self, address: str, port: int) -> Iterable[tuple[str, int]]:
        """Return where whoever is registered with this address and port listens."""
        found = [
            (one.address, one.port)
            for one in list(self._running.values())
            if (one.address, one.told_port) == (address, port)
        ]
        return found or [(address, port)]

    def failure(self, service: Mapping[str, Any]) -> str | None:
        """Return why the newest tasks of a service could not be started, once."""
        return self._failures.pop(_group(service), None)

    def told_port(self, service: Mapping[str, Any]) -> int | None:
        """Return where the template has the poolers of a service listen; None where it has none."""
        return next((one.told_port for one in self._of(service)), None)

    def places_of(self, service: Mapping[str, Any]) -> Callable[[], list[tuple[str, int]]]:
        """Return what tells where the poolers of a service listen, at the moment it is asked."""
        return lambda: [(one.address, one.port) for one in self._of(service)]

    def _of(self, service: Mapping[str, Any]) -> list[Running]:
        wanted = _group(service)
        return [one for arn, one in list(self._running.items()) if self._services[arn] == wanted]

    def stop(self) -> None:
        """End all poolers at once."""
        self._stopping = True
        everyone = [*self._running.values(), *self._leaving]
        for one in everyone:
            one.pooler.quit()  # all of them first, so that they end together
        for one in everyone:
            one.pooler.end()
        self._starter.stop()

    def _run(self, request: Mapping[str, Any]) -> Any:
        answer = self._run_task(request)
        if str(request.get("group", "")).startswith("service:") and not self._stopping:
            tasks = [ecs._tasks[one["taskArn"]] for one in json.loads(answer[2]).get("tasks", [])]
            container = pooler_of(tasks)
            if container is not None:
                self._start_all(tasks, container)
        return answer

    def _start_all(self, tasks: list[Task], container: Container) -> None:
        try:
            started = self._ready(tasks, container)
        except (NotStartedError, OSError, ValueError, LookupError) as error:
            self._give_up(tasks, f"{type(error).__name__}: {error}")
            return
        for task, one in zip(tasks, started, strict=True):
            show(task, one)
            self._services[task["taskArn"]] = (task["clusterArn"], task["group"])
            self._running[task["taskArn"]] = one

    def _ready(self, tasks: list[Task], container: Container) -> list[Running]:
        """Start all of them, or none."""
        started: list[Running] = []
        try:
            for task in tasks:
                task["lastStatus"] = "PENDING"  # MiniStack takes it for running from the start
                started.append(self._start(task, container))
            for one in started:
                one.pooler.wait_until_ready()
        except BaseException:
            for one in started:
                one.pooler.end()
            raise
        return started

    def _start(self, task: Task, container: Container) -> Running:
        account, region = responses.get_account_id(), responses.get_region()

        def ended(code: int) -> None:
            # One that never accepted connections is given up by whoever waits for it.
            if task["taskArn"] in self._running and not self._stopping:
                with responses.request_scope(account, region):
                    why = "Essential container in task exited"
                    ecs._mark_task_stopped(
                        task["taskArn"], task, why, "EssentialContainerExited", exit_code=code
                    )

        return self._starter.start(container, log_of(task, container), ended)

    def _give_up(self, tasks: list[Task], reason: str) -> None:
        _log.error("tasks of %s not started: %s", tasks[0]["group"], reason)
        self._failures[tasks[0]["clusterArn"], tasks[0]["group"]] = reason
        for task in tasks:
            # Told as a failure, MiniStack would start the next one here and now, and so on.
            self._mark_stopped(task["taskArn"], task, reason, "")
            task["stopCode"] = "TaskFailedToStart"

    def _stop(self, arn: str, task: Task, reason: str, code: str, exit_code: int | None = None) -> Any:
        stopped = self._mark_stopped(arn, task, reason, code, exit_code=exit_code)
        one = self._running.pop(arn, None) if stopped else None
        if one is not None:
            self._leaving.append(one)
            timer = threading.Timer(_MOMENT_SECONDS, self._drain, [one])
            timer.daemon = True
            timer.start()
        return stopped

    def _drain(self, one: Running) -> None:
        if not self._stopping:
            one.pooler.drain()


def _group(service: Mapping[str, Any]) -> tuple[str, str]:
    return service["clusterArn"], f"service:{service['serviceName']}"
