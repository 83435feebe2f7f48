"""On a schedule: the age of what is there, as metrics. What is not there has no age, and its alarm goes off.

Of backups and drills it looks at names of objects alone and reads none of them. Whoever makes backups is not
asked: a job that reports success and has written nothing is noticed like one that never ran. What a database
could be restored to is RDS's to say.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from recovery_watch.restorable import lag_minutes

NAMESPACE = "Cambium/Recovery"
_ID = "%Y%m%dT%H%M%SZ"
_BACKUP = re.compile(r"(\d{8}T\d{6}Z)/manifest\.json")
_DRILL = re.compile(r"(\d{8}T\d{6}Z)-passed\.json")

logger = Logger(service="recovery-watch")
_PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 6})
s3: Any = boto3.client("s3", config=_PATIENT)
rds: Any = boto3.client("rds", config=_PATIENT)


def on_schedule(event: dict[str, Any], context: LambdaContext) -> dict[str, float]:
    """Look at the database where the schedule says so, else at the buckets; metrics are what it finds."""
    return _look_at_database() if event.get("look") == "database" else _look_into_buckets()


def _look_at_database() -> dict[str, float]:
    """How far behind now the latest moment is that the database could be restored to."""
    found: dict[str, float] = {}
    kind, name = os.environ["DATABASE_KIND"], os.environ["DATABASE"]
    minutes = lag_minutes(rds, kind=kind, identifier=os.environ["DATABASE_IDENTIFIER"])
    _write(found, ("Database", name), "MinutesSinceRestorableTime", minutes)
    return found


def _look_into_buckets() -> dict[str, float]:
    """How old the newest backup and drill are of everything ``WATCHED`` names."""
    found: dict[str, float] = {}
    for watched in json.loads(os.environ["WATCHED"]):
        backup = ("Backup", watched["backup"])
        hours = _hours_since(watched["bucket"], f"{watched['name']}/", _BACKUP)
        _write(found, backup, "HoursSinceBackup", hours)
        if watched.get("records"):
            hours = _hours_since(watched["records"], f"{watched['name']}/", _DRILL)
            _write(found, backup, "DaysSinceDrill", None if hours is None else hours / 24)
    return found


def _write(found: dict[str, float], of: tuple[str, str], name: str, value: float | None) -> None:
    dimension, what = of
    if value is None:
        logger.error(f"nothing to measure {name} of {what} by: there is none yet")
        return
    found[f"{what} {name}"] = value
    definition = {"Namespace": NAMESPACE, "Dimensions": [[dimension]], "Metrics": [{"Name": name}]}
    stamp = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]}
    print(json.dumps({"_aws": stamp, dimension: what, name: round(value, 3)}))


def _hours_since(bucket: str, prefix: str, names: re.Pattern[str]) -> float | None:
    times = list(_times(bucket, prefix, names))
    return (time.time() - max(times)) / 3600 if times else None


def _times(bucket: str, prefix: str, names: re.Pattern[str]) -> Iterator[float]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", []):
            match = names.fullmatch(one["Key"].removeprefix(prefix))
            if match:
                yield datetime.strptime(match[1], _ID).replace(tzinfo=UTC).timestamp()
