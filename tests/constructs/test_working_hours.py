"""C14, D13: when an environment sleeps, what may put it to sleep, and what each step may do."""

import json
from typing import Any

import aws_cdk as cdk
import pytest

from cambium.working_hours import WorkingHours
from cambium.working_hours_plan import Shard, SleepingDatabase
from cambium.working_hours_tasks import Tasks
from config.schedule import Schedule, check_can_sleep
from stacks.sleeping_shard import called_first
from support.assembly import text
from support.scenario import Built, BuiltOf, scenario

MACHINE = "AWS::StepFunctions::StateMachine"
ARN = "arn:aws:rds:eu-central-1:111122223333:db:shop"
BERLIN = Schedule(wake="07:00", sleep="20:00", time_zone="Europe/Berlin")


@scenario
def sleeper(stack: cdk.Stack) -> None:
    WorkingHours(
        stack,
        "Hours",
        name="shop-dev",
        schedule=BERLIN,
        shard=Shard(
            cluster="shop",
            groups=[
                [Tasks(service="pool", least=1, most=1, scaled=False)],
                [Tasks(service="api", least=1, most=4, scaled=True)],
            ],
            database=SleepingDatabase(kind="instance", identifier="shop", arn=ARN),
            alarms=["shop-dev-errors"],
        ),
    )


def allowed(built: Built, verb: str) -> dict[str, Any]:
    """Actions of a machine by their resources."""
    (policy,) = [
        one for one in built.of_type("AWS::IAM::Policy") if f"{verb}StateMachineRole" in one.logical_id
    ]
    statements = policy["PolicyDocument"]["Statement"]
    return {json.dumps(one["Action"]): one["Resource"] for one in statements}


def test_c14_schedules_are_in_the_environments_own_time_and_wake_it_early(built: BuiltOf) -> None:
    schedules = {one["ScheduleExpression"]: one for one in built(sleeper).of_type("AWS::Scheduler::Schedule")}

    assert set(schedules) == {
        "cron(0 20 ? * MON,TUE,WED,THU,FRI,SAT,SUN *)",
        "cron(45 6 ? * MON,TUE,WED,THU,FRI *)",
    }
    for one in schedules.values():
        assert one["ScheduleExpressionTimezone"] == "Europe/Berlin"
        assert one["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 900, "MaximumRetryAttempts": 2}


def test_c14_what_rds_starts_after_seven_days_is_told_to_sleep(built: BuiltOf) -> None:
    rule = built(sleeper).the("AWS::Events::Rule")

    assert rule["EventPattern"]["detail"] == {
        "EventID": ["RDS-EVENT-0153", "RDS-EVENT-0154"],
        "SourceIdentifier": ["shop"],
    }


def test_c14_each_machine_may_do_its_own_half_to_its_own_database_only(built: BuiltOf) -> None:
    sleep, wake = allowed(built(sleeper), "Sleep"), allowed(built(sleeper), "Wake")

    assert sleep['["rds:DescribeDBInstances", "rds:StopDBInstance"]'] == ARN
    assert wake['["rds:DescribeDBInstances", "rds:StartDBInstance"]'] == ARN
    assert not [actions for actions in sleep if "Start" in actions]


def test_c14_runs_are_logged_traced_and_end(built: BuiltOf) -> None:
    for machine in built(sleeper).of_type(MACHINE):
        assert machine["LoggingConfiguration"]["Level"] == "ALL"
        assert machine["TracingConfiguration"] == {"Enabled": True}
        assert json.loads(text(machine["DefinitionString"]))["TimeoutSeconds"] == 3600


def test_c14_who_is_called_wakes_before_who_calls_and_sleeps_after(built: BuiltOf) -> None:
    order = {}
    for machine in built(sleeper).of_type(MACHINE):
        definition = json.loads(text(machine["DefinitionString"]))
        groups = definition["States"]["Know the services"]["Result"]["groups"]
        order[machine["StateMachineName"]] = [one["service"] for group in groups for one in group]
        assert definition["States"]["Each group of services"]["MaxConcurrency"] == 1

    assert order == {"shop-dev-sleep": ["api", "pool"], "shop-dev-wake": ["pool", "api"]}


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [
        ({}, "awake 65 of 168 hours a week"),
        ({"weekends": True}, "awake 91 of 168 hours a week"),
        ({"nights": True}, "awake 109 of 168 hours a week"),
        ({"sleep": "19:30"}, "awake 62.5 of 168 hours a week"),
    ],
)
def test_c14_the_hours_that_are_left_are_said(schedule: dict[str, Any], hours: str) -> None:
    assert Schedule(**{"wake": "07:00", "sleep": "20:00", **schedule}).in_words == hours


def test_c14_waking_early_may_begin_the_evening_before() -> None:
    early = Schedule(wake="00:05", sleep="20:00", nights=True).wakes

    assert early == (("SUN",), 23, 50)


def test_c14_waking_does_not_begin_before_it_went_to_sleep() -> None:
    with pytest.raises(ValueError, match="lead_minutes must be less than the 10 minutes from sleep to wake"):
        Schedule(wake="00:05", sleep="23:55")


@pytest.mark.parametrize(
    ("platform", "read_replicas", "said"),
    [("app-runner", 0, "needs platform fargate"), ("fargate", 2, "read_replicas must be 0")],
)
def test_c14_what_cannot_be_stopped_is_refused(platform: str, read_replicas: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_can_sleep(BERLIN, platform=platform, read_replicas=read_replicas)


def test_c14_services_wake_after_those_they_call() -> None:
    calls = {"web": ["api"], "api": ["store"], "store": [], "left": ["right"], "right": ["left"]}

    assert called_first(calls) == [["store"], ["api"], ["web"], ["left", "right"]]
