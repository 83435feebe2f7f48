"""RestartiX behind pgbouncer: rows B2, B3, B4, B7 and B12, read from the templates."""

import json
from importlib import import_module
from typing import Any

import pytest

from support.assembly import Assembly, Resource, text

POOL = "restartix-fargate-connection-pool"
TASK = "AWS::ECS::TaskDefinition"
SERVICE = "AWS::ECS::Service"


def container(assembly: Assembly, family: str) -> dict[str, Any]:
    (found,) = assembly.the(TASK, "compute", Family=family)["ContainerDefinitions"]
    return dict(found)


def told(assembly: Assembly, family: str) -> dict[str, Any]:
    return {pair["Name"]: pair["Value"] for pair in container(assembly, family).get("Environment", ())}


def settings(assembly: Assembly) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(told(assembly, POOL)["POOL_SETTINGS"])
    return loaded


def waits_for(assembly: Assembly, one: Resource) -> set[str]:
    """Types and paths of what a resource waits for, through everything between."""
    by_id = {other.logical_id: other for other in assembly.resources if other.role == one.role}
    seen: set[str] = set()
    open_ends = list(one.body.get("DependsOn", ()))
    while open_ends:
        name = open_ends.pop()
        if name not in seen:
            seen.add(name)
            open_ends += by_id[name].body.get("DependsOn", ())
    return {by_id[name].path for name in seen}


def test_b2_two_poolers_in_two_zones_and_one_in_staging(pooled: dict[str, Assembly]) -> None:
    counts = {
        name: assembly.the(SERVICE, "compute", ServiceName=POOL)["DesiredCount"]
        for name, assembly in pooled.items()
    }
    production = pooled["pooled_production"].the(SERVICE, "compute", ServiceName=POOL)

    assert counts == {"pooled_staging": 1, "pooled_production": 2, "pooled_phase_two": 2}
    assert production["AvailabilityZoneRebalancing"] == "ENABLED"
    assert len(production["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"]) == 2


def test_b2_sizes_and_ceilings_of_the_document(pooled_production: Assembly) -> None:
    task = pooled_production.the(TASK, "compute", Family=POOL)

    assert (task["Cpu"], task["Memory"]) == ("256", "512")
    assert settings(pooled_production) == {
        "name": POOL,
        "listen_port": 6432,
        "databases": {"restartix": {"host_from": "HOST_OF_RESTARTIX", "port": 5432, "database": "restartix"}},
        "pool_sizes": {"restartix_owner": 8, "restartix": 17},
        "max_db_connections": 25,
        "max_client_conn": 1000,
        "max_prepared_statements": 200,
        "server_idle_timeout": 60,
        "server_connect_timeout": 3,
        "query_wait_timeout": 10,
        "drain_seconds": 110,
    }


def test_b2_a_pooler_may_open_enough_files_and_has_time_to_lose_its_clients(
    pooled_production: Assembly,
) -> None:
    pooler = container(pooled_production, POOL)
    target = pooled_production.the("AWS::ElasticLoadBalancingV2::TargetGroup", "pool")
    attributes = {one["Key"]: one["Value"] for one in target["TargetGroupAttributes"]}
    age = int(told(pooled_production, "restartix-fargate-core-api")["DATABASE_CONNECTION_MAX_AGE_SECONDS"])

    assert pooler["Ulimits"] == [{"Name": "nofile", "SoftLimit": 65535, "HardLimit": 65535}]
    assert pooler["StopTimeout"] == 120
    assert age < settings(pooled_production)["drain_seconds"] < pooler["StopTimeout"]
    assert int(attributes["deregistration_delay.timeout_seconds"]) > age


def test_b2_three_ways_of_asking_whether_it_is_well(pooled_production: Assembly) -> None:
    target = pooled_production.the("AWS::ElasticLoadBalancingV2::TargetGroup", "pool")
    liveness = container(pooled_production, POOL)["HealthCheck"]
    probe = pooled_production.the(
        "AWS::Events::Rule", "compute", Description="Logs in through the connection pool"
    )

    assert (target["Protocol"], target["HealthCheckProtocol"]) == ("TCP", "TCP")
    assert liveness["Command"] == ["CMD", "python", "-m", "pgbouncer.alive"]
    assert probe["ScheduleExpression"] == "rate(1 minute)"
    assert pooled_production.of_type("Custom::Gate", "compute")


