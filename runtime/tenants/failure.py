"""The errors that leave a step, and what they say."""

import json
from typing import Any


class StepError(Exception):
    """A step failed for good; the state machine takes back what came before."""


LONGEST_REASON = 800


def reason(failure: dict[str, Any]) -> str:
    """What Step Functions caught, as a sentence.

    Args:
        failure: ``Error`` and ``Cause``; of a function the cause is JSON with its message, of a task its
            description.
    """
    error, cause = str(failure.get("Error", "")), str(failure.get("Cause", ""))
    try:
        told = json.loads(cause)
    except ValueError:
        told = None
    if isinstance(told, dict) and "errorMessage" in told:
        cause = str(told["errorMessage"])
    elif isinstance(told, dict) and "Containers" in told:
        cause = _of_task(told)
    return (cause or error or "AWS gives no reason")[:LONGEST_REASON]


def _of_task(task: dict[str, Any]) -> str:
    ended = [f"{one.get('Name')} with exit code {one.get('ExitCode')}" for one in task["Containers"]]
    return f"the task ended: {', '.join(ended)}; {task.get('StoppedReason', '')}".rstrip("; ")
