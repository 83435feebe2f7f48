"""What holds for every description, tried on many of them."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.access import INTERNET, access_rules
from config.cache import Cache
from config.catalog import load_system
from config.changes import DatabaseChange, ScalingChange, ServiceChange
from config.database import AuroraServerless, Database, DatabaseRole
from config.network import MAX_ZONES, NatGateways, Network, NoNat
from config.pool import ConnectionPool
from config.scaling import Scaling
from config.service import Service
from config.sources import CacheUrl, DatabaseUrl, ReplicaUrls

POOL = ConnectionPool(tasks=1, pool_sizes={"app": 5}, max_server_connections=5)
FEW = settings(max_examples=60, database=None)
SYSTEMS = ("chatbot", "notes", "reptidex", "restartix", "restartix-fargate", "vantrexia")


@pytest.fixture(params=SYSTEMS)
def name(request: pytest.FixtureRequest, newcomer: None) -> str:
    return str(request.param)


def every_step(name: str) -> Iterator[tuple[str, int]]:
    system = load_system(name)
    for environment in system.environments:
        for phase in range(1, len(system.phases) + 1):
            yield environment.name, phase


# Networks


@st.composite
def networks(draw: st.DrawFn) -> Network:
    prefix = draw(st.integers(16, 25))
    number = draw(st.integers(0, 2 ** (prefix - 8) - 1))
    first = int(IPv4Network("10.0.0.0/8").network_address)
    cidr = str(IPv4Network((first + (number << (32 - prefix)), prefix)))
    zones = draw(st.integers(1, MAX_ZONES))
    nat = draw(st.sampled_from([NoNat(), NatGateways(count=1), NatGateways(count=zones)]))
    return Network(cidr=cidr, zones=zones, nat=nat)


@FEW
@given(networks())
def test_subnets_lie_inside_and_never_overlap(network: Network) -> None:
    subnets = [IPv4Network(subnet.cidr) for subnet in network.subnets()]

    assert len(subnets) == 2 * network.zones
    assert all(subnet.subnet_of(IPv4Network(network.cidr)) for subnet in subnets)
    assert not any(a.overlaps(b) for a in subnets for b in subnets if a is not b)


@FEW
@given(networks().filter(lambda network: network.zones < MAX_ZONES))
def test_another_zone_moves_no_subnet(network: Network) -> None:
    wider = Network.model_validate({**dict(network), "zones": network.zones + 1})

    assert set(map(str, network.subnets())) < set(map(str, wider.subnets()))


# Changes

DATABASE = Database(
    name="shop",
    master_username="shop_admin",
    version="17.11",
    instance_class="t4g.small",
    storage_gib=50,
    max_storage_gib=400,
    multi_az=True,
    max_connections=100,
    roles=(DatabaseRole(name="shop_owner", kind="owner"), DatabaseRole(name="shop", kind="application")),
)

DATABASE_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "instance_class": st.sampled_from(["t4g.medium", "r6g.large"]),
    "storage_gib": st.integers(20, 300),
    "multi_az": st.booleans(),
    "max_connections": st.integers(20, 900),
    "read_replicas": st.integers(0, 5),
    "backup_days": st.integers(1, 35),
}


@FEW
@given(st.fixed_dictionaries({}, optional=DATABASE_FIELDS))
def test_a_change_alters_only_what_it_gives(fields: dict[str, Any]) -> None:
    changed = DatabaseChange(**fields).onto(DATABASE)

    assert dict(changed) == {**dict(DATABASE), **fields}


SCALING_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "max": st.integers(2, 20),
    "concurrency": st.integers(1, 200),
    "cpu_percent": st.integers(40, 95),
}


@FEW
@given(
    st.fixed_dictionaries({}, optional=SCALING_FIELDS),
    st.dictionaries(st.sampled_from(["A", "B", "C"]), st.text(max_size=3)),
)
def test_a_change_inside_a_change_does_too(fields: dict[str, Any], told: dict[str, str]) -> None:
    scaling = Scaling(min=2, max=3, concurrency=50, in_cpu_percent=20)
    service = Service(name="api", port=1, cpu=256, memory_mib=512, scaling=scaling, environment={"A": "a"})

    changed = ServiceChange(scaling=ScalingChange(**fields), environment=told).onto(service)

    assert dict(changed.scaling) == {**dict(scaling), **fields}
    assert dict(changed.environment) == {"A": "a", **told}
    assert {key: value for key, value in changed if key not in ("scaling", "environment")} == {
        key: value for key, value in service if key not in ("scaling", "environment")
    }


# Resolving


def test_resolving_is_deterministic(name: str) -> None:
    for environment, phase in every_step(name):
        once, again = (load_system(name).resolve(environment, phase) for _ in range(2))
        assert once is not again
        assert once.model_dump_json() == again.model_dump_json()


def test_resolving_changes_nothing(name: str) -> None:
    before = load_system(name).model_dump_json()

    for environment, phase in every_step(name):
        load_system(name).resolve(environment, phase)

    assert load_system(name).model_dump_json() == before


def test_a_deployment_cannot_be_changed(name: str) -> None:
    for environment, phase in every_step(name):
        deployment = load_system(name).resolve(environment, phase)
        with pytest.raises(ValueError, match="frozen"):
            deployment.phase = 9  # type: ignore[misc]
        with pytest.raises(ValueError, match="frozen"):
            deployment.services[0].cpu = 9  # type: ignore[misc]
        for mapping in (deployment.services[0].environment, deployment.services[0].secrets):
            with pytest.raises(TypeError):
                mapping["X"] = "y"  # type: ignore[index]


def test_stacks_of_a_phase_are_stacks_of_the_next(name: str) -> None:
    system = load_system(name)

    for environment in system.environments:
        earlier: set[str] = set()
        for phase in range(1, len(system.phases) + 1):
            deployment = system.resolve(environment.name, phase)
            stacks = {
                deployment.stack_name(role, region, shard)
                for region, shard in deployment.shards()
                for role in ("network", "data", "compute")
            }
            assert earlier <= stacks
            earlier = stacks


# Access

ROLE = "shop"
SECRETS = {
    "DATABASE_URL": DatabaseUrl(role=ROLE),
    "DIRECT_URL": DatabaseUrl(role=ROLE, direct=True),
    "REPLICA_URLS": ReplicaUrls(role=ROLE),
    "REDIS_URL": CacheUrl(),
}


@st.composite
def products(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True))
    keys = st.lists(st.sampled_from(sorted(SECRETS)), unique=True)
    services = tuple(
        Service(
            name=name,
            port=draw(st.sampled_from([None, 8000 + position])),
            cpu=256,
            memory_mib=512,
            group=draw(st.sampled_from(["compute", "other"])),
            public=draw(st.booleans()),
            calls=tuple(draw(st.lists(st.sampled_from(names), unique=True))),
            database_pool=1,
            secrets={key: SECRETS[key] for key in draw(keys)},
        )
        for position, name in enumerate(names)
    )
    replicas = Database.model_validate({**dict(DATABASE), "read_replicas": draw(st.integers(0, 2))})
    return {
        "services": services,
        "database": draw(st.sampled_from([None, replicas])),
        "cache": draw(st.sampled_from([None, Cache(engine="valkey", version="8.1", node_type="t4g.micro")])),
        "pool": draw(st.sampled_from([None, POOL])),
        "platform": draw(st.sampled_from(["fargate", "app-runner", "host"])),
    }


@FEW
@given(products())
def test_access_rules_are_sorted_and_unique(product: dict[str, Any]) -> None:
    lines = [str(rule) for rule in access_rules(**product)]

    assert lines == sorted(set(lines))


@FEW
@given(products())
def test_every_service_has_the_ways_it_needs(product: dict[str, Any]) -> None:
    lines = {str(rule) for rule in access_rules(**product)}
    database, pool, cache = product["database"], product["pool"], product["cache"]

    for service in product["services"]:
        # All services of a host are one machine.
        group = "host" if product["platform"] == "host" else service.group
        assert f"{group} -> internet:443" in lines
        if cache is not None and service.uses_cache and product["platform"] != "host":
            assert f"{group} -> cache:6379" in lines
        if database is not None and "DATABASE_URL" in service.secrets:
            assert f"{group} -> {'connection-pool-door:6432' if pool else 'database:5432'}" in lines
        if database is not None and "DIRECT_URL" in service.secrets:
            assert f"{group} -> database:5432" in lines
        if product["platform"] == "fargate" and service.public and service.port:
            assert f"load-balancer -> {group}:{service.port}" in lines


@FEW
@given(products())
def test_data_starts_no_connection_and_meets_no_stranger(product: dict[str, Any]) -> None:
    rules = access_rules(**product)

    assert not {"database", "cache"} & {rule.source for rule in rules}
    assert not {"database", "cache", "connection-pool", "connection-pool-door"} & {
        rule.target for rule in rules if rule.source == INTERNET
    }


def test_aurora_has_no_replicas_to_reach() -> None:
    service = Service(
        name="api", port=1, cpu=256, memory_mib=512, database_pool=1, secrets={"U": ReplicaUrls(role=ROLE)}
    )
    aurora = AuroraServerless(
        name="shop",
        master_username="shop_admin",
        version="17.11",
        roles=DATABASE.roles,
        min_capacity_acu=0,
        max_capacity_acu=1,
        max_connections=100,
    )

    rules = access_rules(services=(service,), database=aurora, cache=None, pool=None, platform="fargate")

    assert "database" not in {rule.target for rule in rules}
