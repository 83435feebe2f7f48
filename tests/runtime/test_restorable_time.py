"""A21: what a restore of the database itself would lose is RDS's to say, and nothing while nobody writes."""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest
from botocore.exceptions import ClientError

from database.failure import SettingsError
from database.point_in_time import PointInTime
from emulator.testing import Emulator, Stack
from recovery_watch import handler
from runtime.support import lambda_context

pytestmark = [pytest.mark.embedded, pytest.mark.database]

UPLOAD_MINUTES = 5
LOOK = {"look": "database"}
PASSWORD = "correct-horse"
CLOCK = "recovery_watch.restorable.datetime"


def database(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Delete",
        "Properties": {
            "Engine": "postgres",
            "EngineVersion": "18.1",
            "MasterUsername": "boss",
            "MasterUserPassword": PASSWORD,
            **properties,
        },
    }


@pytest.fixture(scope="module")
def stack(emulator: Emulator) -> Stack:
    """An instance with backups, one without, and a cluster."""
    cluster = database(Engine="aurora-postgresql", EngineVersion="17.10")
    return Stack(
        emulator,
        {
            "Kept": database(),
            "Unkept": database(BackupRetentionPeriod="0"),
            "Cluster": {**cluster, "Type": "AWS::RDS::DBCluster"},
        },
    )


Watch = Callable[..., dict[str, float]]


@pytest.fixture
def watch(emulator: Emulator, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """The function, as the schedule calls it, for one of the databases."""
    monkeypatch.setattr(handler, "rds", emulator.client("rds"))

    def look(name: str, kind: str = "instance") -> dict[str, float]:
        monkeypatch.setenv("DATABASE", "shop")
        monkeypatch.setenv("DATABASE_KIND", kind)
        monkeypatch.setenv(
            "DATABASE_IDENTIFIER", stack[name] if name in ("Kept", "Unkept", "Cluster") else name
        )
        return handler.on_schedule(LOOK, lambda_context())

    return look


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many minutes go by for whoever asks; for RDS, which does not upload meanwhile, none."""

    def move(minutes: float) -> None:
        class Later(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return datetime.now(tz) + timedelta(minutes=minutes)

        monkeypatch.setattr(CLOCK, Later)

    return move


@pytest.fixture
def asked(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS for what makes its own clients."""
    told = {"ENDPOINT_URL": emulator.url, "ACCESS_KEY_ID": "123456789012", "SECRET_ACCESS_KEY": "test"}
    for name, value in {**told, "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)


@pytest.mark.parametrize(("name", "kind"), [("Kept", "instance"), ("Cluster", "cluster")])
def test_a21_a_database_that_uploads_its_log_loses_five_minutes_at_most(
    watch: Watch, name: str, kind: str
) -> None:
    (minutes,) = watch(name, kind).values()

    assert 0 <= minutes <= UPLOAD_MINUTES


@pytest.mark.parametrize(("name", "kind"), [("Kept", "instance"), ("Cluster", "cluster")])
def test_a21_the_minutes_since_the_last_upload_are_counted(
    watch: Watch, later: Callable[[float], None], name: str, kind: str
) -> None:
    later(42)

    (minutes,) = watch(name, kind).values()

    assert 42 <= minutes <= 42 + UPLOAD_MINUTES


def test_a21_they_are_written_as_a_metric_of_the_database(
    watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = watch("Kept")

    (record,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    (definition,) = record["_aws"]["CloudWatchMetrics"]
    assert (definition["Namespace"], definition["Dimensions"]) == ("Cambium/Recovery", [["Database"]])
    assert definition["Metrics"] == [{"Name": "MinutesSinceRestorableTime"}]
    assert record["Database"] == "shop"
    assert record["MinutesSinceRestorableTime"] == pytest.approx(
        found["shop MinutesSinceRestorableTime"], abs=0.001
    )


def test_a21_a_database_without_backups_has_no_number(
    watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watch("Unkept") == {}
    assert "_aws" not in capsys.readouterr().out


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("name", "kind"), [("Kept", "instance"), ("Cluster", "cluster")])
def test_a21_e6_the_watch_and_the_drill_agree_on_how_late_it_is(
    stack: Stack, watch: Watch, later: Callable[[float], None], name: str, kind: str
) -> None:
    later(42)

    (watched,) = watch(name, kind).values()

    assert promise(stack[name], kind=kind).measure()["minutes"] == pytest.approx(watched, abs=0.5)


def test_a21_a_database_that_is_gone_is_an_error_and_no_number(watch: Watch) -> None:
    with pytest.raises(ClientError, match="nobody not found"):
        watch("nobody")


@pytest.mark.usefixtures("asked")
def test_c14_a_database_that_is_stopped_for_the_night_loses_nothing(
    emulator: Emulator, stack: Stack, watch: Watch, later: Callable[[float], None]
) -> None:
    rds = emulator.client("rds")
    stopped = Stack(emulator, {"Database": database()})["Database"]
    rds.stop_db_instance(DBInstanceIdentifier=stopped)
    while rds.describe_db_instances(DBInstanceIdentifier=stopped)["DBInstances"][0]["DBInstanceStatus"] != (
        "stopped"
    ):
        time.sleep(0.05)
    later(8 * 60)

    assert watch(stopped) == {"shop MinutesSinceRestorableTime": 0}
    assert promise(stopped).measure()["minutes"] == 0


def promise(identifier: str, *, minutes: float = UPLOAD_MINUTES, kind: str = "instance") -> PointInTime:
    told = {
        "DRILL_DATABASE": identifier,
        "DRILL_DATABASE_KIND": kind,
        "DRILL_POINT_IN_TIME_MINUTES": f"{minutes:g}",
    }
    read = PointInTime.from_environment(told)
    assert read is not None
    return read


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("minutes", "met"), [(0, True), (42, False)])
@pytest.mark.parametrize(("name", "kind"), [("Kept", "instance"), ("Cluster", "cluster")])
def test_e6_a_drill_measures_it_against_the_promise(
    stack: Stack, later: Callable[[float], None], name: str, kind: str, minutes: float, met: bool
) -> None:
    later(minutes)

    measured = promise(stack[name], kind=kind).measure()

    assert measured == {"minutes": measured["minutes"], "target_minutes": UPLOAD_MINUTES, "met": met}
    assert minutes <= measured["minutes"] <= minutes + UPLOAD_MINUTES


@pytest.mark.usefixtures("asked")
def test_e6_a_drill_says_why_it_cannot_measure_it_and_calls_that_missed(stack: Stack) -> None:
    for identifier, reason in ((stack["Unkept"], "no latest restorable time"), ("nobody", "not found")):
        measured = promise(identifier).measure()

        assert (measured["minutes"], measured["met"]) == (None, False)
        assert reason in measured["reason"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"DRILL_DATABASE_KIND": "table"}, "DRILL_DATABASE_KIND must be instance or cluster, got 'table'"),
        ({"DRILL_POINT_IN_TIME_MINUTES": "few"}, "DRILL_POINT_IN_TIME_MINUTES must be a number of minutes"),
    ],
)
def test_what_a_drill_is_told_wrong_of_it_is_named(changes: dict[str, str], said: str) -> None:
    told = {"DRILL_DATABASE": "shop", "DRILL_DATABASE_KIND": "instance", "DRILL_POINT_IN_TIME_MINUTES": "5"}

    with pytest.raises(SettingsError, match=said):
        PointInTime.from_environment({**told, **changes})
