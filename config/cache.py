"""The cache of a shard."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.values import Model, OptOut, PortNumber, either, worded

KNOWN_VERSIONS = {"redis": ("7.0", "7.1"), "valkey": ("7.2", "8.0", "8.1", "8.2", "9.0", "9.1")}
"""Versions ElastiCache creates (registry schemas in cfn-lint 1.58.0)."""


class NoTransitEncryption(OptOut):
    """Traffic to the cache in clear text."""


TransitEncryption = Annotated[
    Literal[True] | NoTransitEncryption, either('True or NoTransitEncryption(reason="...")')
]
CacheNodeType = Annotated[
    str, worded(r"[a-z0-9]+\.[a-z0-9]+", "a node type without the cache. prefix, such as t4g.micro")
]


class Cache(Model):
    """Redis or Valkey on ElastiCache, cluster mode off."""

    engine: Literal["redis", "valkey"]
    version: str
    node_type: CacheNodeType
    """Without the ``cache.`` prefix, such as ``t4g.micro``."""
    replicas: int = Field(default=0, ge=0, le=5)
    """None means that a failed node loses what it held until it is rebuilt."""
    transit_encryption: TransitEncryption = True
    snapshot_days: int = Field(default=0, ge=0, le=35)
    """0 for data that may be lost, such as rate limits."""
    port: PortNumber = 6379

    @model_validator(mode="after")
    def _check_version(self) -> Self:
        known = KNOWN_VERSIONS[self.engine]
        if self.version not in known:
            raise ValueError(
                f"version of {self.engine} must be one of {', '.join(known)}, got {self.version!r}"
            )
        return self
