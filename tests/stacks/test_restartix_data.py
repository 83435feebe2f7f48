"""Rows A5, A6, A9, A10 and A16: what holds the data of RestartiX, value by value."""

import json
from typing import Any

import pytest

from config.catalog import load_system
from support.assembly import Assembly, Resource, text, walk

SECRET = "AWS::SecretsManager::Secret"
CORE = "restartix/production/core-api"
TELEMETRY = "restartix/production/telemetry-api"

A5 = {
    "Engine": "postgres",
    "EngineVersion": "17.11",
    "DBInstanceClass": "db.t4g.medium",
    "AllocatedStorage": "50",
    "MaxAllocatedStorage": 200,
    "StorageType": "gp3",
    "MultiAZ": True,
    "StorageEncrypted": True,
    "BackupRetentionPeriod": 7,
    "PubliclyAccessible": False,
    "DeletionProtection": True,
    "MonitoringInterval": 60,
    "DatabaseInsightsMode": "standard",
    "EnablePerformanceInsights": True,
    "PerformanceInsightsRetentionPeriod": 7,
    "DBName": "restartix",
    "Port": "5432",
}
KB = 1024
A5_MEMORY = {
    "shared_buffers": (8 * KB, 1024**3),
    "effective_cache_size": (8 * KB, 3 * 1024**3),
    "work_mem": (KB, 32 * 1024**2),
    "maintenance_work_mem": (KB, 256 * 1024**2),
}
"""Parameter: PostgreSQL's own unit in bytes, and the document's number in bytes."""


def primary(assembly: Assembly) -> Resource:
    return assembly.at("data", "Database/Instance/Resource")


def parameters(assembly: Assembly) -> dict[str, str]:
    values: dict[str, str] = assembly.the("AWS::RDS::DBParameterGroup")["Parameters"]
    return values


def urls(assembly: Assembly, secret: str) -> dict[str, Any]:
    """What is written into one secret at deploy time."""
    (found,) = [
        one
        for one in assembly.resources
        if one.type.startswith("Custom::Urls") and wants(assembly, one) == secret
    ]
    return found.properties


def wants(assembly: Assembly, resource: Resource) -> Any:
    target = assembly.target("credentials", resource["TargetSecretArn"])
    return target["Name"] if target else None


def bucket(assembly: Assembly, purpose: str, region: str) -> Resource:
    name = f"restartix-production-{purpose}-111122223333-{region}"
    return assembly.the("AWS::S3::Bucket", BucketName=name)


@pytest.mark.parametrize(("setting", "value"), A5.items())
def test_a5_the_database_is_the_documents(phase_one: Assembly, setting: str, value: object) -> None:
    assert primary(phase_one)[setting] == value


def test_a5_the_master_user_is_restartix_admin_with_a_generated_password(phase_one: Assembly) -> None:
    master = phase_one.the(SECRET, Name="restartix/production/database/master")["GenerateSecretString"]
    reads = [text(primary(phase_one)[name]) for name in ("MasterUsername", "MasterUserPassword")]

    assert json.loads(master["SecretStringTemplate"]) == {"username": "restartix_admin"}
    assert master["GenerateStringKey"] == "password"
    assert all(value.startswith("{{resolve:secretsmanager:") for value in reads)


def test_a5_200_connections(phase_one: Assembly) -> None:
    assert parameters(phase_one)["max_connections"] == "200"


@pytest.mark.parametrize(("name", "unit", "size"), [(name, *sizes) for name, sizes in A5_MEMORY.items()])
def test_a5_memory_in_postgresqls_own_units(phase_one: Assembly, name: str, unit: int, size: int) -> None:
    assert int(parameters(phase_one)[name]) * unit == size


def test_a5_shared_buffers_is_131072_pages_of_8_kb(phase_one: Assembly) -> None:
    assert parameters(phase_one)["shared_buffers"] == "131072"


def test_a5_tls_is_required(phase_one: Assembly) -> None:
    assert parameters(phase_one)["rds.force_ssl"] == "1"


def test_a5_the_instance_uses_these_parameters(phase_one: Assembly) -> None:
    used = phase_one.target("data", primary(phase_one)["DBParameterGroupName"])

    assert used == phase_one.the("AWS::RDS::DBParameterGroup", Family="postgres17")


def test_a5_stands_in_the_private_subnets(phase_one: Assembly) -> None:
    group = phase_one.target("data", primary(phase_one)["DBSubnetGroupName"])

    assert group
    for subnet in phase_one.targets("data", group["SubnetIds"]):
        assert "/PrivateSubnet" in subnet.path


