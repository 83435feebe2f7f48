"""The database of a shard: what it is and how large."""

from typing import Literal, Self

from pydantic import Field, model_validator

from config.aws_limits import GP3_IOPS_STORAGE_GIB, INSTANCE_MEMORY_GIB, InstanceClass
from config.postgres import AuroraVersion, PostgresDatabase, PostgresVersion
from config.postgres import DatabaseRole as DatabaseRole
from config.postgres import Unprotected as Unprotected

EnhancedMonitoring = Literal[0, 1, 5, 10, 15, 30, 60]
Insights = Literal["standard", "advanced"]


class Database(PostgresDatabase):
    """PostgreSQL on an RDS instance."""

    kind: Literal["instance"] = "instance"
    version: PostgresVersion
    instance_class: InstanceClass
    """Without the ``db.`` prefix, such as ``t4g.medium``."""
    storage_gib: int = Field(ge=20, le=65536)
    max_storage_gib: int = Field(ge=20, le=65536)
    """Ceiling for storage autoscaling."""
    storage_alarm_percent: int = Field(default=80, ge=10, le=95)
    """Say so when this much of the storage is used."""
    iops: int | None = Field(default=None, ge=12000, le=64000)
    """More than gp3's own 12000, from 400 GiB of storage on; below that gp3 has 3000 and no choice."""
    multi_az: bool
    """Keep a standby in a second Availability Zone; about doubles the price."""
    read_replicas: int = Field(default=0, ge=0, le=15)
    work_mem_mib: int = Field(default=32, ge=1)
    enhanced_monitoring_seconds: EnhancedMonitoring = 60
    """0 is off."""
    insights: Insights = "standard"
    """CloudWatch Database Insights; advanced keeps 15 months and is billed per vCPU."""

    @model_validator(mode="after")
    def _check_storage(self) -> Self:
        # RDS asks for at least 10 % of head room before it scales storage by itself.
        if self.max_storage_gib < self.storage_gib * 1.1:
            raise ValueError(
                f"max_storage_gib must exceed storage_gib ({self.storage_gib}) by at least 10 %, "
                f"got {self.max_storage_gib}"
            )
        if self.iops is not None and self.storage_gib < GP3_IOPS_STORAGE_GIB:
            raise ValueError(
                f"iops needs storage_gib to be at least {GP3_IOPS_STORAGE_GIB}, got {self.storage_gib}"
            )
        return self

    @property
    def memory_mib(self) -> int:
        """Memory of the instance class."""
        return INSTANCE_MEMORY_GIB[self.instance_class] * 1024

    @property
    def shared_buffers_mib(self) -> int:
        """A quarter of the memory, PostgreSQL's usual starting point."""
        return self.memory_mib // 4

    @property
    def effective_cache_size_mib(self) -> int:
        """Three quarters of the memory: what the planner may assume is cached."""
        return self.memory_mib * 3 // 4

    @property
    def maintenance_work_mem_mib(self) -> int:
        """A sixteenth of the memory, for VACUUM and index builds."""
        return self.memory_mib // 16


DEFAULT_PAUSE_SECONDS = 300
"""What Aurora does when it is not told."""


class AuroraServerless(PostgresDatabase):
    """PostgreSQL on Aurora Serverless v2, for environments that are idle most of the day."""

    kind: Literal["aurora-serverless"] = "aurora-serverless"
    version: AuroraVersion
    min_capacity_acu: float = Field(ge=0, le=256)
    """0 lets the cluster pause; anything above never pauses and is billed day and night."""
    max_capacity_acu: float = Field(ge=1, le=256)
    pause_after_seconds: int | None = Field(default=None, ge=300, le=86400)

    @property
    def pauses_after_seconds(self) -> int | None:
        """Idle seconds until the cluster pauses; None when it never does."""
        return None if self.min_capacity_acu else self.pause_after_seconds or DEFAULT_PAUSE_SECONDS

    @model_validator(mode="after")
    def _check_pause(self) -> Self:
        if self.pause_after_seconds is not None and self.min_capacity_acu != 0:
            raise ValueError(
                f"min_capacity_acu must be 0 for the cluster to pause, got {self.min_capacity_acu:g}"
            )
        if self.max_capacity_acu < self.min_capacity_acu:
            raise ValueError(
                f"max_capacity_acu must be at least min_capacity_acu ({self.min_capacity_acu:g}), "
                f"got {self.max_capacity_acu:g}"
            )
        return self
