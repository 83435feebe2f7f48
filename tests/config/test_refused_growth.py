"""A phase that would lose, move or replace what holds data is refused before CloudFormation is asked."""

from collections.abc import Callable
from typing import Any

import pytest

from config.cache import Cache, NoTransitEncryption
from config.changes import CacheChange, DatabaseChange, NetworkChange, Phase
from config.database import AuroraServerless, Database
from config.environment import Environment
from config.network import NatGateways
from config.region import Region, Shard
from config.system import System

Product = Callable[..., System]
Refusal = Callable[[Callable[[], object]], str]

ZONES = ("eu-north-1a", "eu-north-1b")
SE = Region(key="se", name="eu-north-1", zones=ZONES)
IE = Region(key="ie", name="eu-west-1", zones=("eu-west-1a", "eu-west-1b"), cidr="10.1.0.0/16")
WIDE = NetworkChange(zones=3, nat=NatGateways(count=1))


def moved(**fields: Any) -> Region:
    return Region.model_validate({**dict(SE), **fields})


LOSSES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "storage shrinks": (
        {"database": DatabaseChange(storage_gib=60)},
        {"database": DatabaseChange(storage_gib=50)},
        "phase 2 must not lower database.storage_gib: at least 60, got 50",
    ),
    "the ceiling comes down on what has already grown": (
        {},
        {"database": DatabaseChange(max_storage_gib=50)},
        "phase 2 must not lower database.max_storage_gib: at least 100, got 50",
    ),
    "storage that may have grown by itself to the ceiling": (
        {},
        {"database": DatabaseChange(storage_gib=60, max_storage_gib=200)},
        "phase 2 must raise database.storage_gib to 100 at least: storage may have grown by itself to the "
        "ceiling of the phase before, and RDS never shrinks it, got 60",
    ),
    "backups disappear": (
        {},
        {"database": DatabaseChange(backup_days=1)},
        "phase 2 must not lower database.backup_days: at least 7, got 1",
    ),
    "a zone goes": (
        {"network": WIDE, "regions": (moved(zones=(*ZONES, "eu-north-1c")),)},
        {"network": NetworkChange(zones=2)},
        "phase 2 must keep at least 3 zones, got 2",
    ),
    "zones change places": (
        {},
        {"regions": (moved(zones=("eu-north-1b", "eu-north-1a")),)},
        "phase 2 must keep zones eu-north-1a, eu-north-1b of region se first, got eu-north-1b, eu-north-1a",
    ),
    "a subnet moves": (
        {},
        {"network": NetworkChange(public_cidrs=("10.0.96.0/24", "10.0.97.0/24"))},
        "phase 2 must keep public subnet 10.0.0.0/19 in zone 1, got 10.0.96.0/24, 10.0.97.0/24",
    ),
    "a region that a phase added goes": (
        {"regions": (SE, IE)},
        {"regions": (SE,)},
        "phase 2 must keep region ie, and with it its data, got se",
    ),
    "another region becomes the first": (
        {"regions": (SE, IE)},
        {"regions": (IE, SE)},
        "phase 2 must keep se as its first region, where what exists once lives, got ie",
    ),
    "a region moves": (
        {"regions": (SE, IE)},
        {"regions": (SE, Region.model_validate({**dict(IE), "cidr": "10.2.0.0/16"}))},
        "phase 2 must keep cidr 10.1.0.0/16 of region ie, got 10.2.0.0/16",
    ),
    "a shard goes": (
        {"regions": (moved(shards=(Shard(key="1"), Shard(key="2"))),)},
        {"regions": (SE,)},
        "phase 2 must keep shard 2 of region se, and with it its data, got 1",
    ),
    "the cache goes back a version": (
        {},
        {"cache": CacheChange(version="7.2")},
        "phase 2 must not lower cache.version: at least 8.1, got 7.2",
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_growth_loses_nothing(loss: str, product: Product, refusal: Refusal) -> None:
    first, second, words = LOSSES[loss]
    phases = (Phase(title="one", **first), Phase(title="two", **second))
    cache = Cache(engine="valkey", version="8.1", node_type="t4g.micro")
    system = product(phases=phases, cache=cache)

    # Said in phase 1 already: nobody should learn it on the day of growth.
    assert words in refusal(lambda: system.resolve("production", 1))
    assert words in refusal(lambda: system.resolve("production", 2))


def test_growth_drops_no_region_of_the_environment(product: Product, refusal: Refusal) -> None:
    phases = (Phase(title="one"), Phase(title="two", regions=(IE,)))

    assert "phase 2 must keep region se, and with it its data, got ie" in refusal(
        lambda: product(phases=phases).resolve("production", 2)
    )


def test_growth_keeps_the_kind_of_database(product: Product, refusal: Refusal) -> None:
    database = product().database
    assert isinstance(database, Database)
    aurora = AuroraServerless(
        name=database.name,
        master_username=database.master_username,
        version="17.11",
        roles=database.roles,
        min_capacity_acu=1,
        max_capacity_acu=8,
        max_connections=100,
    )
    phases = (Phase(title="one"), Phase(title="two", aurora=aurora))

    assert refusal(lambda: product(phases=phases).resolve("production", 2)) == (
        "phase 2 must keep kind instance of the database, got aurora-serverless"
    )


def test_growth_does_not_replace_the_cache(product: Product, refusal: Refusal) -> None:
    off = CacheChange(transit_encryption=NoTransitEncryption(reason="nobody real is here"))
    cache = Cache(engine="valkey", version="8.1", node_type="t4g.micro")
    staging = Environment.model_validate({**dict(product().environments[0]), "production": False})
    phases = (Phase(title="one"), Phase(title="two", cache=off))
    system = product(phases=phases, cache=cache, environments=(staging,))

    assert refusal(lambda: system.resolve("production", 2)).startswith(
        "phase 2 must keep cache.transit_encryption True: changing it replaces the cache, got reason="
    )


def test_every_step_on_the_way_is_checked(product: Product, refusal: Refusal) -> None:
    phases = (
        Phase(title="one", database=DatabaseChange(storage_gib=60)),
        Phase(title="two", database=DatabaseChange(storage_gib=50)),
        Phase(title="three", database=DatabaseChange(storage_gib=70)),
    )

    assert "phase 2 must not lower database.storage_gib" in refusal(
        lambda: product(phases=phases).resolve("production", 3)
    )


@pytest.mark.parametrize(
    "change", [{"storage_gib": 100, "max_storage_gib": 200}, {"max_storage_gib": 200}, {"multi_az": True}]
)
def test_growth_may_raise_storage_from_the_ceiling_on_or_leave_it(
    change: dict[str, Any], product: Product
) -> None:
    phases = (Phase(title="one"), Phase(title="two", database=DatabaseChange(**change)))

    assert product(phases=phases).resolve("production", 2).phase == 2


def test_growth_may_add_a_zone_a_region_and_a_shard(product: Product) -> None:
    wider = moved(zones=(*ZONES, "eu-north-1c"), shards=(Shard(key="1"), Shard(key="2")))
    ie = Region.model_validate({**dict(IE), "zones": (*IE.zones, "eu-west-1c")})
    phases = (Phase(title="one"), Phase(title="two", network=WIDE, regions=(wider, ie)))

    grown = product(phases=phases).resolve("production", 2)

    assert [(region.key, shard.key) for region, shard in grown.shards()] == [
        ("se", "1"),
        ("se", "2"),
        ("ie", "1"),
    ]
