"""What is watched on an instance and its replicas, and what every database has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from cambium.alarms import BELOW, Alarms
from config import database as model

if TYPE_CHECKING:
    from cambium.database import Database

DATABASE_PERCENT = 80
REPLICA_LAG_SECONDS = 300
"""RDS counts up to five minutes of lag while nothing is written; more is real."""
FREE_MEMORY_PERCENT = 5
BYTES_PER_MIB = 1024**2
BYTES_PER_GIB = 1024**3


class Measured(Protocol):
    """Whatever publishes the metrics of a database."""

    def metric(self, name: str, statistic: str = "Average", *, minutes: int = 1) -> cloudwatch.Metric:
        """A metric by RDS's own name."""


def watch_instance(alarms: Alarms, database: Database, config: model.Database) -> None:
    """Connections, CPU, free storage and memory of the primary, and the lag of its replicas."""
    watch_connections(alarms, database, config.max_connections)
    watch_cpu(
        alarms,
        database,
        do="find the statements in Database Insights; if it stays, the next phase is due",
        runbook="database-cpu",
    )
    free_gib = config.storage_gib * (100 - config.storage_alarm_percent) // 100
    alarms.define(
        "DatabaseStorage",
        name="database-storage",
        metric=database.metric("FreeStorageSpace", "Minimum"),
        threshold=free_gib * BYTES_PER_GIB,
        periods=5,
        comparison=BELOW,
        what=f"The database has less than {free_gib} GiB of free storage",
        do=f"storage grows by itself up to {config.max_storage_gib} GiB: check that it does, "
        "and raise the ceiling",
        runbook="database-storage",
    )
    free_mib = config.memory_mib * FREE_MEMORY_PERCENT // 100
    alarms.define(
        "DatabaseMemory",
        name="database-memory",
        metric=database.metric("FreeableMemory", "Minimum"),
        threshold=free_mib * BYTES_PER_MIB,
        periods=10,
        comparison=BELOW,
        what=f"The database has had less than {free_mib} MiB of free memory for 10 minutes",
        do="look for many large sorts at once (work_mem counts for each); else take a larger class",
        runbook="database-memory",
    )
    if config.instance_class.startswith("t"):
        _watch_credits(alarms, database)
    for number, replica in enumerate(database.replicas, start=1):
        alarms.define(
            f"Replica{number}Lag",
            name=f"database-replica-{number}-lag",
            metric=replica.metric("ReplicaLag", statistic="Maximum", period=Duration.minutes(1)),
            threshold=REPLICA_LAG_SECONDS,
            periods=5,
            what=f"Read replica {number} is more than {REPLICA_LAG_SECONDS} s behind",
            missing=cloudwatch.TreatMissingData.BREACHING,
            do="reads show old data; look for a long statement on the replica or a burst of writes",
            runbook="replica-lag",
        )


def watch_connections(alarms: Alarms, database: Measured, max_connections: int) -> None:
    """Say so before new connections are refused."""
    connections = max_connections * DATABASE_PERCENT // 100
    alarms.define(
        "DatabaseConnections",
        name="database-connections",
        metric=database.metric("DatabaseConnections", "Maximum"),
        threshold=connections,
        periods=5,
        what=f"The database holds more than {connections} of {max_connections} connections",
        do="find who holds them; beyond the limit new ones are refused",
        runbook="database-connections",
    )


def watch_cpu(alarms: Alarms, database: Measured, *, do: str, runbook: str) -> None:
    """Say so when statements begin to wait for each other."""
    alarms.define(
        "DatabaseCpu",
        name="database-cpu",
        metric=database.metric("CPUUtilization"),
        threshold=DATABASE_PERCENT,
        periods=10,
        what=f"The database used more than {DATABASE_PERCENT} % CPU for 10 minutes",
        do=do,
        runbook=runbook,
    )


def _watch_credits(alarms: Alarms, database: Database) -> None:
    alarms.define(
        "DatabaseCredits",
        name="database-cpu-credits",
        # Credits are counted every five minutes, not every one.
        metric=database.metric("CPUSurplusCreditsCharged", "Maximum", minutes=5),
        threshold=0,
        periods=2,
        what="The burstable database has used up its CPU credits, and AWS bills more",
        do="it is busy all day: move to a fixed-size class",
        runbook="database-cpu",
    )
