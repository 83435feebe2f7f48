"""Reads CloudWatch's embedded metric format."""

import time
from collections.abc import Mapping
from typing import Any


def metric_values(record: Mapping[str, Any]) -> dict[str, float]:
    """Return the metrics of a line in the embedded metric format, after checking that it is one."""
    (definition,) = record["_aws"]["CloudWatchMetrics"]
    assert definition["Namespace"] == "Cambium/ConnectionPool"
    assert definition["Dimensions"] == [["Pool"]]
    assert isinstance(record["Pool"], str)
    assert abs(record["_aws"]["Timestamp"] / 1000 - time.time()) < 3600
    units = {metric["Name"]: metric["Unit"] for metric in definition["Metrics"]}
    assert units.keys() == record.keys() - {"_aws", "Pool"}
    assert set(units.values()) <= {"Count", "Seconds"}
    return {name: float(record[name]) for name in units}
