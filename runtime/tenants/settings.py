"""What the functions are told of their region and tier, by the deployment that made them."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import boto3
from botocore.config import Config

_PATIENCE = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 8})


@cache
def client(service: str, region: str | None = None) -> Any:
    """An AWS client that waits out throttling, as ten tenants at once cause it."""
    return boto3.client(service, region_name=region, config=_PATIENCE)  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Of one tier in one region."""

    system: str
    environment: str
    tier: str
    region_key: str
    shard: str
    residency: str
    platform: str
    sizes: tuple[str, ...]
    quotas: Mapping[str, int]
    services: int
    """How many of its own each tenant has."""
    stack_prefix: str
    registry: str
    routing: str
    home_region: str
    retention_days: int
    source_kept_days: int
    pool_origin: str
    """Host that answers for organizations of the pool here."""
    owner_secret: str
    """Output of a tenant's stack with the login of who owns its tables."""
    moves: str
    """Bucket with what steps of moves said."""
    exports: str
    """Bucket of exports, or nothing: then ``no_exports`` is the reason."""
    no_exports: str
    last_priority: int
    place: Mapping[str, str]
    """Parameters of a tenant's stack that are the same for all."""

    def database(self, tenant: str) -> str:
        """The name of a tenant's database instance."""
        return f"{self.system}-{tenant}-{self.environment}"


def short(run: str) -> str:
    """What tells a run apart in names: the names of runs themselves may begin alike."""
    return sha256(run.encode()).hexdigest()[:8]


@cache
def settings() -> Settings:
    """What the environment says."""
    told = json.loads(os.environ["TIER"])
    return Settings(place=json.loads(os.environ["PLACE"]), **{**told, "sizes": tuple(told["sizes"])})
