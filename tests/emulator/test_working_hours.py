"""C14, D13: nights and weekends on the embedded AWS, asserted by what is left running."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from emulator.testing import Emulator, started
from support.embedded_hours import SERVICES, EmbeddedHours

pytestmark = [pytest.mark.embedded, pytest.mark.database]

AWAKE_BOUNDS = {"api": (2, 5), "web": (1, 4)}
SLEEPING_BOUNDS = {"api": (0, 0), "web": (0, 0)}
NOTHING = dict.fromkeys(SERVICES, 0)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An embedded AWS whose state machines hardly wait."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SFN_WAIT_SCALE", "0.002")
        with started(tmp_path_factory.mktemp("hours")) as running:
            yield running


@pytest.fixture(scope="module")
def shop(own: Emulator) -> EmbeddedHours:
    return EmbeddedHours(own, "shop")


@pytest.fixture
def awake(shop: EmbeddedHours) -> EmbeddedHours:
    """Awake as a deployment leaves it."""
    shop.run("wake", until="2000-01-01T00:00:00Z")
    return shop


@pytest.fixture
def asleep(shop: EmbeddedHours) -> EmbeddedHours:
    shop.run("sleep", until="2000-01-01T00:00:00Z")
    return shop


def is_asleep(shop: EmbeddedHours) -> None:
    assert shop.tasks() == NOTHING
    assert shop.bounds() == SLEEPING_BOUNDS
    assert (shop.database, shop.nat) == ("stopped", "stopped")
    with pytest.raises(psycopg.OperationalError):
        shop.login()
    assert not any(rings for rings, _ in shop.alarms().values())


def is_awake(shop: EmbeddedHours) -> None:
    assert shop.tasks() == SERVICES
    assert shop.bounds() == AWAKE_BOUNDS
    assert (shop.database, shop.nat) == ("available", "running")
    shop.login().close()
    assert all(rings for rings, _ in shop.alarms().values())


def in_this_order(steps: list[str], *names: str) -> None:
    places = [max(index for index, step in enumerate(steps) if step == name) for name in names]
    assert places == sorted(places), steps


def test_c14_asleep_nothing_runs_that_can_be_stopped_and_no_alarm_rings(awake: EmbeddedHours) -> None:
    steps = awake.run("sleep")

    is_asleep(awake)
    in_this_order(
        steps, "Each group of services", "Bring the database to stopped", "Bring the NAT instance to stopped"
    )


def test_c14_awake_again_all_is_as_configured_and_nothing_was_lost(awake: EmbeddedHours) -> None:
    with awake.login() as opened:
        opened.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    awake.run("sleep")

    steps = awake.run("wake")

    is_awake(awake)
    in_this_order(
        steps,
        "Bring the NAT instance to running",
        "Bring the database to available",
        "Each group of services",
    )
    with awake.login() as opened:
        assert opened.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_c14_putting_it_to_sleep_twice_is_harmless(asleep: EmbeddedHours) -> None:
    steps = asleep.run("sleep")

    is_asleep(asleep)
    assert "Bring the database to stopped" not in steps


def test_c14_waking_what_is_awake_takes_no_task_away(awake: EmbeddedHours) -> None:
    awake.emulator.client("ecs").update_service(cluster="shop", service="api", desiredCount=4)

    awake.run("wake")

    assert awake.tasks()["api"] == 4
    awake.emulator.client("ecs").update_service(cluster="shop", service="api", desiredCount=2)


def test_c14_an_alarm_that_went_off_at_night_rings_in_the_morning_if_it_is_still_true(
    asleep: EmbeddedHours,
) -> None:
    """Its state is forgotten, so that CloudWatch sees a change and tells somebody."""
    asleep.emulator.client("cloudwatch").set_alarm_state(
        AlarmName="shop-errors", StateValue="ALARM", StateReason="asleep"
    )

    asleep.run("wake")

    assert asleep.alarms()["errors"] == (True, "OK")


def test_c14_a_database_that_rds_started_after_seven_days_is_stopped_by_the_next_schedule(
    asleep: EmbeddedHours,
) -> None:
    """The schedule itself fires, on the embedded EventBridge Scheduler."""
    asleep.emulator.client("rds").start_db_instance(DBInstanceIdentifier=asleep.stack["Database"])
    before = set(asleep.runs("sleep"))

    fire_now(asleep, "sleep")
    (run,) = wait_for(lambda: set(asleep.runs("sleep")) - before, seconds=30)

    assert asleep.ended(run) == "SUCCEEDED"
    is_asleep(asleep)


def test_c14_a_run_that_failed_half_way_is_repaired_by_the_next(awake: EmbeddedHours) -> None:
    """RDS refuses to stop a database that has a replica; services are gone by then."""
    rds, name = awake.emulator.client("rds"), awake.stack["Database"]
    rds.create_db_instance_read_replica(DBInstanceIdentifier="late", SourceDBInstanceIdentifier=name)

    assert awake.ended(awake.start("sleep")) == "FAILED"
    assert awake.tasks() == NOTHING
    assert awake.database == "available"

    rds.delete_db_instance(DBInstanceIdentifier="late", SkipFinalSnapshot=True)
    awake.run("sleep")
    is_asleep(awake)


def test_c14_wake_now_overtakes_a_run_that_puts_it_to_sleep(awake: EmbeddedHours) -> None:
    sleeping = awake.start("sleep")
    wait_for(lambda: "Each group of services" in awake.steps(sleeping), seconds=10)

    awake.run("wake")

    assert awake.ended(sleeping) in ("ABORTED", "SUCCEEDED")
    is_awake(awake)


def test_c14_somebody_who_works_late_says_until_when(awake: EmbeddedHours) -> None:
    late = datetime.now(UTC) + timedelta(hours=3)
    awake.run("wake", until=late.strftime("%Y-%m-%dT%H:%M:%SZ"))

    assert "Held" in awake.run("sleep", scheduled=True)
    is_awake(awake)

    awake.run("wake", until="2000-01-01T00:00:00Z")
    awake.run("sleep", scheduled=True)
    is_asleep(awake)


def test_c14_a_long_holiday_is_slept_through_and_a_person_still_gets_in(asleep: EmbeddedHours) -> None:
    asleep.run("sleep", until="2099-01-04T05:00:00Z")

    assert "Held" in asleep.run("wake", scheduled=True)
    is_asleep(asleep)

    asleep.run("wake")
    is_awake(asleep)


def test_c14_a_time_that_is_none_is_refused_before_anything_happens(awake: EmbeddedHours) -> None:
    assert awake.ended(awake.start("sleep", until="tomorrow")) == "FAILED"
    is_awake(awake)


def test_d13_an_aurora_cluster_sleeps_and_wakes_too(own: Emulator) -> None:
    serverless = EmbeddedHours(own, "serverless", cluster=True)
    with serverless.login() as opened:
        opened.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    serverless.run("sleep")
    is_asleep(serverless)
    serverless.run("wake")
    is_awake(serverless)

    with serverless.login() as opened:
        assert opened.execute("SELECT answer FROM kept").fetchone() == (42,)


def fire_now(shop: EmbeddedHours, verb: str) -> None:
    """Make a schedule that is due, with the target that was deployed: input, role, retries."""
    scheduler = shop.emulator.client("scheduler")
    for listed in scheduler.list_schedules()["Schedules"]:
        found = scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
        if found["Target"]["Arn"] == shop.machine(verb):
            kept = {key: found[key] for key in ("GroupName", "Target", "FlexibleTimeWindow")}
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
            scheduler.create_schedule(Name="due", ScheduleExpression=f"at({now})", **kept)


def wait_for(happened: Any, seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found
