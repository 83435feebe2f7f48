"""The pool's numbers as CloudWatch metrics, in the embedded metric format on standard output.

All containers of a pool report under its name alone. ``Sum`` over a minute therefore counts all of
them, ``Maximum`` finds the worst.
"""

import time
from collections.abc import Callable, Iterable
from threading import Event

from pgbouncer import console, log
from pgbouncer.console import Console, Row

NAMESPACE = "Cambium/ConnectionPool"
UNITS = {
    "ClientsActive": "Count",
    "ClientsWaiting": "Count",
    "LongestWait": "Seconds",
    "ServersActive": "Count",
    "ServersIdle": "Count",
    "ServerConnections": "Count",
    "ClientConnections": "Count",
}

_ACTIVE = ("sv_active", "sv_active_cancel", "sv_being_canceled")
_IDLE = ("sv_idle", "sv_used", "sv_tested")


def read(open_console: Callable[[], Console]) -> dict[str, float]:
    """Ask for the numbers."""
    with open_console() as asked:
        return summarize(asked.show("POOLS"), asked.show("LISTS"))


def summarize(all_pools: list[Row], lists: list[Row]) -> dict[str, float]:
    """Return the metrics, without the console's own connections."""
    own = [row for row in all_pools if row["database"] == console.DATABASE]
    pools = [row for row in all_pools if row["database"] != console.DATABASE]
    clients = sum(_number(row["items"]) for row in lists if row["list"] == "used_clients")
    return {
        "ClientsActive": _total(pools, ["cl_active"]),
        "ClientsWaiting": _total(pools, ["cl_waiting"]),
        "LongestWait": max((_longest_wait(row) for row in pools), default=0.0),
        "ServersActive": _total(pools, _ACTIVE),
        "ServersIdle": _total(pools, _IDLE),
        "ServerConnections": _total(pools, [*_ACTIVE, *_IDLE, "sv_login"]),
        "ClientConnections": clients - _total(own, ["cl_active"]),
    }


def embedded(pool: str, values: dict[str, float], timestamp_ms: int) -> dict[str, object]:
    """Return a record that CloudWatch Logs turns into metrics."""
    definition = {
        "Namespace": NAMESPACE,
        "Dimensions": [["Pool"]],
        "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in values],
    }
    return {"_aws": {"Timestamp": timestamp_ms, "CloudWatchMetrics": [definition]}, "Pool": pool, **values}


def report(pool: str, open_console: Callable[[], Console], stopping: Event, *, every_seconds: float) -> None:
    """Write a record every so often until ``stopping`` is set; a failure is logged and tried again."""
    while not stopping.wait(every_seconds):
        try:
            log.write(embedded(pool, read(open_console), int(time.time() * 1000)))
        except Exception as error:
            log.error("the metrics of the pool could not be read", error=type(error).__name__)


def _total(rows: Iterable[Row], names: Iterable[str]) -> float:
    wanted = list(names)
    return sum(_number(row[name]) for row in rows for name in wanted)


def _longest_wait(row: Row) -> float:
    return _number(row["maxwait"]) + _number(row["maxwait_us"]) / 1e6


def _number(value: object) -> float:
    return float(str(value))
