"""A connection pool fits its clients and its database, or is refused with the number to change."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.catalog import load_system
from config.changes import Changes, ScalingChange, ServiceChange
from config.connection_budget import ConnectionBudget, connection_budgets
from config.database import AuroraServerless, Database
from config.deployment import Deployment
from config.environment import Environment
from config.pool import ConnectionPool
from config.scaling import Scaling
from config.service import Service
from config.sources import DatabaseUrl
from config.system import System

Refusal = Callable[[Callable[[], object]], str]


def pool(**fields: Any) -> ConnectionPool:
    sizes = {"tasks": 2, "pool_sizes": {"restartix_owner": 8, "restartix": 17}, "max_server_connections": 25}
    return ConnectionPool(**{**sizes, **fields})


def changed(name: str = "production", **changes: Any) -> Callable[[], Deployment]:
    """RestartiX on Fargate with some things changed in one environment."""
    system = load_system("restartix-fargate")

    def resolve() -> Deployment:
        environments = [
            Environment.model_validate({**dict(one), "changes": Changes(**{**dict(one.changes), **changes})})
            if one.name == name
            else one
            for one in system.environments
        ]
        return System.model_validate({**dict(system), "environments": environments}).resolve(name)

    return resolve


def budgets(environment: str, phase: int) -> dict[str, ConnectionBudget]:
    found = load_system("restartix-fargate").resolve(environment, phase).budgets_of_connections
    return {budget.of: budget for budget in found}


def consumers(budget: ConnectionBudget) -> dict[str, tuple[int, int]]:
    return {one.name: (one.instances, one.connections_each) for one in budget.consumers}


def test_b1_the_database_side_counts_the_poolers_of_a_rolling_deployment() -> None:
    of_database = budgets("production", 1)["database"]

    assert consumers(of_database) == {
        "connection pool": (4, 25),
        "migrations": (1, 2),
        "monitoring": (1, 5),
        "people": (1, 2),
        "reserved by PostgreSQL": (1, 3),
    }
    assert (of_database.used, of_database.limit) == (112, 200)


def test_b1_the_client_side_counts_a_rolling_deployment_against_the_pooler_that_is_left() -> None:
    clients = budgets("production", 1)["connection pool"]

    assert consumers(clients) == {"core-api": (15, 50), "telemetry-api": (4, 10)}
    assert clients.limit == 1000


def test_b1_replicas_have_a_budget_of_their_own_and_their_clients_are_counted() -> None:
    grown = budgets("production", 2)

    assert consumers(grown["read replica"])["connection pool"] == (4, 50)
    assert consumers(grown["connection pool"])["core-api, to replicas"] == (44, 10)
    assert all(budget.used <= budget.limit for budget in grown.values())


def test_b1_staging_fits_with_one_pooler() -> None:
    staging = budgets("staging", 1)

    assert consumers(staging["database"])["connection pool"] == (2, 25)
    assert consumers(staging["connection pool"]) == {"core-api": (2, 10), "telemetry-api": (2, 10)}


@settings(max_examples=80, database=None)
@given(
    tasks=st.integers(1, 6),
    ceiling=st.integers(2, 100),
    services=st.lists(st.tuples(st.integers(1, 20), st.integers(1, 60)), min_size=1, max_size=4),
)
def test_b1_whatever_scales_out_the_database_never_sees_more_than_its_pool(
    tasks: int, ceiling: int, services: list[tuple[int, int]]
) -> None:
    database = load_system("restartix-fargate").database
    assert database is not None
    many = tuple(
        Service(
            name=f"s{number}",
            port=4000 + number,
            cpu=256,
            memory_mib=512,
            scaling=Scaling(min=1, max=most),
            database_pool=each,
            secrets={"DATABASE_URL": DatabaseUrl(role="restartix")},
        )
        for number, (most, each) in enumerate(services)
    )
    one = ConnectionPool(tasks=tasks, pool_sizes={"restartix": ceiling}, max_server_connections=ceiling)

    of_database, clients = connection_budgets(many, database, one)

    assert of_database.consumers[0].connections == 2 * tasks * ceiling
    assert clients.used == sum(2 * most * each for most, each in services)
    assert clients.limit == 1000 * max(tasks - 1, 1)


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a name for more than one pooler": (
        lambda: pool(door="service-discovery"),
        'door must be "load-balancer" for more than one task, got "service-discovery" with 2 tasks: '
        "clients would go on asking a pooler that is gone",
    ),
    "pool sizes above the ceiling": (
        lambda: pool(pool_sizes={"restartix_owner": 10, "restartix": 25}),
        "pool_sizes must add up to at most max_server_connections (25), got restartix_owner 10, "
        "restartix 25, together 35: one role would keep the others waiting; lower one by 10, or raise "
        "max_server_connections to 35",
    ),
    "a drain shorter than a connection may live": (
        lambda: pool(drain_seconds=60),
        "drain_seconds must be more than client_max_age_seconds (90)",
    ),
    "a drain longer than Fargate waits": (
        lambda: pool(drain_seconds=130),
        "ConnectionPool.drain_seconds: must be at most 110, got 130",
    ),
    "a role of no size": (
        lambda: changed(pool=pool(pool_sizes={"restartix": 17}))(),
        "pool.pool_sizes must have a size for role restartix_owner, which service core-api uses, "
        "got sizes for restartix",
    ),
    "a size for a role that nobody uses": (
        lambda: changed(pool=pool(pool_sizes={"restartix_owner": 8, "restartix": 12, "reports": 5}))(),
        "pool.pool_sizes must name roles that services use through the pool (restartix_owner, restartix), "
        "got reports",
    ),
    "more server connections than the database has": (
        lambda: changed(
            pool=pool(pool_sizes={"restartix_owner": 16, "restartix": 34}, max_server_connections=50)
        )(),
        "connections must be at most max_connections (200), got 212: connection pool alone opens 4 x 50; "
        "lower pool.max_server_connections to 47, or raise max_connections to 212",
    ),
    "more clients than the pooler that is left takes": (
        lambda: changed(services={"core-api": ServiceChange(scaling=ScalingChange(max=14))})(),
        "connections of the connection pool must be at most pool.max_client_connections (1000), got 1090: "
        "core-api alone opens 21 x 50; lower its database_pool to 45, or raise "
        "pool.max_client_connections to 1090",
    ),
    "a service without connections": (
        lambda: changed(services={"core-api": ServiceChange(database_pool=0)})(),
        "service core-api has a database URL, so database_pool must say how many connections one task opens, "
        "got 0",
    ),
    "phase 3 of a system that ends at 2": (
        lambda: load_system("restartix-fargate").resolve("production", 3),
        "phase must be 1 to 2: system restartix-fargate ends at phase 2, got 3",
    ),
    "a pool that gives up before Aurora is awake": (
        lambda: changed("staging", pool=pool(tasks=1, wait_seconds=60))(),
        "pool.connect_seconds must be at least 45 in front of a database that pauses, which takes half a "
        "minute to wake, got 3: the first visitors would see errors",
    ),
    "a size that Fargate does not have": (
        lambda: changed(pool=pool(memory_mib=700))(),
        "pool on Fargate: memory_mib for cpu 256 must be one of 512, 1024, 2048, got cpu 256 with "
        "memory_mib 700",
    ),
    "a migration that opens more than is left": (
        lambda: changed(services={"migrations": ServiceChange(database_pool=95)})(),
        "connections must be at most max_connections (200), got 205: connection pool alone opens 4 x 25",
    ),
    "a pool that keeps Aurora awake": (
        lambda: changed(
            "staging", pool=pool(tasks=1, connect_seconds=45, wait_seconds=60, server_idle_seconds=300)
        )(),
        "pool.server_idle_seconds must be below the 300 after which the database pauses, got 300: a held "
        "connection keeps it awake",
    ),
    "a rollout that could never start": (
        lambda: Scaling(min=1, max=3, rollout_percent=150),
        "rollout_percent must leave room for one more task than min (1), got 150: no release "
        "could ever start",
    ),
}


@pytest.mark.parametrize(("act", "message"), REFUSED.values(), ids=REFUSED)
def test_b1_b13_a_pool_that_does_not_fit_is_refused_with_what_to_change(
    act: Callable[[], object], message: str, refusal: Refusal
) -> None:
    assert message in " ".join(refusal(act).split())


def test_an_acu_floor_that_never_pauses(refusal: Refusal) -> None:
    aurora = load_system("restartix-fargate").resolve("staging").database
    assert isinstance(aurora, AuroraServerless)

    message = refusal(lambda: AuroraServerless(**{**dict(aurora), "min_capacity_acu": 0.5}))

    assert "min_capacity_acu must be 0 for the cluster to pause, got 0.5" in message


def test_b7_only_what_runs_before_a_rollout_goes_past_the_pool(refusal: Refusal) -> None:
    system = load_system("restartix-fargate")
    past = {"DATABASE_URL": DatabaseUrl(role="restartix", direct=True)}
    services = [
        Service(**{**dict(one), "secrets": past}) if one.name == "telemetry-api" else one
        for one in system.services
    ]
    wrong = System.model_validate({**dict(system), "services": services})

    assert (
        "service telemetry-api must go through the pool, got DATABASE_URL with direct=True: its connections "
        "would be in nobody's budget; only a service with before_rollout=True may go past it"
    ) in refusal(lambda: wrong.resolve("production"))


def test_a_pool_runs_on_fargate_only(refusal: Refusal) -> None:
    system = load_system("restartix-fargate")
    environments = [
        Environment.model_validate(
            {**dict(one), "platform": "app-runner", "app_runner_acknowledgement": "since 2025"}
        )
        for one in system.environments
    ]
    services = [one for one in system.services if one.port is not None]
    elsewhere = System.model_validate({**dict(system), "environments": environments, "services": services})

    assert 'pool needs platform "fargate", which runs it, got "app-runner"' in refusal(
        lambda: elsewhere.resolve("production")
    )


def test_b1_the_pool_is_the_only_way_services_have_to_the_database() -> None:
    for environment, door in (("staging", "connection-pool"), ("production", "connection-pool-door")):
        for phase in (1, 2):
            access = load_system("restartix-fargate").resolve(environment, phase).access
            ways = {(rule.source, rule.target) for rule in access if "database" in rule.target}
            doors = {rule.source for rule in access if rule.target == door}

            assert ways == {
                ("connection-pool", "database"),
                ("database-jobs", "database"),
                ("migrations", "database"),
            }
            assert doors == {"compute", "database-jobs"}


def test_b5_b6_staging_differs_from_production_by_the_table_of_the_document() -> None:
    system = load_system("restartix-fargate")
    staging, production = system.resolve("staging"), system.resolve("production")

    assert isinstance(staging.database, AuroraServerless)
    assert isinstance(production.database, Database)
    assert (staging.database.min_capacity_acu, staging.database.max_capacity_acu) == (0, 2)
    assert (staging.database.backup_days, production.database.backup_days) == (1, 7)
    assert {one.spot for one in staging.services if not one.before_rollout} == {True}
    assert {one.spot for one in production.services} == {False}
    assert {one.scaling.max for one in staging.services} == {1}
    assert staging.cache is not None
    assert production.cache is not None
    assert (staging.cache.replicas, production.cache.replicas) == (0, 1)
    assert (staging.log_days, production.log_days) == (30, 90)
    assert (staging.network.nat.kind, production.network.nat.kind) == ("instance", "gateways")
