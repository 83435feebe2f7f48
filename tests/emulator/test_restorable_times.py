"""The latest moment to restore to is as RDS tells it: five minutes ago at most, while the database runs."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emulator import restorable_times
from emulator.restorable_times import UPLOAD_SECONDS

LONG_AGO = "2026-01-01T00:00:00.000Z"


def described(**changes: Any) -> str:
    record = {
        "Status": "available",
        "Made": LONG_AGO,
        "LatestRestorableTime": LONG_AGO,
        "BackupRetentionPeriod": 7,
        **changes,
    }
    return restorable_times._told(write, status="Status", made="Made")(record)


def write(record: dict[str, Any]) -> str:
    return f"<A/><LatestRestorableTime>{record['LatestRestorableTime']}</LatestRestorableTime><B/>"


def test_it_moves_on_every_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC)
    told = set()
    for seconds in range(0, 2 * UPLOAD_SECONDS, 30):
        now = (noon + timedelta(seconds=seconds)).timestamp()
        monkeypatch.setattr(time, "time", lambda now=now: now)
        told.add(described())

    assert [one[26:45] for one in sorted(told)] == ["2026-11-28T12:00:00", "2026-11-28T12:05:00"]


def test_that_of_a_new_database_is_not_before_it_was_made() -> None:
    made = "2099-01-01T00:00:00.000Z"

    assert made in described(Made=made)


def test_that_of_a_stopped_one_stays() -> None:
    assert LONG_AGO in described(Status="stopped")


def test_without_backups_there_is_none() -> None:
    assert described(BackupRetentionPeriod=0) == "<A/><B/>"
