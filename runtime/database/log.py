"""One JSON object per line on standard output, and metrics among them in CloudWatch's embedded format."""

import json
import time
from collections.abc import Mapping

NAMESPACE = "Cambium/DatabaseJobs"


def info(message: str, **details: object) -> None:
    """Log what happened."""
    write({"level": "INFO", "message": message, **details})


def error(message: str, **details: object) -> None:
    """Log what went wrong."""
    write({"level": "ERROR", "message": message, **details})


def metrics(backup: str, values: Mapping[str, tuple[float, str]]) -> None:
    """Log numbers that CloudWatch Logs turns into metrics: name to value and unit."""
    definition = {
        "Namespace": NAMESPACE,
        "Dimensions": [["Backup"]],
        "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in values.items()],
    }
    stamp = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]}
    write({"_aws": stamp, "Backup": backup, **{name: value for name, (value, _) in values.items()}})


def write(record: Mapping[str, object]) -> None:
    """Write a record as it is."""
    print(json.dumps(record), flush=True)
