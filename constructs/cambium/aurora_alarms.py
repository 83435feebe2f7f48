"""What is watched on a serverless cluster: load against its largest capacity, and whether it ever sleeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambium.alarms import Alarms
from cambium.database_alarms import watch_connections, watch_cpu
from config import database as model

if TYPE_CHECKING:
    from cambium.aurora_database import AuroraDatabase

CAPACITY_PERCENT = 90
AWAKE_HOURS = 24
"""A working day may have no pause of five minutes; a night without one is somebody who never lets go."""


def watch_cluster(alarms: Alarms, database: AuroraDatabase, config: model.AuroraServerless) -> None:
    """Connections, CPU and capacity; and for a cluster that may pause, that it does.

    Not storage and memory: Aurora's storage grows by itself, and its memory with its capacity.
    """
    watch_connections(alarms, database, config.max_connections)
    grow = "find the statements in Database Insights; if the load is honest, raise max_capacity_acu"
    # Of a serverless cluster it is a share of the largest capacity, not of the present one.
    watch_cpu(alarms, database, do=grow, runbook="database-capacity")
    alarms.define(
        "DatabaseCapacity",
        name="database-capacity",
        metric=database.metric("ACUUtilization", "Maximum"),
        threshold=CAPACITY_PERCENT,
        periods=15,
        what=f"The database used more than {CAPACITY_PERCENT} % of its {config.max_capacity_acu:g} ACU "
        "for 15 minutes, and cannot grow further",
        do=grow,
        runbook="database-capacity",
    )
    if config.pauses_after_seconds is not None:
        _watch_sleep(alarms, database)


def _watch_sleep(alarms: Alarms, database: AuroraDatabase) -> None:
    alarms.define(
        "DatabaseAwake",
        name="database-awake",
        metric=database.metric("ServerlessDatabaseCapacity", "Minimum", minutes=60),
        threshold=0,
        periods=AWAKE_HOURS,
        what=f"The database has not paused once in {AWAKE_HOURS} hours, and is billed day and night",
        do="find who holds a connection; a cluster pauses only when nobody does",
        runbook="database-awake",
    )