def test_a5_a_deleted_stack_leaves_a_snapshot_and_a_replacement_the_old_instance(
    phase_one: Assembly,
) -> None:
    body = primary(phase_one).body

    assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Snapshot", "Retain")


def test_a6_the_cache_is_one_small_redis_7_node(phase_one: Assembly) -> None:
    cache = phase_one.the("AWS::ElastiCache::ReplicationGroup")

    assert (cache["Engine"], cache["EngineVersion"]) == ("redis", "7.1")
    assert (cache["CacheNodeType"], cache["NumCacheClusters"]) == ("cache.t4g.micro", 1)
    assert (cache["AutomaticFailoverEnabled"], cache["MultiAZEnabled"]) == (False, False)


def test_a6_encrypted_in_transit_and_at_rest_with_a_password(phase_one: Assembly) -> None:
    cache = phase_one.the("AWS::ElastiCache::ReplicationGroup")

    assert cache["TransitEncryptionEnabled"] is True
    assert cache["AtRestEncryptionEnabled"] is True
    assert text(cache["AuthToken"]).startswith("{{resolve:secretsmanager:")


def test_a6_stands_in_the_private_subnets(phase_one: Assembly) -> None:
    subnets = phase_one.the("AWS::ElastiCache::SubnetGroup")["SubnetIds"]

    assert ["/PrivateSubnet" in one.path for one in phase_one.targets("data", subnets)] == [True, True]


def test_a9_one_secret_per_service(phase_one: Assembly) -> None:
    names = {secret["Name"] for secret in phase_one.of_type(SECRET, "data")}

    assert {CORE, TELEMETRY} <= names


def test_a9_database_url_is_composed_from_the_real_endpoint_for_the_applications_own_role(
    phase_one: Assembly,
) -> None:
    for secret in (CORE, TELEMETRY):
        url = urls(phase_one, secret)["Urls"]["DATABASE_URL"]
        login = phase_one.target("credentials", url["SecretArn"])
        assert phase_one.target("credentials", url["Host"]) == primary(phase_one)
        assert login
        assert login["Name"] == "restartix/production/database/restartix"
        assert (url["Database"], url["Options"]) == ("restartix", {"sslmode": "require"})


def test_a9_redis_url_is_composed_from_the_real_endpoint(phase_one: Assembly) -> None:
    url = urls(phase_one, CORE)["Urls"]["REDIS_URL"]
    password = phase_one.target("credentials", url["SecretArn"])

    assert phase_one.target("credentials", url["Host"]) == phase_one.the("AWS::ElastiCache::ReplicationGroup")
    assert password == phase_one.the(SECRET, Name="restartix/production/cache")


@pytest.mark.parametrize(
    ("secret", "keys"),
    [
        (CORE, ["CLERK_SECRET_KEY", "CLERK_WEBHOOK_SECRET", "DAILY_API_KEY", "ENCRYPTION_KEY"]),
        (TELEMETRY, ["CLICKHOUSE_URL"]),
        # A secret of its own: the backup role may read this key and no other.
        ("restartix/production/backup", ["BACKUP_ENCRYPTION_KEY"]),
    ],
)
def test_a9_third_party_keys_are_left_to_the_operator(
    phase_one: Assembly, secret: str, keys: list[str]
) -> None:
    assert urls(phase_one, secret)["OperatorKeys"] == keys


def test_a9_no_template_holds_a_secret_value(restartix: dict[str, Assembly]) -> None:
    for assembly in restartix.values():
        for secret in assembly.of_type(SECRET):
            assert "SecretString" not in secret.properties
        for key, value in walk(assembly.templates):
            literal = isinstance(value, str) and not value.startswith("{{resolve:")
            assert not (literal and key in ("MasterUserPassword", "AuthToken", "Password"))
            assert not (isinstance(value, str) and ("postgres://" in value or "rediss://" in value))


