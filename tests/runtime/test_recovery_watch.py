"""A21, D18: a backup that did not happen has no age, and an old one an old age, whatever any job reported."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emulator.testing import Emulator
from recovery_watch import handler
from runtime.support import lambda_context

NAME = "database-1"


@pytest.fixture
def buckets(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An S3 with two buckets, which the function looks into."""
    s3 = emulator.client("s3", "us-east-1")
    for bucket in ("watched-backups", "watched-records"):
        s3.create_bucket(Bucket=bucket)
        for one in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=one["Key"])
    told = [{"backup": "shop", "bucket": "watched-backups", "name": NAME, "records": "watched-records"}]
    monkeypatch.setenv("WATCHED", json.dumps(told))
    monkeypatch.setattr(handler, "s3", s3)
    return s3


def ago(**time: float) -> str:
    return f"{datetime.now(UTC) - timedelta(**time):%Y%m%dT%H%M%SZ}"


def put(s3: Any, bucket: str, key: str) -> None:
    s3.put_object(Bucket=bucket, Key=f"{NAME}/{key}", Body=b"{}")


def test_the_age_is_that_of_the_newest_backup_with_a_manifest(buckets: Any) -> None:
    put(buckets, "watched-backups", f"{ago(hours=30)}/manifest.json")
    put(buckets, "watched-backups", f"{ago(hours=6)}/manifest.json")
    put(buckets, "watched-backups", f"{ago(hours=1)}/database.dump.enc")

    found = handler.on_schedule({}, lambda_context())

    assert found["shop HoursSinceBackup"] == pytest.approx(6, abs=0.1)


def test_where_there_is_no_backup_there_is_no_number(
    buckets: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    put(buckets, "watched-backups", f"{ago(hours=1)}/database.dump.enc")

    assert handler.on_schedule({}, lambda_context()) == {}
    assert "_aws" not in capsys.readouterr().out


def test_only_a_drill_that_passed_counts(buckets: Any) -> None:
    put(buckets, "watched-records", f"{ago(days=40)}-passed.json")
    put(buckets, "watched-records", f"{ago(days=2)}-failed.json")
    put(buckets, "watched-records", "0b1c-aborted.json")

    assert handler.on_schedule({}, lambda_context())["shop DaysSinceDrill"] == pytest.approx(40, abs=0.1)


def test_the_numbers_are_written_as_metrics(buckets: Any, capsys: pytest.CaptureFixture[str]) -> None:
    put(buckets, "watched-backups", f"{ago(hours=6)}/manifest.json")

    handler.on_schedule({}, lambda_context())

    (record,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    (definition,) = record["_aws"]["CloudWatchMetrics"]
    assert (definition["Namespace"], definition["Dimensions"]) == ("Cambium/Recovery", [["Backup"]])
    assert (record["Backup"], round(record["HoursSinceBackup"])) == ("shop", 6)


def test_another_database_in_the_same_bucket_does_not_count(buckets: Any) -> None:
    buckets.put_object(Bucket="watched-backups", Key=f"database-10/{ago(hours=1)}/manifest.json", Body=b"{}")
    put(buckets, "watched-backups", f"copies/{ago(hours=1)}/manifest.json")

    assert handler.on_schedule({}, lambda_context()) == {}