def test_b2_nothing_asks_each_minute_where_that_would_keep_the_database_awake(
    pooled_staging: Assembly,
) -> None:
    rules = [rule.properties.get("Description") for rule in pooled_staging.of_type("AWS::Events::Rule")]
    alarms = [str(alarm["AlarmName"]) for alarm in pooled_staging.of_type("AWS::CloudWatch::Alarm")]

    assert "Logs in through the connection pool" not in rules
    assert not [name for name in alarms if name.endswith("-pool-login")]
    assert settings(pooled_staging)["server_idle_timeout"] < 300


def test_b2_new_passwords_are_another_task_definition(pooled_production: Assembly) -> None:
    (secret,) = container(pooled_production, POOL)["Secrets"]
    parts = secret["ValueFrom"]["Fn::Join"][1]
    users = pooled_production.the("Custom::PoolUsers", "credentials")
    versions = [pooled_production.target("compute", part) for part in parts if isinstance(part, dict)]

    assert secret["Name"] == "POOL_CREDENTIALS"
    assert users in versions, "the version of the secret comes from what wrote it"
    assert {role["Name"] for role in users["Roles"]} == {"restartix_owner", "restartix"}


def test_b2_no_password_is_told_in_the_open(pooled_production: Assembly) -> None:
    said = json.dumps([one.body for one in pooled_production.resources if one.role in ("compute", "pool")])

    assert "SCRAM-SHA-256$" not in said
    assert "postgres://" not in said


def test_b2_alarms_on_clients_that_wait_and_on_poolers_that_are_missing(pooled_production: Assembly) -> None:
    alarms = {
        str(alarm["AlarmName"]).rpartition("eu-1-")[2]: alarm
        for alarm in pooled_production.of_type("AWS::CloudWatch::Alarm", "observability")
    }

    assert {"pool-waiting", "pool-clients", "pool-unhealthy", "pool-login"} <= alarms.keys()
    assert alarms["pool-unhealthy"]["Threshold"] == 2
    assert alarms["pool-clients"]["Threshold"] == 800
    assert alarms["pool-login"]["TreatMissingData"] == "breaching"


