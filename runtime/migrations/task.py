"""What ECS tells about a stopped task, in words somebody can act on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_TEXT = 600
"""Characters of AWS's own words: with ours around them, they fit into the event of a stack."""
UNPULLED = "CannotPull"
"""How the reasons of tasks begin whose image is not there, or not theirs to pull."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Where the output of the task is."""

    group: str
    prefix: str
    """Of its streams: prefix, container name and task id."""

    def command(self, container: str, task_id: str) -> str:
        """What a person types to read it."""
        return (
            f"aws logs get-log-events --log-group-name {self.group} "
            f"--log-stream-name {self.prefix}/{container}/{task_id}"
        )


def explain(error: str, cause: str, *, log: Log, timeout_minutes: int) -> str:
    """Say why a run failed.

    Args:
        error: Name of the error as Step Functions has it.
        cause: Of a task that stopped, its description as JSON; of anything else, a text.
        log: Where its output is.
        timeout_minutes: What it had.
    """
    if error == "States.Timeout":
        return (
            f"the migration did not end within {timeout_minutes} minutes. Its task may still run: see it "
            f"end, or stop it, before the next run; its output is in log group {log.group}. Run what takes "
            "longer in steps, or before the deployment"
        )
    task = _json_object(cause)
    if task is None or not task.get("TaskArn"):
        return f"the migration could not be started ({error}): {shortened(cause) or 'AWS gives no reason'}"
    return _stopped(task, log)


def shortened(text: str) -> str:
    """At most `LONGEST_TEXT` characters of it."""
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}..."


def _stopped(task: Mapping[str, Any], log: Log) -> str:
    task_id = str(task["TaskArn"]).rpartition("/")[2]
    reason = shortened(str(task.get("StoppedReason") or "AWS gives no reason"))
    container = _guilty(task)
    if reason.startswith(UNPULLED):
        return (
            f"the migration never started: its image {container.get('Image', 'without a name')} cannot be "
            f"pulled. Push it (the release workflow of the application does) and deploy again. {reason}"
        )
    if container.get("ExitCode") is None:
        return f"the migration never started, task {task_id} was stopped before: {reason}"
    why = f" ({container['Reason']})" if container.get("Reason") else ""
    return (
        f"the migration failed: {container['Name']} in task {task_id} ended with exit code "
        f"{container['ExitCode']}{why}. Its output: {log.command(container['Name'], task_id)}"
    )


def _guilty(task: Mapping[str, Any]) -> Mapping[str, Any]:
    """The container that failed; where none did, the first."""
    containers: list[Mapping[str, Any]] = task.get("Containers") or [{}]
    return next((one for one in containers if one.get("ExitCode") not in (None, 0)), containers[0])


def _json_object(text: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
