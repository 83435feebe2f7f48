"""What a later phase must never do: lose, move or replace what holds data."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from config.database import AuroraServerless, Database
from config.region import Region
from config.routing import MOST_NEW_REPLICAS

if TYPE_CHECKING:
    from config.deployment import Deployment


def check_growth(before: "Deployment", after: "Deployment") -> None:
    """Refuse a step that CloudFormation would answer with a replacement or a loss.

    Raises:
        ValueError: names what must stay, what it was and what it would become.
    """
    for complaint in (
        *_places(before, after),
        *_network(before, after),
        *_database(before.database, after.database),
        *_storage(before.database, after.database),
        *_cache(before, after),
        *_routing(before, after),
    ):
        raise ValueError(f"phase {after.phase} {complaint}")


def _places(before: "Deployment", after: "Deployment") -> Iterator[str]:
    if before.home.key != after.home.key:
        yield (
            f"must keep {before.home.key} as its first region, where what exists once lives, "
            f"got {after.home.key}"
        )
    later = {region.key: region for region in after.regions}
    for region in before.regions:
        if region.key in later:
            yield from _region(region, later[region.key])
        else:
            yield f"must keep region {region.key}, and with it its data, got {', '.join(later)}"


def _region(before: Region, after: Region) -> Iterator[str]:
    for field in ("name", "cidr"):
        was, becomes = getattr(before, field), getattr(after, field)
        if was != becomes:
            yield f"must keep {field} {was} of region {before.key}, got {becomes}"
    if after.zones[: len(before.zones)] != before.zones:
        yield (
            f"must keep zones {', '.join(before.zones)} of region {before.key} first, "
            f"got {', '.join(after.zones)}"
        )
    keys = [shard.key for shard in after.shards]
    for shard in before.shards:
        if shard.key not in keys:
            yield (
                f"must keep shard {shard.key} of region {before.key}, and with it its data, "
                f"got {', '.join(keys)}"
            )


def _network(before: "Deployment", after: "Deployment") -> Iterator[str]:
    if after.network.cidr != before.network.cidr:
        yield f"must keep cidr {before.network.cidr} of the network, got {after.network.cidr}"
    if after.network.zones < before.network.zones:
        yield f"must keep at least {before.network.zones} zones, got {after.network.zones}"
    kept = list(after.network.subnets())
    for subnet in before.network.subnets():
        if subnet not in kept:
            yield (
                f"must keep {subnet.group.lower()} subnet {subnet.cidr} in zone {subnet.zone_index + 1}, "
                f"got {', '.join(other.cidr for other in kept if other.group == subnet.group)}"
            )


def _database(
    before: Database | AuroraServerless | None, after: Database | AuroraServerless | None
) -> Iterator[str]:
    if before is None or after is None:
        return
    for field in ("kind", "name", "master_username", "port"):
        was, becomes = getattr(before, field), getattr(after, field)
        if was != becomes:
            yield f"must keep {field} {was} of the database, got {becomes}"
    for field in ("major", "storage_gib", "max_storage_gib", "backup_days"):
        was, becomes = getattr(before, field, None), getattr(after, field, None)
        if was is not None and becomes is not None and becomes < was:
            yield f"must not lower database.{field}: at least {was}, got {becomes}"


def _storage(
    before: Database | AuroraServerless | None, after: Database | AuroraServerless | None
) -> Iterator[str]:
    if not isinstance(before, Database) or not isinstance(after, Database):
        return
    ceiling = before.max_storage_gib
    if after.storage_gib != before.storage_gib and after.storage_gib < ceiling:
        yield (
            f"must raise database.storage_gib to {ceiling} at least: storage may have grown by itself to the "
            f"ceiling of the phase before, and RDS never shrinks it, got {after.storage_gib}"
        )


def _cache(before: "Deployment", after: "Deployment") -> Iterator[str]:
    if before.cache is None or after.cache is None:
        return
    if after.cache.version < before.cache.version:
        yield f"must not lower cache.version: at least {before.cache.version}, got {after.cache.version}"
    if after.cache.transit_encryption != before.cache.transit_encryption:
        yield (
            f"must keep cache.transit_encryption {before.cache.transit_encryption}: changing it replaces "
            f"the cache, got {after.cache.transit_encryption}"
        )


def _routing(before: "Deployment", after: "Deployment") -> Iterator[str]:
    if before.routing is None or after.routing is None:
        return
    known = {region.key for region in before.regions}
    added = [region.key for region in after.regions if region.key not in known]
    if len(added) > MOST_NEW_REPLICAS:
        yield (
            f"must add at most {MOST_NEW_REPLICAS} region, since CloudFormation adds one replica of the "
            f"routing table in a deployment, got {', '.join(added)}: give each a phase of its own"
        )
