"""The model can say everything that the documents of the five systems say."""

from ipaddress import IPv4Network

import pytest

from config.catalog import load_system
from config.database import AuroraServerless, Database
from config.deployment import Deployment
from config.network import NatGateways, NatInstance
from config.service import Service

SYSTEMS = ("chatbot", "reptidex", "restartix", "restartix-fargate", "vantrexia")


def service(deployment: Deployment, name: str) -> Service:
    return next(one for one in deployment.services if one.name == name)


def reachable(deployment: Deployment, source: str) -> set[str]:
    return {f"{rule.target}:{rule.port}" for rule in deployment.access if rule.source == source}


@pytest.mark.parametrize("name", SYSTEMS)
def test_resolves_for_every_environment_and_phase(name: str) -> None:
    system = load_system(name)

    for environment in system.environments:
        for phase in range(1, len(system.phases) + 1):
            deployment = system.resolve(environment.name, phase)
            assert deployment.phase_title == system.phases[phase - 1].title
            assert Deployment.model_validate_json(deployment.model_dump_json()) == deployment


def test_b2_pools_connections_with_a_hard_ceiling_and_a_share_for_each_role() -> None:
    system = load_system("restartix-fargate")
    production, staging = system.resolve("production").pool, system.resolve("staging").pool

    assert production is not None
    assert staging is not None
    assert (production.tasks, staging.tasks) == (2, 1)
    assert (production.max_server_connections, production.max_client_connections) == (25, 1000)
    assert production.max_prepared_statements == 200
    assert (production.cpu, production.memory_mib) == (256, 512)
    assert sum(production.pool_sizes.values()) == 25


def test_b3_b4_bounds_of_production_and_one_fixed_console() -> None:
    production = load_system("restartix-fargate").resolve("production")
    bounds = {one.name: (one.scaling.min, one.scaling.max) for one in production.services}

    assert bounds == {
        "core-api": (2, 10),
        "migrations": (1, 1),
        "telemetry-api": (2, 2),
        "clinic": (2, 8),
        "portal": (2, 8),
        "console": (1, 1),
    }
    scaling = service(production, "core-api").scaling
    assert (scaling.cpu_percent, scaling.out_cooldown_seconds, scaling.in_cooldown_seconds) == (70, 60, 300)


def test_b5_b6_staging_is_an_aurora_that_pauses() -> None:
    staging = load_system("restartix-fargate").resolve("staging")

    assert isinstance(staging.database, AuroraServerless)
    assert (staging.database.min_capacity_acu, staging.database.max_capacity_acu) == (0, 2)
    assert staging.database.backup_days == 1
    assert isinstance(staging.network.nat, NatInstance)
    assert staging.network.nat.instance_type == "t4g.nano"
    assert staging.cache is not None
    assert staging.cache.replicas == 0
    assert staging.log_days == 30
    assert all(one.spot for one in staging.services if not one.before_rollout)


def test_b5_phase_two_upsizes_and_adds_replicas() -> None:
    grown = load_system("restartix-fargate").resolve("production", 2)

    assert isinstance(grown.database, Database)
    assert (grown.database.instance_class, grown.database.storage_gib) == ("r6g.large", 250)
    assert (grown.database.max_connections, grown.database.read_replicas) == (500, 2)
    assert "DATABASE_REPLICA_URLS" in grown.secrets_of(service(grown, "core-api"))


def test_b6_an_environment_changes_only_the_values_it_names() -> None:
    staging = load_system("restartix-fargate").resolve("staging")
    told = service(staging, "core-api").environment

    assert (told["APP_ENV"], told["DB_POOL_MAX"], told["PORT"]) == ("staging", "5", "9000")


def test_c1_c3_ten_hosts_and_the_back_end_ports() -> None:
    system = load_system("reptidex")
    dev, production = system.resolve("dev"), system.resolve("production")
    hosts = {host for one in dev.services for host in one.hosts}

    assert len(hosts) == len({host for one in production.services for host in one.hosts}) == 10
    assert {"dev.reptidex.com", "admin-dev.reptidex.com", "animal-api-dev.reptidex.com"} <= hosts
    assert {one.port for one in dev.services} == {80, *range(8000, 8006)}


def test_c1_sizes_of_dev_and_production() -> None:
    system = load_system("reptidex")
    sizes = {
        environment: {
            (one.cpu, one.memory_mib, one.scaling.min, one.scaling.max) for one in deployed.services
        }
        for environment in ("dev", "production")
        for deployed in [system.resolve(environment)]
    }

    assert sizes["dev"] == {(256, 512, 1, 1), (512, 1024, 1, 1)}
    assert sizes["production"] == {(512, 1024, 2, 4), (1024, 2048, 2, 6)}


def test_c4_c5_data_of_dev_and_production() -> None:
    system = load_system("reptidex")
    dev, production = system.resolve("dev"), system.resolve("production")

    assert isinstance(dev.database, Database)
    assert isinstance(production.database, Database)
    assert (dev.database.storage_gib, dev.database.max_storage_gib) == (20, 100)
    assert dev.database.enhanced_monitoring_seconds == 0
    assert (production.database.instance_class, production.database.backup_days) == ("t4g.small", 30)
    assert dev.cache is not None
    assert dev.cache.version == "7.0"
    assert "cache.transit_encryption" in dict(dev.opt_outs())
    assert dict(production.opt_outs()) == {}


