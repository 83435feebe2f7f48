"""Buckets, queues and the rules for what they hold."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.values import Model, Name, worded

INFREQUENT_ACCESS_DAYS = 30
"""S3 takes objects into STANDARD_IA no earlier."""


class Transition(Model):
    """Move objects to a cheaper storage class after some days."""

    after_days: int = Field(ge=0)
    storage_class: Literal["STANDARD_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        if self.storage_class == "STANDARD_IA" and self.after_days < INFREQUENT_ACCESS_DAYS:
            raise ValueError(
                f"after_days must be at least {INFREQUENT_ACCESS_DAYS} for STANDARD_IA, got {self.after_days}"
            )
        return self


class Bucket(Model):
    """A private, versioned, encrypted S3 bucket of a region."""

    name: Name
    """The purpose, such as ``uploads``; the physical name adds system, environment, account and region."""
    transitions: tuple[Transition, ...] = ()
    expire_after_days: int | None = Field(default=None, ge=1)
    keep_old_versions_days: int = Field(default=30, ge=1)
    """How long an overwritten or deleted object can be brought back."""
    replica: Name | None = None
    """Name of a copy kept in the recovery region; left out, there is none."""
    lock_days: int | None = Field(default=None, ge=1)
    """Object Lock in governance mode for this long; for archives."""

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        expires = self.expire_after_days
        if expires is None:
            return self
        for step in self.transitions:
            if expires <= step.after_days:
                raise ValueError(
                    f"expire_after_days of bucket {self.name} must exceed the days before its transition to "
                    f"{step.storage_class} ({step.after_days}), got {expires}"
                )
        if self.lock_days is not None and expires < self.lock_days:
            raise ValueError(
                f"expire_after_days of bucket {self.name} must be at least its lock_days ({self.lock_days}), "
                f"got {expires}"
            )
        return self


class Queue(Model):
    """An SQS queue with its dead-letter queue."""

    name: Name
    visibility_timeout_seconds: int = Field(default=60, ge=1, le=43200)
    """Longer than the slowest job, else a job runs twice."""
    max_receives: int = Field(default=5, ge=1)
    """Attempts before a message moves to the dead-letter queue."""
    alarm_age_minutes: int = Field(default=15, ge=1, le=4 * 24 * 60)
    """Somebody is told when a message has waited so long. SQS keeps it four days here."""


class Volume(Model):
    """Files that outlive the task: an encrypted EFS file system, or a folder of a host's data volume."""

    mount_path: Annotated[str, worded(r"/\S*", "an absolute path, such as /data")]
    backup_days: int = Field(default=35, ge=1)
