"""Alarms of what makes, changes, moves and deletes tenants: a run that did not come to its good end."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from cambium.alarms import Alarms
from cambium.arn import arn

MACHINES = ("create", "change", "move", "clear", "delete")
"""Those whose runs concern one tenant. A wave starts runs of ``change``, which are watched."""
ENDS = {"failed": "ExecutionsFailed", "late": "ExecutionsTimedOut", "stopped": "ExecutionsAborted"}


def watch_tenants(alarms: Alarms, prefix: str) -> None:
    """Tell when a run failed, took too long or was stopped: somebody may be left half moved, or half deleted.

    A request that was refused ends as a failed run, too.

    Args:
        alarms: Where, and who is told.
        prefix: What the names of the state machines begin with.
    """
    for verb in MACHINES:
        machine = arn("states", f"stateMachine:{prefix}-{verb}")
        alarms.define(
            f"Tenant{verb.capitalize()}",
            name=f"tenant-{verb}",
            metric=_bad_ends(machine),
            threshold=0,
            periods=1,
            what=f"A run of {prefix}-{verb} failed, took too long or was stopped",
            do="read the run's cause; where it says so, or the run was stopped or took too long, start the "
            "same again",
            runbook="tenants",
        )


def _bad_ends(machine: str) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(
        # A sum of series, some of which are silent: with "+" a silent one would silence all.
        expression=f"SUM([{', '.join(ENDS)}])",
        label="Runs without a good end",
        period=Duration.minutes(1),
        using_metrics={
            name: cloudwatch.Metric(
                namespace="AWS/States",
                metric_name=metric,
                dimensions_map={"StateMachineArn": machine},
                statistic="Sum",
                period=Duration.minutes(1),
            )
            for name, metric in ENDS.items()
        },
    )
