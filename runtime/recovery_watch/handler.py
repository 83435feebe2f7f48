"""Every hour: the age of what is there, as metrics. What is not there has no age, and its alarm goes off.

It looks at names of objects alone and reads none of them. Whoever makes backups is not asked: a job that
reports success and has written nothing is noticed like one that never ran.
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

NAMESPACE = "Cambium/Recovery"
_ID = "%Y%m%dT%H%M%SZ"
_BACKUP = re.compile(r"(\d{8}T\d{6}Z)/manifest\.json")
_DRILL = re.compile(r"(\d{8}T\d{6}Z)-passed\.json")

logger = Logger(service="recovery-watch")
s3: Any = boto3.client("s3", config=Config(retries={"mode": "standard", "total_max_attempts": 6}))


def on_schedule(event: dict[str, Any], context: LambdaContext) -> dict[str, float]:
    """Look at everything ``WATCHED`` names, and write a metric for each that has something."""
    found: dict[str, float] = {}
    for watched in json.loads(os.environ["WATCHED"]):
        backup = watched["backup"]
        hours = _hours_since(watched["bucket"], f"{watched['name']}/", _BACKUP)
        _write(found, backup, "HoursSinceBackup", hours)
        if watched.get("records"):
            hours = _hours_since(watched["records"], f"{watched['name']}/", _DRILL)
            _write(found, backup, "DaysSinceDrill", None if hours is None else hours / 24)
    return found


def _write(found: dict[str, float], backup: str, name: str, value: float | None) -> None:
    if value is None:
        logger.error(f"nothing to measure {name} of {backup} by: there is none yet")
        return
    found[f"{backup} {name}"] = value
    definition = {"Namespace": NAMESPACE, "Dimensions": [["Backup"]], "Metrics": [{"Name": name}]}
    stamp = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]}
    print(json.dumps({"_aws": stamp, "Backup": backup, name: round(value, 3)}))


def _hours_since(bucket: str, prefix: str, names: re.Pattern[str]) -> float | None:
    times = list(_times(bucket, prefix, names))
    return (time.time() - max(times)) / 3600 if times else None


def _times(bucket: str, prefix: str, names: re.Pattern[str]) -> Iterator[float]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", []):
            match = names.fullmatch(one["Key"].removeprefix(prefix))
            if match:
                yield datetime.strptime(match[1], _ID).replace(tzinfo=UTC).timestamp()
