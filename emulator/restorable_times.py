"""The latest moment a database could be restored to, which MiniStack leaves at the time it was made.

As on AWS it moves on every five minutes while the database runs and keeps backups; that of a stopped one
stays, and without backups there is none. Only the time is told: no log is kept, and nothing can be restored.
"""

import re
import time
from collections.abc import Callable
from typing import Any

from ministack.services import rds

UPLOAD_SECONDS = 300
_RUNNING = ("available", "stopping")
_ELEMENT = re.compile(r"<(LatestRestorableTime)>.*?</\1>")

Record = dict[str, Any]
Describe = Callable[[Record], str]


def install() -> None:
    """Tell of it from now on, in every answer about an instance or a cluster."""
    rds._instance_xml = _told(rds._instance_xml, status="DBInstanceStatus", made="InstanceCreateTime")
    rds._cluster_xml = _told(rds._cluster_xml, status="Status", made="ClusterCreateTime")


def _told(describe: Describe, *, status: str, made: str) -> Describe:
    def described(record: Record) -> str:
        if record[status] in _RUNNING:
            last = time.time() // UPLOAD_SECONDS * UPLOAD_SECONDS
            record["LatestRestorableTime"] = max(rds._format_time(last), record[made])
        text = describe(record)
        return text if int(record.get("BackupRetentionPeriod", 1)) else _ELEMENT.sub("", text)

    return described
