"""Nights and weekends: a shard is put to sleep and woken by the clock, and by whoever needs it sooner."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cambium.arn import arn
from cambium.state_machine import failed_runs, start_by_the_clock
from cambium.working_hours_holds import LONG_AGO, SCHEDULED, Holds, first_parts
from cambium.working_hours_machine import (
    WorkingHoursMachine,
    holds_statements,
    look_at_targets,
    shard_statements,
)
from cambium.working_hours_plan import Shard, sleep_parts, wake_parts
from config.schedule import Schedule, Weekly

STARTED_BY_RDS = ("RDS-EVENT-0153", "RDS-EVENT-0154")
"""A cluster, or an instance, is being started since it was stopped for seven days."""


class WorkingHours(Construct):
    """Two state machines, ``sleep`` and ``wake``, and the schedules that start them.

    Both look at what there is before each step, so either may run twice, and a run that failed half way is
    repaired by the next. They remember nothing: what a service wakes with is in their definition, which a
    deployment writes, so a deployment at night is not undone in the morning.

    A cache can't be stopped and a load balancer not either: both cost by the hour all week.

    Attributes:
        sleep: Puts the shard to sleep, now.
        wake: Wakes it, now.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, shard: Shard, schedule: Schedule
    ) -> None:
        super().__init__(scope, construct_id)
        asleep, awake = self._define_hold("AsleepUntil"), self._define_hold("AwakeUntil")
        names = {verb: f"{name}-{verb}" for verb in ("sleep", "wake")}
        to_sleep = Holds(held_by=awake, holds=asleep, other=arn("states", f"stateMachine:{names['wake']}"))
        to_wake = Holds(held_by=asleep, holds=awake, other=arn("states", f"stateMachine:{names['sleep']}"))
        self.sleep = WorkingHoursMachine(
            self,
            "Sleep",
            name=names["sleep"],
            what=f"Put {name} to sleep",
            parts=[*first_parts(to_sleep), *sleep_parts(shard)],
            statements=[
                *holds_statements(to_sleep, names["wake"]),
                *shard_statements(shard, verb="Stop", alarms=["DisableAlarmActions"]),
            ],
        ).state_machine
        self.wake = WorkingHoursMachine(
            self,
            "Wake",
            name=names["wake"],
            what=f"Wake {name}",
            parts=[*first_parts(to_wake), *wake_parts(shard)],
            statements=[
                *holds_statements(to_wake, names["sleep"]),
                *shard_statements(shard, verb="Start", alarms=["EnableAlarmActions", "SetAlarmState"]),
                look_at_targets(),
            ],
        ).state_machine
        self._group = scheduler.ScheduleGroup(self, "Schedules", removal_policy=RemovalPolicy.DESTROY)
        self._start("SleepSchedule", self.sleep, schedule.sleeps, schedule)
        self._start("WakeSchedule", self.wake, schedule.wakes, schedule)
        if shard.database:
            self._sleep_again(shard.database.identifier)

    @property
    def failures(self) -> cloudwatch.IMetric:
        """Runs that failed or took too long, and runs that could not be started."""
        machines = {"sleep_": self.sleep, "wake_": self.wake}
        return failed_runs(machines, self._group, ("failed", "timed_out"))

    def _define_hold(self, construct_id: str) -> str:
        return ssm.StringParameter(
            self,
            construct_id,
            string_value=LONG_AGO,
            description="Written by runs that are told until when; schedules read it",
        ).parameter_name

    def _start(self, construct_id: str, machine: sfn.StateMachine, when: Weekly, schedule: Schedule) -> None:
        start_by_the_clock(
            self,
            construct_id,
            machine=machine,
            group=self._group,
            when=when,
            time_zone=schedule.time_zone,
            description=f"{schedule.wake} to {schedule.sleep} {schedule.time_zone}: {schedule.in_words}",
            told={SCHEDULED: True},
        )

    def _sleep_again(self, identifier: str) -> None:
        events.Rule(
            self,
            "StartedByRds",
            description="RDS starts what was stopped for seven days; it is stopped again",
            event_pattern=events.EventPattern(
                source=["aws.rds"],
                detail={"EventID": list(STARTED_BY_RDS), "SourceIdentifier": [identifier]},
            ),
            targets=[
                targets.SfnStateMachine(
                    self.sleep, input=events.RuleTargetInput.from_object({SCHEDULED: True})
                )
            ],
        )
