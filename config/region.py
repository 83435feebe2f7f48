"""Where a deployment runs: regions, and the shards inside them."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from config.values import Cidr, Model, Name, RegionCode, worded

Residency = Literal["EU", "US"]
"""Where data may have to stay."""
EUROPEAN_UNION = (
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-3",
)
"""AWS regions inside the European Union: London (eu-west-2) and Zurich (eu-central-2) are not."""


class Shard(Model):
    """One database with the services that use it. Its key is in stack names, so it never changes."""

    key: Annotated[str, worded(r"[1-9][0-9]?", 'a number as text, "1" to "99"')]

    @property
    def suffix(self) -> str:
        """What its physical names end in: nothing for shard 1, ``-2`` for shard 2."""
        return "" if self.key == "1" else f"-{self.key}"


class Region(Model):
    """An AWS region with its own network. Its key is in stack names, so it never changes."""

    key: Name
    """A short word of your own, such as ``eu``."""
    name: RegionCode
    """The AWS name, such as ``eu-central-1``."""
    zones: tuple[str, ...] = Field(min_length=1)
    """Availability Zones to use, in order. Stated, so that synthesis asks nobody and never changes."""
    cidr: Cidr | None = None
    """Addresses of this region's VPC, where they differ from the system's."""
    recovery_region: RegionCode | None = None
    """Where copies of this region's backups go, where that is not the environment's recovery region."""
    shards: tuple[Shard, ...] = Field(default=(Shard(key="1"),), min_length=1)

    @property
    def residency(self) -> Residency | None:
        """Where data in it stays; None for a region that is in neither place."""
        return residency_of(self.name)

    @model_validator(mode="after")
    def _check(self) -> Self:
        for zone in self.zones:
            if not re.fullmatch(rf"{self.name}[a-f]", zone):
                raise ValueError(f"zone {zone} must lie in region {self.name}, such as {self.name}a")
        if len(set(self.zones)) != len(self.zones):
            raise ValueError(f"region {self.key} must name each zone once, got {', '.join(self.zones)}")
        keys = [shard.key for shard in self.shards]
        if len(set(keys)) != len(keys):
            raise ValueError(
                f"region {self.key} must have shards with keys of their own, got {', '.join(keys)}"
            )
        return self


def residency_of(region_name: str) -> Residency | None:
    """Where data in the AWS region of that name stays; None where that is neither the EU nor the US."""
    if region_name in EUROPEAN_UNION:
        return "EU"
    return "US" if re.match(r"us-(east|west)-", region_name) else None


def shards(count: int) -> tuple[Shard, ...]:
    """So many shards, numbered from 1."""
    return tuple(Shard(key=str(number)) for number in range(1, count + 1))


def european_home(**fields: Any) -> Region:
    """Frankfurt, with the zones every account there has; ``fields`` are what else is said of it."""
    zones = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
    return Region(key="eu", name="eu-central-1", zones=zones, **fields)


def american_home(**fields: Any) -> Region:
    """Northern Virginia."""
    return Region(key="us", name="us-east-1", zones=("us-east-1a", "us-east-1b", "us-east-1c"), **fields)


def irish_home(**fields: Any) -> Region:
    """Ireland."""
    return Region(key="ie", name="eu-west-1", zones=("eu-west-1a", "eu-west-1b", "eu-west-1c"), **fields)
