"""State machines that are traced and logged, the schedules that start them, and whether they succeed."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration, RemovalPolicy, TimeZone
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from config.schedule import Weekly

FAILED_MINUTES = 5
RETRIES = 2
LATEST_MINUTES = 15
"""A start that comes later is left out: AWS's own default would still try the next morning."""


def define_state_machine(
    scope: Construct, *, name: str, body: sfn.DefinitionBody, timeout: Duration | None = None
) -> sfn.StateMachine:
    """A state machine with its log, below ``scope``. What it may do is up to the caller.

    Its states are in the log as they are, so no secret may be in them.

    Args:
        scope: Has one state machine.
        name: Its physical name.
        body: What it does.
        timeout: Left out where the body has it.
    """
    return sfn.StateMachine(
        scope,
        "StateMachine",
        state_machine_name=name,
        definition_body=body,
        timeout=timeout,
        tracing_enabled=True,
        logs=sfn.LogOptions(
            destination=logs.LogGroup(
                scope, "Log", retention=logs.RetentionDays.ONE_YEAR, removal_policy=RemovalPolicy.DESTROY
            ),
            level=sfn.LogLevel.ALL,
            include_execution_data=True,
        ),
    )


def start_by_the_clock(
    scope: Construct,
    construct_id: str,
    *,
    machine: sfn.StateMachine,
    group: scheduler.ScheduleGroup,
    when: Weekly,
    time_zone: str,
    description: str,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Start it on days of the week, with what it is ``told``."""
    scheduler.Schedule(
        scope,
        construct_id,
        description=description,
        schedule_group=group,
        schedule=scheduler.ScheduleExpression.cron(
            minute=str(when.minute),
            hour=str(when.hour),
            week_day=",".join(when.days),
            time_zone=TimeZone.of(time_zone),
        ),
        target=targets.StepFunctionsStartExecution(
            machine,
            input=None if told is None else scheduler.ScheduleTargetInput.from_object(dict(told)),
            retry_attempts=RETRIES,
            max_event_age=Duration.minutes(LATEST_MINUTES),
        ),
    )


def failed_runs(
    machines: Mapping[str, sfn.StateMachine], group: scheduler.ScheduleGroup, endings: Sequence[str]
) -> cloudwatch.IMetric:
    """Runs that ended badly, and runs that the schedules of ``group`` could not start.

    Args:
        machines: By what comes before the names of their metrics; empty for a single one.
        group: Their schedules.
        endings: Which count: ``failed``, ``timed_out``, ``aborted``.
    """
    metrics: dict[str, Any] = {
        f"{prefix}{how}": getattr(machine, f"metric_{how}")(statistic="Sum")
        for prefix, machine in machines.items()
        for how in endings
    }
    metrics["not_started"] = cloudwatch.Metric(
        namespace="AWS/Scheduler",
        metric_name="TargetErrorCount",
        dimensions_map={"ScheduleGroup": group.schedule_group_name},
        statistic="Sum",
    )
    return cloudwatch.MathExpression(
        expression=" + ".join(f"FILL({one}, 0)" for one in metrics),
        using_metrics=metrics,
        label="Failed runs",
        period=Duration.minutes(FAILED_MINUTES),
    )
