"""Alarms for what should have happened and did not: a backup, and a rehearsal of bringing one back."""

from aws_cdk import aws_cloudwatch as cloudwatch

from cambium.alarms import Alarms
from cambium.backups import Backup
from cambium.recovery_watch import days_since_drill, hours_since_backup
from config.names import words
from config.recovery import DatabaseDump

LATE_HOURS = 2
"""A dump may take so much longer than the one before, its retries included."""
HOURS_SILENT = 3


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
