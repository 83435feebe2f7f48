"""The access table of a region: that of each of its shards, and what its NAT instance passes on.

Shards of a region share a network, so what tells their security groups apart is a tag: nothing of one shard
may reach anything of another, and that is proved as the rest is.
"""

from typing import TYPE_CHECKING

from config.access import INTERNET, AccessRule
from config.network import NAT_GROUP, PRIVATE_SUBNETS
from config.region import Region

if TYPE_CHECKING:
    from config.deployment import Deployment

SHARD_TAG = "cambium:shard"
"""Carries the key of the shard a security group is of; the groups of the first have none."""
FIRST = "1"
_OF_SHARD = " of shard "
_SHARED = (INTERNET, NAT_GROUP, PRIVATE_SUBNETS)
"""Ends of connections that all shards of a region have in common."""


def called(group: str, shard_key: str) -> str:
    """The name of a group of the access table among those of all shards: plain in the first."""
    return group if shard_key == FIRST or group in _SHARED else f"{group}{_OF_SHARD}{shard_key}"


def plain(name: str) -> tuple[str, str]:
    """The group that ``called`` made ``name`` of, and the key of its shard."""
    group, _, key = name.partition(_OF_SHARD)
    return group, key or FIRST


def regional_access(deployment: "Deployment", region: Region) -> tuple[AccessRule, ...]:
    """Every connection that security groups of ``region`` allow."""
    of_shards = (
        rule.model_copy(
            update={"source": called(rule.source, shard.key), "target": called(rule.target, shard.key)}
        )
        for shard in region.shards
        for rule in (*deployment.access, *deployment.left_access)
    )
    return (*of_shards, *deployment.nat_access, *deployment.tenant_access)