@pytest.mark.parametrize(
    ("purpose", "region"),
    [("uploads", "eu-central-1"), ("backups-primary", "eu-central-1"), ("backups-replica", "eu-west-1")],
)
def test_a10_buckets_are_private_versioned_encrypted_and_tidied(
    phase_one: Assembly, purpose: str, region: str
) -> None:
    found = bucket(phase_one, purpose, region)
    (rule,) = found["LifecycleConfiguration"]["Rules"]
    (encryption,) = found["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert found["VersioningConfiguration"] == {"Status": "Enabled"}
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert rule["Status"] == "Enabled"
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert found.outlives_its_stack
    assert phase_one.stacks[found.role].place.region == region


def test_a10_buckets_take_tls_only(phase_one: Assembly) -> None:
    for policy in phase_one.of_type("AWS::S3::BucketPolicy"):
        denied = {
            json.dumps(statement["Condition"])
            for statement in policy["PolicyDocument"]["Statement"]
            if (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
        }
        assert '{"Bool": {"aws:SecureTransport": "false"}}' in denied
    buckets = {one.logical_id for one in phase_one.of_type("AWS::S3::Bucket")}
    assert {one["Bucket"]["Ref"] for one in phase_one.of_type("AWS::S3::BucketPolicy")} == buckets


def test_a10_backups_are_copied_to_another_region(phase_one: Assembly) -> None:
    (rule,) = bucket(phase_one, "backups-primary", "eu-central-1")["ReplicationConfiguration"]["Rules"]
    copy = bucket(phase_one, "backups-replica", "eu-west-1")

    assert rule["Status"] == "Enabled"
    assert text(rule["Destination"]["Bucket"]) == f"arn:aws:s3:::{copy['BucketName']}"
    assert phase_one.stacks["recovery"].name in phase_one.stacks["storage"].after


def test_a16_the_primary_grows_in_place(phase_two: Assembly) -> None:
    grown = {"DBInstanceClass": "db.r6g.large", "AllocatedStorage": "250", "MultiAZ": True}

    assert {name: primary(phase_two)[name] for name in grown} == grown


def test_a16_two_read_replicas_of_the_same_size_in_different_zones(phase_two: Assembly) -> None:
    replicas = [phase_two.at("data", f"Database/Replica{number}/Resource") for number in (1, 2)]

    # The document: the first beside subnet B, the second beside subnet A.
    assert [one["AvailabilityZone"] for one in replicas] == ["eu-central-1b", "eu-central-1a"]
    for replica in replicas:
        assert replica["DBInstanceClass"] == "db.r6g.large"
        assert primary(phase_two).logical_id in text(replica["SourceDBInstanceIdentifier"])
        assert replica["DBParameterGroupName"] == primary(phase_two)["DBParameterGroupName"]
        assert replica["StorageType"] == "gp3"


def test_a16_phase_one_has_no_replica(phase_one: Assembly) -> None:
    assert phase_one.of_type("AWS::RDS::DBInstance") == [primary(phase_one)]


def test_a16_the_cache_grows_in_place(phase_two: Assembly) -> None:
    assert phase_two.the("AWS::ElastiCache::ReplicationGroup")["CacheNodeType"] == "cache.t4g.small"


@pytest.mark.parametrize("secret", [CORE, TELEMETRY])
def test_a16_both_services_are_given_the_urls_of_both_replicas(phase_two: Assembly, secret: str) -> None:
    url = urls(phase_two, secret)["Urls"]["DATABASE_REPLICA_URLS"]
    replicas = [phase_two.at("data", f"Database/Replica{number}/Resource") for number in (1, 2)]

    assert phase_two.targets("credentials", url["Hosts"]) == replicas
    assert url["Kind"] == "postgres-list"


@pytest.mark.parametrize("service", ["restartix-core-api", "restartix-telemetry-api"])
def test_a16_both_containers_read_the_replica_urls(
    phase_two: Assembly, fargate_phase_two: Assembly, phase_one: Assembly, service: str
) -> None:
    def told(assembly: Assembly) -> set[str]:
        runs = assembly.the("AWS::AppRunner::Service", ServiceName=service)["SourceConfiguration"]
        secrets = runs["ImageRepository"]["ImageConfiguration"]["RuntimeEnvironmentSecrets"]
        return {pair["Name"] for pair in secrets}

    task = fargate_phase_two.the("AWS::ECS::TaskDefinition", Family=service)

    assert told(phase_two) - told(phase_one) == {"DATABASE_REPLICA_URLS"}
    assert "DATABASE_REPLICA_URLS" in {pair["Name"] for pair in task["ContainerDefinitions"][0]["Secrets"]}


def test_a16_memory_parameters_follow_the_size(phase_two: Assembly) -> None:
    # db.r6g.large has 16 GB.
    assert int(parameters(phase_two)["shared_buffers"]) * 8 * KB == 4 * 1024**3
    assert parameters(phase_two)["max_connections"] == "500"


def test_the_services_connections_fit_the_database_in_both_phases() -> None:
    for phase, limit in ((1, 200), (2, 500)):
        for budget in load_system("restartix").resolve("production", phase).budgets_of_connections:
            assert budget.limit == limit
            assert budget.used <= limit
