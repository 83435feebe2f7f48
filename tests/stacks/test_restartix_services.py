"""Rows A7 and A8: the two services with the numbers of their tables, on both platforms."""

from typing import Any

import pytest

from support.assembly import Assembly, Resource, text

CORE, TELEMETRY = "restartix-core-api", "restartix-telemetry-api"

ENVIRONMENT = {
    CORE: {
        "APP_ENV": "production",
        "LOG_LEVEL": "info",
        "PORT": "9000",
        "DB_POOL_MAX": "30",
        "S3_BUCKET": "restartix-production-uploads-111122223333-eu-central-1",
        "S3_REGION": "eu-central-1",
    },
    TELEMETRY: {"APP_ENV": "production", "LOG_LEVEL": "info", "PORT": "4000"},
}
SECRETS = {
    CORE: [
        "DATABASE_URL",
        "REDIS_URL",
        "CLERK_SECRET_KEY",
        "CLERK_WEBHOOK_SECRET",
        "DAILY_API_KEY",
        "ENCRYPTION_KEY",
    ],
    TELEMETRY: ["DATABASE_URL", "CLICKHOUSE_URL"],
}
BOTH = pytest.mark.parametrize("service", [CORE, TELEMETRY])


def app_runner(assembly: Assembly, service: str) -> Resource:
    return assembly.the("AWS::AppRunner::Service", ServiceName=service)


def image(assembly: Assembly, service: str) -> dict[str, Any]:
    repository: dict[str, Any] = app_runner(assembly, service)["SourceConfiguration"]["ImageRepository"]
    return repository


def task(assembly: Assembly, service: str) -> Resource:
    return assembly.the("AWS::ECS::TaskDefinition", Family=service)


def named(pairs: list[dict[str, Any]], value: str = "Value") -> dict[str, Any]:
    return {pair["Name"]: pair[value] for pair in pairs}


def secret_of(assembly: Assembly, reference: Any) -> tuple[str, str]:
    """The name of the secret and the key in it that a container's value is read from."""
    arn, suffix = reference["Fn::Join"][1]
    secret = assembly.target("compute", arn)
    assert secret
    return secret["Name"], suffix


@pytest.mark.parametrize(
    ("service", "cpu", "memory"), [(CORE, "1 vCPU", "2 GB"), (TELEMETRY, "0.5 vCPU", "1 GB")]
)
def test_a7_a8_size_on_app_runner(phase_one: Assembly, service: str, cpu: str, memory: str) -> None:
    size = app_runner(phase_one, service)["InstanceConfiguration"]

    assert (size["Cpu"], size["Memory"]) == (cpu, memory)


@pytest.mark.parametrize(("service", "port"), [(CORE, "9000"), (TELEMETRY, "4000")])
def test_a7_a8_port_is_that_of_the_services_own_table(phase_one: Assembly, service: str, port: str) -> None:
    assert image(phase_one, service)["ImageConfiguration"]["Port"] == port


@BOTH
def test_a7_a8_health_is_asked_every_10_s_and_5_failures_in_a_row_count(
    phase_one: Assembly, service: str
) -> None:
    assert app_runner(phase_one, service)["HealthCheckConfiguration"] == {
        "Protocol": "HTTP",
        "Path": "/health",
        "Interval": 10,
        "Timeout": 5,
        "HealthyThreshold": 1,
        "UnhealthyThreshold": 5,
    }


@BOTH
def test_a7_a8_environment_values_are_exactly_those_of_the_table(phase_one: Assembly, service: str) -> None:
    told = image(phase_one, service)["ImageConfiguration"]["RuntimeEnvironmentVariables"]

    # And one of ours: the version of the credentials, and how many replicas their URLs name.
    assert named(told) == {**ENVIRONMENT[service], "CREDENTIALS_REVISION": "1.0"}


@BOTH
def test_a16_services_restart_with_the_replicas_their_secrets_name(phase_two: Assembly, service: str) -> None:
    told = image(phase_two, service)["ImageConfiguration"]["RuntimeEnvironmentVariables"]

    assert len(phase_two.of_type("AWS::RDS::DBInstance")) == 1 + 2
    assert named(told)["CREDENTIALS_REVISION"] == "1.2"


@BOTH
def test_a7_a8_secrets_are_exactly_those_of_the_table(phase_one: Assembly, service: str) -> None:
    told = named(image(phase_one, service)["ImageConfiguration"]["RuntimeEnvironmentSecrets"])
    leaf = service.removeprefix("restartix-")

    assert {key: secret_of(phase_one, value) for key, value in told.items()} == {
        key: (f"restartix/production/{leaf}", f":{key}::") for key in SECRETS[service]
    }


@BOTH
def test_a7_a8_follows_the_latest_image_of_its_own_repository(phase_one: Assembly, service: str) -> None:
    assert text(image(phase_one, service)["ImageIdentifier"]).endswith(f"/{service}:latest")
    assert app_runner(phase_one, service)["SourceConfiguration"]["AutoDeploymentsEnabled"] is True


@BOTH
def test_a7_a8_goes_out_through_the_connector_and_is_called_from_outside(
    phase_one: Assembly, service: str
) -> None:
    network = app_runner(phase_one, service)["NetworkConfiguration"]
    connector = phase_one.target("compute", network["EgressConfiguration"]["VpcConnectorArn"])

    assert network["EgressConfiguration"]["EgressType"] == "VPC"
    assert connector == phase_one.the("AWS::AppRunner::VpcConnector")
    assert network["IngressConfiguration"] == {"IsPubliclyAccessible": True}