def test_b2_every_alarm_of_the_pool_is_about_a_metric_that_somebody_writes(
    pooled_production: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a Lambda is given; its clients are made when it is imported.
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    written = {
        **import_module("pgbouncer.metrics").UNITS,
        **import_module("connection_pool.probe_handler").UNITS,
    }
    watched = [
        alarm
        for alarm in pooled_production.of_type("AWS::CloudWatch::Alarm", "observability")
        if "-pool-" in str(alarm["AlarmName"])
    ]
    ours = [alarm for alarm in watched if alarm["Namespace"] == "Cambium/ConnectionPool"]
    (door,) = [alarm for alarm in watched if alarm["Namespace"] == "AWS/NetworkELB"]

    assert len(watched) == 5
    assert {str(alarm["MetricName"]) for alarm in ours} <= written.keys()
    assert {json.dumps(alarm["Dimensions"]) for alarm in ours} == {
        json.dumps([{"Name": "Pool", "Value": POOL}])
    }
    assert {one["Name"] for one in door["Dimensions"]} == {"LoadBalancer", "TargetGroup"}


def test_b11_staging_finds_its_only_pooler_by_a_name_whose_answers_hold_for_seconds(
    pooled_staging: Assembly,
) -> None:
    zone = pooled_staging.the("AWS::ServiceDiscovery::PrivateDnsNamespace", "pool")
    name = pooled_staging.the("AWS::ServiceDiscovery::Service", "pool")
    service = pooled_staging.the(SERVICE, "compute", ServiceName=POOL)

    assert not pooled_staging.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer", "pool")
    assert zone["Properties"] == {"DnsProperties": {"SOA": {"TTL": 5}}}, "also that there was none yet"
    assert name["DnsConfig"]["DnsRecords"] == [{"TTL": 5, "Type": "A"}]
    assert name["HealthCheckCustomConfig"], "ECS says who is well"
    (registry,) = service["ServiceRegistries"]
    assert pooled_staging.target("compute", registry["RegistryArn"]) == name
    assert not service.properties.get("LoadBalancers")
    assert "HealthCheckGracePeriodSeconds" not in service.properties, "ECS refuses it without a balancer"


def test_b11_staging_logs_in_at_that_name(pooled_staging: Assembly) -> None:
    core = pooled_staging.the("Custom::UrlsCoreApi", "credentials")["Urls"]
    gate = pooled_staging.the("Custom::Gate", "compute")
    zone = pooled_staging.the("AWS::ServiceDiscovery::PrivateDnsNamespace", "pool")
    name = pooled_staging.the("AWS::ServiceDiscovery::Service", "pool")

    host = f"{name['Name']}.{zone['Name']}"
    assert host == "connection-pool.restartix-fargate-staging-eu-1.internal"
    assert {core[key]["Host"] for key in ("DATABASE_URL", "DATABASE_APP_URL")} == {host}
    assert gate["Host"] == host


def test_b11_without_a_balancer_the_poolers_themselves_say_that_one_is_missing(
    pooled_staging: Assembly,
) -> None:
    alarm = pooled_staging.the(
        "AWS::CloudWatch::Alarm", AlarmName="restartix-fargate-staging-eu-1-pool-unhealthy"
    )

    assert (alarm["Namespace"], alarm["MetricName"]) == ("Cambium/ConnectionPool", "ClientConnections")
    assert (alarm["Statistic"], alarm["Threshold"]) == ("SampleCount", 1)
    assert alarm["TreatMissingData"] == "breaching"


def test_b11_nothing_in_staging_looks_at_what_container_insights_would_measure(
    pooled_staging: Assembly,
) -> None:
    clusters = pooled_staging.of_type("AWS::ECS::Cluster")

    assert len(clusters) == 2
    assert [one["ClusterSettings"] for one in clusters] == [
        [{"Name": "containerInsights", "Value": "disabled"}]
    ] * 2
    assert not [
        one.path for one in pooled_staging.resources if "ECS/ContainerInsights" in json.dumps(one.body)
    ]


def test_b11_staging_is_asked_by_nobody_outside_and_the_bill_is_watched_all_the_same(
    pooled_staging: Assembly,
) -> None:
    alarms = pooled_staging.of_type("AWS::CloudWatch::Alarm", "global")

    assert not pooled_staging.of_type("AWS::Route53::HealthCheck")
    assert [alarm["AlarmName"] for alarm in alarms] == ["restartix-fargate-staging-monthly-spend"]


@pytest.mark.parametrize(
    ("name", "cpu", "memory"),
    [
        ("core-api", "1024", "2048"),
        ("clinic", "512", "1024"),
        ("portal", "512", "1024"),
        ("console", "256", "512"),
    ],
)
def test_b3_sizes_of_the_services(pooled_production: Assembly, name: str, cpu: str, memory: str) -> None:
    task = pooled_production.the(TASK, "compute", Family=f"restartix-fargate-{name}")

    assert (task["Cpu"], task["Memory"]) == (cpu, memory)
    assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"


def bounds(assembly: Assembly) -> dict[str, tuple[int, int]]:
    found = {}
    for target in assembly.of_type("AWS::ApplicationAutoScaling::ScalableTarget", "compute"):
        name = text(target["ResourceId"]).rpartition("/")[2]
        service = next(one for one in assembly.of_type(SERVICE, "compute") if one.logical_id in name)
        found[str(service["ServiceName"]).removeprefix("restartix-fargate-")] = (
            target["MinCapacity"],
            target["MaxCapacity"],
        )
    return found


def test_b3_b4_bounds_in_staging_and_in_both_phases(pooled: dict[str, Assembly]) -> None:
    assert bounds(pooled["pooled_staging"]) == dict.fromkeys(
        ("core-api", "telemetry-api", "clinic", "portal", "console"), (1, 1)
    )
    assert bounds(pooled["pooled_production"]) == {
        "core-api": (2, 10),
        "telemetry-api": (2, 2),
        "clinic": (2, 8),
        "portal": (2, 8),
        "console": (1, 1),
    }
    assert bounds(pooled["pooled_phase_two"])["core-api"] == (3, 15)


def test_b4_tracks_70_percent_cpu_fast_out_and_slow_in(pooled_production: Assembly) -> None:
    policies = pooled_production.of_type("AWS::ApplicationAutoScaling::ScalingPolicy", "compute")

    assert len(policies) == 5
    for policy in policies:
        tracking = policy["TargetTrackingScalingPolicyConfiguration"]
        assert tracking["TargetValue"] == 70
        assert (tracking["ScaleOutCooldown"], tracking["ScaleInCooldown"]) == (60, 300)


def test_b1_a_rollout_never_brings_more_clients_than_the_budget_counts(pooled_production: Assembly) -> None:
    most = {
        str(service["ServiceName"]): service["DeploymentConfiguration"]["MaximumPercent"]
        for service in pooled_production.of_type(SERVICE, "compute")
    }

    assert most["restartix-fargate-core-api"] == 150
    assert most[POOL] == 200


def test_b3_each_service_has_a_host_of_its_own_on_one_load_balancer(pooled_production: Assembly) -> None:
    rules = pooled_production.of_type("AWS::ElasticLoadBalancingV2::ListenerRule", "compute")
    hosts = {
        value
        for rule in rules
        for condition in rule["Conditions"]
        for value in condition["HostHeaderConfig"]["Values"]
    }

    assert hosts == {f"{name}.restartix.com" for name in ("api", "telemetry", "clinic", "portal", "console")}
    balancers = pooled_production.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer", "compute")
    assert [one["Scheme"] for one in balancers] == ["internet-facing"]


def test_b6_staging_runs_its_services_on_spot_and_its_pool_never(pooled_staging: Assembly) -> None:
    providers = {
        str(service["ServiceName"]): service["CapacityProviderStrategy"][0]["CapacityProvider"]
        for service in pooled_staging.of_type(SERVICE, "compute")
    }

    assert providers.pop(POOL) == "FARGATE"
    assert set(providers.values()) == {"FARGATE_SPOT"}


def test_b7_services_wait_for_the_migration_and_for_a_login_through_the_pool(
    pooled_production: Assembly,
) -> None:
    migration = pooled_production.the("Custom::Migration", "compute")
    gate = pooled_production.the("Custom::Gate", "compute")

    for service in pooled_production.of_type(SERVICE, "compute"):
        if service["ServiceName"] != POOL:
            assert {migration.path, gate.path} <= waits_for(pooled_production, service)
    assert gate.path in waits_for(pooled_production, migration)


def test_b7_a_new_password_is_no_reason_to_migrate(pooled_production: Assembly) -> None:
    """The task reads its secret each time, so nothing that it is told changes with the credentials."""
    assert "CREDENTIALS_REVISION" not in told(pooled_production, "restartix-fargate-migrations")
    assert "CREDENTIALS_REVISION" in told(pooled_production, "restartix-fargate-core-api")
    assert "CREDENTIALS_REVISION" in told(pooled_production, POOL)


def test_b7_migrations_go_past_the_pool_and_services_through_it(pooled_production: Assembly) -> None:
    urls = {
        one["TargetSecretArn"]["Fn::GetStackOutput"]["OutputName"]: one["Urls"]
        for one in pooled_production.resources
        if one.type.startswith("Custom::Urls")
    }
    hosts = {
        key: target
        for one in urls.values()
        for key, url in one.items()
        if "Host" in url and (target := pooled_production.target("credentials", url["Host"])) is not None
        if key.startswith("DATABASE")
    }

    assert hosts["DATABASE_DIRECT_URL"].role == "data"
    assert hosts["DATABASE_URL"].role == hosts["DATABASE_APP_URL"].role == "pool"


def test_b12_replicas_are_reached_through_the_pool_by_names_of_their_own(
    pooled_production: Assembly, pooled_phase_two: Assembly
) -> None:
    core = pooled_phase_two.the("Custom::UrlsCoreApi", "credentials")["Urls"]

    assert core["DATABASE_REPLICA_URLS"]["Databases"] == ["restartix_replica_1", "restartix_replica_2"]
    assert set(settings(pooled_phase_two)["databases"]) == {
        "restartix",
        "restartix_replica_1",
        "restartix_replica_2",
    }
    names = {pair["Name"] for pair in container(pooled_phase_two, "restartix-fargate-core-api")["Secrets"]}
    before = {pair["Name"] for pair in container(pooled_production, "restartix-fargate-core-api")["Secrets"]}
    assert names - before == {"DATABASE_REPLICA_URLS"}