def test_c1_growing_is_one_number_and_leaves_development_as_it_is() -> None:
    system = load_system("reptidex")
    launched, grown = (system.resolve("production", phase).database for phase in (1, 2))
    dev = [system.resolve("dev", phase) for phase in (1, 2)]

    assert isinstance(launched, Database)
    assert isinstance(grown, Database)
    assert (launched.instance_class, grown.instance_class) == ("t4g.small", "t4g.large")
    assert (launched.read_replicas, grown.read_replicas) == (0, 1)
    assert launched.storage_gib == grown.storage_gib
    assert dev[0].services == dev[1].services
    assert dev[0].monthly_budget_usd == dev[1].monthly_budget_usd == 160


def test_c5_only_development_may_do_without_encryption_in_transit() -> None:
    system = load_system("reptidex")
    opted_out = {one.name: dict(system.resolve(one.name).opt_outs()) for one in system.environments}

    assert "the document's choice" in opted_out["dev"]["cache.transit_encryption"]
    assert opted_out["production"] == {}


def test_c8_the_subnets_are_the_documents() -> None:
    system = load_system("reptidex")
    dev, production = system.resolve("dev").network, system.resolve("production").network

    assert [subnet.cidr for subnet in dev.subnets()] == [
        *("10.1.1.0/24", "10.1.2.0/24"),
        *("10.1.10.0/24", "10.1.20.0/24"),
    ]
    assert [subnet.cidr for subnet in production.subnets() if subnet.group == "Private"] == [
        *("10.0.10.0/24", "10.0.20.0/24", "10.0.30.0/24"),
    ]
    assert isinstance(dev.nat, NatInstance)
    assert production.nat == NatGateways(count=3)


def test_c9_the_security_group_matrix_rule_for_rule() -> None:
    production = load_system("reptidex").resolve("production")
    back_ends = {f"compute:{port}" for port in range(8000, 8006)}

    assert reachable(production, "internet") == {"load-balancer:80", "load-balancer:443"}
    assert reachable(production, "load-balancer") == {"compute:80", *back_ends}
    assert reachable(production, "compute") == {"internet:443", "database:5432", "cache:6379"}
    assert reachable(production, "database") == reachable(production, "cache") == set()


def test_c11_only_back_ends_send_email() -> None:
    production = load_system("reptidex").resolve("production")

    assert {one.name.partition("-")[0] for one in production.services if one.sends_email} == {"repti"}


def test_d3_the_front_end_reaches_only_the_back_end() -> None:
    production = load_system("chatbot").resolve("production")

    assert reachable(production, "frontend") == {"backend:6000", "internet:443"}


def test_d3_only_the_chatbot_api_reaches_weaviate() -> None:
    production = load_system("chatbot").resolve("production")

    assert {rule.source for rule in production.access if rule.target == "weaviate"} == {"chatbot-api"}
    assert reachable(production, "weaviate") == {"volume:2049", "internet:443"}


def test_d4_d5_d6_data_queues_and_asymmetric_scaling() -> None:
    production = load_system("chatbot").resolve("production")
    scaling = {one.name: one.scaling for one in production.services}

    assert isinstance(production.database, Database)
    assert production.database.storage_alarm_percent == 70
    assert production.cache is not None
    assert production.cache.engine == "valkey"
    assert [queue.name for queue in production.queues] == ["jobs-high", "jobs-normal", "jobs-low"]
    assert (scaling["backend"].cpu_percent, scaling["backend"].in_cpu_percent) == (50, 30)
    assert scaling["ai-worker"].queues == ("jobs-high", "jobs-normal", "jobs-low")
    assert scaling["ai-worker"].backlog_per_task == 1000


def test_d7_d13_production_is_filtered_and_dev_sleeps_at_weekends() -> None:
    system = load_system("chatbot")
    dev, production = system.resolve("dev"), system.resolve("production")

    assert dev.edge.firewall is None
    assert production.edge.firewall is not None
    assert dev.environment.schedule is not None
    assert dev.environment.schedule.nights


def test_e1_everything_runs_on_one_host() -> None:
    production = load_system("vantrexia").resolve("production")

    assert production.host is not None
    assert production.host.instance_type == "t4g.medium"
    assert production.platform == "host"
    assert not [rule for rule in production.access if rule.target == "cache"]
    assert reachable(production, "internet") == {"host:80", "host:443"}
    assert reachable(production, "host") == {"internet:443", "database:5432"}


def test_e7_the_five_backups_and_their_retention() -> None:
    production = load_system("vantrexia").resolve("production")
    buckets = {bucket.name: bucket for bucket in production.buckets}

    assert production.database is not None
    assert production.host is not None
    assert (production.database.backup_days, production.host.snapshot_days) == (7, 14)
    assert (buckets["dumps"].expire_after_days, buckets["weekly"].expire_after_days) == (30, 90)
    assert buckets["weekly"].replica is not None
    assert buckets["audit"].transitions[0].storage_class == "DEEP_ARCHIVE"
    assert (buckets["audit"].lock_days or 0) >= 7 * 365


def test_networks_of_one_products_environments_can_be_peered() -> None:
    system = load_system("reptidex")
    dev, production = system.resolve("dev").network.cidr, system.resolve("production").network.cidr

    assert not IPv4Network(dev).overlaps(IPv4Network(production))
