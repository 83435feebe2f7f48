"""Alarms for what should have happened and did not: a backup, a rehearsal of bringing one back, an upload."""

from aws_cdk import aws_cloudwatch as cloudwatch

from cambium.alarms import Alarms
from cambium.backups import Backup
from cambium.recovery_watch import (
    DATABASE_MINUTES,
    days_since_drill,
    hours_since_backup,
    minutes_since_restorable_time,
)
from config.names import words
from config.recovery import DatabaseDump, RecoveryTargets

LATE_HOURS = 2
"""A dump may take so much longer than the one before, its retries included."""
HOURS_SILENT = 3
LOOKS_LATE = 2
"""A database that has just started, or failed over, is late once, until its next upload."""


def watch_backup(alarms: Alarms, dump: DatabaseDump, backup: Backup) -> None:
    """Tell when the newest backup is too old, or when nobody can say how old it is."""
    limit = dump.hours_between + LATE_HOURS
    alarms.define(
        f"{words(dump.bucket)}BackupAge",
        name=f"{dump.bucket}-no-backup",
        metric=hours_since_backup(backup),
        threshold=limit,
        periods=HOURS_SILENT,
        missing=cloudwatch.TreatMissingData.BREACHING,
        what=f"There is no backup of the database in {backup.bucket_name} younger than {limit} hours",
        do="read the log of the dump, mend what it says, and start it by hand",
        runbook="no-backup",
    )


def watch_drill(alarms: Alarms, dump: DatabaseDump, backup: Backup, *, drill_days: int) -> None:
    """Tell when bringing a backup back was rehearsed with success too long ago, or never.

    CloudWatch remembers a week at most, so it is told each hour how many days it is.
    """
    alarms.define(
        f"{words(dump.bucket)}DrillAge",
        name=f"{dump.bucket}-no-restore-drill",
        metric=days_since_drill(backup),
        threshold=drill_days,
        periods=HOURS_SILENT,
        missing=cloudwatch.TreatMissingData.BREACHING,
        what=f"No restore from {backup.bucket_name} was rehearsed with success within {drill_days} days",
        do="read the newest record of a drill, mend what it says, and start a drill by hand",
        runbook="restore-drill",
    )


def watch_restorable_time(alarms: Alarms, name: str, targets: RecoveryTargets) -> None:
    """Tell when a restore of the database would lose more than was promised, or nobody can say how much."""
    late = targets.late_minutes
    if late is None:
        raise ValueError("recovery.point_in_time_minutes must be given for an alarm about it, got None")
    alarms.define(
        "DatabaseRestorableTime",
        name="database-restorable-time",
        metric=minutes_since_restorable_time(name),
        threshold=late,
        periods=LOOKS_LATE,
        missing=cloudwatch.TreatMissingData.BREACHING,
        what=f"For {LOOKS_LATE * DATABASE_MINUTES} minutes, a restore of the database to its latest moment "
        f"would have lost more than {late:g} minutes, or nobody could say how many",
        do="make a dump by hand, then look at the status, the backup retention and the free storage of the "
        "database",
        runbook="restorable-time",
    )