def test_a7_writes_the_uploads_bucket_that_exists(phase_one: Assembly) -> None:
    uploads = phase_one.at("storage", "Uploads/Bucket/Resource")

    assert uploads["BucketName"] == ENVIRONMENT[CORE]["S3_BUCKET"]


def test_app_runner_is_taken_only_with_an_acknowledgement_that_the_template_carries(
    phase_one: Assembly,
) -> None:
    for service in (CORE, TELEMETRY):
        metadata = app_runner(phase_one, service).body["Metadata"]
        assert "since before 2026-04-30" in metadata["cambium:app-runner-acknowledged"]


@pytest.mark.parametrize(("service", "cpu", "memory"), [(CORE, "1024", "2048"), (TELEMETRY, "512", "1024")])
def test_a7_a8_size_on_fargate_on_arm64(fargate: Assembly, service: str, cpu: str, memory: str) -> None:
    definition = task(fargate, service)

    assert (definition["Cpu"], definition["Memory"]) == (cpu, memory)
    assert definition["RuntimePlatform"]["CpuArchitecture"] == "ARM64"


@BOTH
def test_a7_a8_a_container_is_told_the_same_on_both_platforms(
    phase_one: Assembly, fargate: Assembly, service: str
) -> None:
    (container,) = task(fargate, service)["ContainerDefinitions"]
    there = image(phase_one, service)["ImageConfiguration"]

    assert named(container["Environment"]) == named(there["RuntimeEnvironmentVariables"])
    assert named(container["Secrets"], "ValueFrom") == named(there["RuntimeEnvironmentSecrets"])


@pytest.mark.parametrize(
    ("service", "port", "host"),
    [(CORE, 9000, "api.restartix.com"), (TELEMETRY, 4000, "telemetry.restartix.com")],
)
def test_a7_a8_a_host_leads_to_its_service_on_fargate(
    fargate: Assembly, service: str, port: int, host: str
) -> None:
    runs = fargate.the("AWS::ECS::Service", ServiceName=service)
    (balanced,) = runs["LoadBalancers"]
    target = fargate.target("compute", balanced["TargetGroupArn"])
    hosts = [
        condition["HostHeaderConfig"]["Values"]
        for rule in fargate.of_type("AWS::ElasticLoadBalancingV2::ListenerRule")
        if fargate.target("compute", rule["Actions"][0]["TargetGroupArn"]) == target
        for condition in rule["Conditions"]
    ]

    assert hosts == [[host]]
    assert balanced["ContainerPort"] == port
    assert target
    assert (target["Port"], target["HealthCheckPath"]) == (port, "/health")
    assert (target["HealthCheckIntervalSeconds"], target["HealthCheckTimeoutSeconds"]) == (10, 5)
    assert target["UnhealthyThresholdCount"] == 5


@pytest.mark.parametrize(("service", "bounds"), [(CORE, (1, 5)), (TELEMETRY, (1, 3))])
def test_a7_a8_fargate_scales_inside_the_same_bounds_by_target_tracking(
    fargate: Assembly, service: str, bounds: tuple[int, int]
) -> None:
    runs = fargate.the("AWS::ECS::Service", ServiceName=service)
    (target,) = [
        one
        for one in fargate.of_type("AWS::ApplicationAutoScaling::ScalableTarget")
        if f"<{runs.logical_id}.Name>" in text(one["ResourceId"])
    ]
    (policy,) = [
        one
        for one in fargate.of_type("AWS::ApplicationAutoScaling::ScalingPolicy")
        if fargate.target("compute", one["ScalingTargetId"]) == target
    ]

    assert (target["MinCapacity"], target["MaxCapacity"]) == bounds
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70


@BOTH
def test_fargate_rolls_back_a_release_that_does_not_start(fargate: Assembly, service: str) -> None:
    deployment = fargate.the("AWS::ECS::Service", ServiceName=service)["DeploymentConfiguration"]

    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)


@BOTH
def test_nobody_opens_a_shell_in_production(fargate: Assembly, service: str) -> None:
    assert fargate.the("AWS::ECS::Service", ServiceName=service)["EnableExecuteCommand"] is False


@BOTH
def test_fargate_starts_tasks_only_once_their_role_may_read_the_secret(
    fargate: Assembly, service: str
) -> None:
    definition = task(fargate, service)
    role = fargate.target("compute", definition["ExecutionRoleArn"])
    assert role
    policies = {
        one.logical_id
        for one in fargate.of_type("AWS::IAM::Policy", "compute")
        if {"Ref": role.logical_id} in one["Roles"]
    }

    assert policies
    assert policies <= set(fargate.the("AWS::ECS::Service", ServiceName=service).body["DependsOn"])


def test_fargate_answers_over_https_with_a_certificate_for_every_host(fargate: Assembly) -> None:
    certificate = fargate.the("AWS::CertificateManager::Certificate")
    https = fargate.the("AWS::ElasticLoadBalancingV2::Listener", Protocol="HTTPS")

    assert [certificate["DomainName"], *certificate["SubjectAlternativeNames"]] == [
        "api.restartix.com",
        "telemetry.restartix.com",
    ]
    assert fargate.target("compute", https["Certificates"][0]["CertificateArn"]) == certificate


def test_a9_services_start_only_after_their_urls_are_written(phase_one: Assembly, fargate: Assembly) -> None:
    for assembly in (phase_one, fargate):
        assert assembly.stacks["credentials"].name in assembly.stacks["compute"].after
