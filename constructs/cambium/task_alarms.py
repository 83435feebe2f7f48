"""Alarms of a service that no load balancer asks: whether it runs, and whether it has room."""

from aws_cdk import aws_cloudwatch as cloudwatch

from cambium.alarms import BELOW, Alarms
from cambium.service_metrics import ServiceMetrics
from config.names import words

MEMORY_PERCENT = 90
STOPPED_MINUTES = 10
"""A service with a volume stops before its next task starts: a release is no alarm."""


def watch_tasks(alarms: Alarms, name: str, metrics: ServiceMetrics, *, least: int) -> None:
    """Tasks that run, and their memory. Nobody calls it from outside, so nobody else would notice.

    Args:
        alarms: Where, and who is told.
        name: Of the service.
        metrics: Its metrics.
        least: Tasks there should be at least; 0 for one that may sleep.
    """
    role = words(name)
    if least:
        alarms.define(
            f"{role}Stopped",
            name=f"{name}-stopped",
            metric=metrics.instances,
            threshold=1,
            periods=STOPPED_MINUTES,
            comparison=BELOW,
            # A service without a task says nothing.
            missing=cloudwatch.TreatMissingData.BREACHING,
            what=f"No task of {name} has run for {STOPPED_MINUTES} minutes",
            do="read the reason its last task stopped for, in the events of the ECS service",
            runbook="service-stopped",
        )
    alarms.define(
        f"{role}Memory",
        name=f"{name}-memory",
        metric=metrics.memory_percent,
        threshold=MEMORY_PERCENT,
        periods=10,
        what=f"The tasks of {name} used more than {MEMORY_PERCENT} % of their memory for 10 minutes",
        do="beyond it they are killed (exit code 137): look for a leak, else give them more",
        runbook="service-stopped",
    )
