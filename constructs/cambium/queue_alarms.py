"""Alarms of a queue: nothing has failed for good, and nobody waits too long."""

from cambium.alarms import Alarms
from cambium.job_queue import JobQueue
from config.names import words
from config.storage import Queue


def watch_queue(alarms: Alarms, queue: JobQueue, config: Queue) -> None:
    """Any message that failed for good, and the age of the oldest that is not done.

    Args:
        alarms: Where, and who is told.
        queue: The queue.
        config: Its numbers.
    """
    role = words(config.name)
    alarms.define(
        f"{role}Failed",
        name=f"{config.name}-failed",
        metric=queue.failed_waiting,
        threshold=0,
        periods=1,
        what=f"A message of {config.name} failed {config.max_receives} times and was put aside",
        do="read it and the worker's log; once the cause is mended, move it back with a redrive",
        runbook="queue-failed",
    )
    minutes = config.alarm_age_minutes
    alarms.define(
        f"{role}Age",
        name=f"{config.name}-age",
        metric=queue.oldest_seconds,
        threshold=minutes * 60,
        periods=5,
        what=f"The oldest message of {config.name} has waited over {minutes} minutes",
        do="does the worker run, and does it finish messages? if it does, raise its largest number of tasks",
        runbook="queue-age",
    )
