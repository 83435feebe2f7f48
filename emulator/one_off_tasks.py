"""Tasks that end: without containers, a task that nobody's service keeps stops after a moment.

Its exit code is 0, or what ``EMULATOR_EXIT_CODE`` in its container's environment says. A container whose
command is ``sleep`` stays for as long as that would. Nothing runs: the end of such a task shows that it was
started, with which task definition and in which order, and never that its program works. The exception are
database jobs, whose program is ours: it runs.

A family without a revision means the newest that is still registered, as on AWS; to MiniStack it is the
newest that ever was. And ``ecs:runTask.sync`` of Step Functions ends as on AWS: with the task itself, or with
States.TaskFailed and the task as its cause. MiniStack alone takes every end of a task for a success.
"""

import json
import time
from collections.abc import Mapping
from typing import Any

from ministack.core import responses
from ministack.core.concurrency import spawn_background
from ministack.services import ecs, stepfunctions

from emulator.database_jobs import DatabaseJobs
from emulator.poolers.record import log_of

EXIT_CODE = "EMULATOR_EXIT_CODE"
MOMENT_SECONDS = 0.3
LONGEST_SECONDS = 600
RUN_TASK = "arn:aws:states:::ecs:runTask"

_jobs: DatabaseJobs | None = None
_run_task: Any = ecs._run_task
_resolve_td_key: Any = ecs._resolve_td_key
_run_and_wait: Any = stepfunctions._SERVICE_DISPATCH[RUN_TASK]


def install(jobs: DatabaseJobs) -> None:
    """Let tasks end from now on, whoever starts them; ``jobs`` runs those that are its own."""
    global _jobs
    _jobs = jobs
    ecs._run_task = _run
    ecs._resolve_td_key = _newest_registered
    ecs._ACTION_MAP["RunTask"] = _run
    stepfunctions._SERVICE_DISPATCH[RUN_TASK] = _run_from_state_machine
    stepfunctions._poll_ecs_tasks = _until_stopped


def _run(request: Mapping[str, Any]) -> Any:
    answer = _run_task(request)
    if not str(request.get("group", "")).startswith("service:"):
        for started in json.loads(answer[2]).get("tasks", []):
            _let_end(ecs._tasks[started["taskArn"]])
    return answer


def _newest_registered(reference: str) -> Any:
    key = _resolve_td_key(reference)
    if not key or reference.endswith(key):
        return key
    family = key.rpartition(":")[0]
    revisions = (
        one["revision"]
        for one in ecs._task_defs.values()
        if one["family"] == family and one["status"] == "ACTIVE"
    )
    return f"{family}:{max(revisions, default=0)}"


def _let_end(task: dict[str, Any]) -> None:
    containers = ecs._task_defs[task["taskDefinitionArn"].rpartition("/")[2]]["containerDefinitions"]
    told = [_overridden(container, task["overrides"]) for container in containers]
    account, region = responses.get_account_id(), responses.get_region()

    def end() -> None:
        time.sleep(max(_seconds(container) for container in told))
        with responses.request_scope(account, region):
            codes = [_code(task, container) for container in told]
            if ecs._task_is_active(task["taskArn"], task):
                for running, code in zip(task["containers"], codes, strict=True):
                    running["exitCode"] = code
                why = "Essential container in task exited"
                ecs._mark_task_stopped(task["taskArn"], task, why, "EssentialContainerExited")

    spawn_background(end, thread_name="embedded-task")


def _code(task: dict[str, Any], container: Mapping[str, Any]) -> int:
    if _jobs is not None and _jobs.knows(container):
        return _jobs.run(container, log_of(task, container))
    return int(_environment(container).get(EXIT_CODE, 0))


def _overridden(container: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    for override in overrides.get("containerOverrides", []):
        if override.get("name") == container["name"]:
            environment = [*container.get("environment", []), *override.get("environment", [])]
            command = override.get("command") or container.get("command")
            return {**container, "command": command, "environment": environment}
    return dict(container)


def _environment(container: Mapping[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in container.get("environment") or []}


def _seconds(container: Mapping[str, Any]) -> float:
    match container.get("command"):
        case ["sleep", str(seconds)] if seconds.isdigit():
            return float(seconds)
    return MOMENT_SECONDS


def _run_from_state_machine(resource: str, request: Mapping[str, Any]) -> Any:
    answer = _run_and_wait(resource, request)
    if not resource.endswith(".sync"):
        return answer
    task = _pascal_case(answer["tasks"][0])
    if any(container["ExitCode"] for container in task["Containers"]):
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(task))
    return task


def _until_stopped(cluster: str, task_arns: list[str]) -> Any:
    """Wait in real time, however a machine's own waits are scaled: a program takes what it takes."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        time.sleep(MOMENT_SECONDS)
        found = json.loads(ecs._describe_tasks({"cluster": cluster, "tasks": task_arns})[2])
        if all(task["lastStatus"] == "STOPPED" for task in found["tasks"]):
            return found
    raise stepfunctions._ExecutionError("States.Timeout", "the tasks did not end in time")


def _pascal_case(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: _pascal_case(item) for key, item in value.items()}
    return [_pascal_case(item) for item in value] if isinstance(value, list) else value
