"""What is promised for a bad day, and the copies that keep the promise."""

from typing import Literal

from pydantic import Field

from config.values import Model, Name, TimeOfDay


class DatabaseDump(Model):
    """A pg_dump into a bucket, beside point-in-time recovery: readable without AWS.

    How long a dump is kept, and whether another region has a copy, is the bucket's to say.
    """

    bucket: Name
    every: Literal["day", "week"] = "day"
    """``week`` is Sunday."""
    at: TimeOfDay = "02:00"
    """UTC."""

    @property
    def hours_between(self) -> int:
        """Hours from one to the next."""
        return {"day": 24, "week": 7 * 24}[self.every]


UPLOAD_MINUTES = 5
"""RDS uploads the transaction log of an instance this often, and Aurora says the same of its own: what was
written since the last upload is what a restore to the latest moment loses."""


class RecoveryTargets(Model):
    """What users were told; the restore drill measures it."""

    restore_hours: float = Field(gt=0)
    """Recovery time objective: hours until service is back after a catastrophe."""
    loss_hours: float = Field(gt=0)
    """Recovery point objective of the dumps: hours of data that may be lost with the database."""
    point_in_time_minutes: float | None = Field(default=None, ge=UPLOAD_MINUTES)
    """Recovery point objective of RDS's own backups: minutes that a restore to the latest moment may lose.

    None where nobody was promised a number: then nothing measures it.
    """
    availability_percent: float = Field(ge=90, lt=100)
    drill_days: int = Field(default=90, ge=1)
    """A restore must have been rehearsed within this many days; else an alarm says so."""

    @property
    def late_minutes(self) -> float | None:
        """Beyond how many minutes the latest moment is late: a whole upload was missed.

        A healthy database swings between nothing and the target, a little more while an upload is on its way.
        """
        return None if self.point_in_time_minutes is None else self.point_in_time_minutes + UPLOAD_MINUTES
