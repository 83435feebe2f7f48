"""Rows C1 to C3, C11, C16 and C17: the ten services of ReptiDex, read from the templates."""

from typing import Any

import pytest

from support.assembly import Assembly, Resource, text

TASK = "AWS::ECS::TaskDefinition"
SERVICE = "AWS::ECS::Service"
TARGET = "AWS::ElasticLoadBalancingV2::TargetGroup"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"

FRONT_ENDS = ("web-public", "web-admin", "web-breeder", "web-embed")
BACK_ENDS = ("repti-core", "repti-animal", "repti-commerce", "repti-media", "repti-community", "repti-ops")
ALL = (*FRONT_ENDS, *BACK_ENDS)

DEV_HOSTS = {
    "dev.reptidex.com": "web-public",
    "admin-dev.reptidex.com": "web-admin",
    "breeder-dev.reptidex.com": "web-breeder",
    "embed-dev.reptidex.com": "web-embed",
    "api-dev.reptidex.com": "repti-core",
    "animal-api-dev.reptidex.com": "repti-animal",
    "commerce-api-dev.reptidex.com": "repti-commerce",
    "media-api-dev.reptidex.com": "repti-media",
    "community-api-dev.reptidex.com": "repti-community",
    "ops-api-dev.reptidex.com": "repti-ops",
}
"""The document's list."""
PRODUCTION_HOSTS = {
    ("reptidex.com" if host == "dev.reptidex.com" else host.replace("-dev.", ".")): service
    for host, service in DEV_HOSTS.items()
}

SIZES = {
    ("dev", "front end"): ("256", "512", 1, 1),
    ("dev", "back end"): ("512", "1024", 1, 1),
    ("production", "front end"): ("512", "1024", 2, 4),
    ("production", "back end"): ("1024", "2048", 2, 6),
}
"""The document's table: CPU units, MiB, tasks at least and at most."""

Both = dict[str, Assembly]


def kind(name: str) -> str:
    return "front end" if name in FRONT_ENDS else "back end"


def task(assembly: Assembly, name: str) -> Resource:
    return assembly.the(TASK, "compute", Family=f"reptidex-{name}")


def container(assembly: Assembly, name: str) -> dict[str, Any]:
    (found,) = task(assembly, name)["ContainerDefinitions"]
    return dict(found)


def bounds(assembly: Assembly, name: str) -> tuple[int, int]:
    service = assembly.the(SERVICE, "compute", ServiceName=f"reptidex-{name}")
    (target,) = [
        one
        for one in assembly.of_type("AWS::ApplicationAutoScaling::ScalableTarget", "compute")
        if service.logical_id in text(one["ResourceId"])
    ]
    return target["MinCapacity"], target["MaxCapacity"]


def behind(assembly: Assembly, rule: Resource) -> Resource:
    """The target group that a listener rule leads to."""
    (action,) = rule["Actions"]
    group = assembly.target("compute", action["TargetGroupArn"])
    assert group
    return group


def target_of(assembly: Assembly, name: str) -> Resource:
    (balancer,) = assembly.the(SERVICE, "compute", ServiceName=f"reptidex-{name}")["LoadBalancers"]
    group = assembly.target("compute", balancer["TargetGroupArn"])
    assert group
    return group


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("environment", ["dev", "production"])
def test_c1_size_and_bounds_of_the_documents_table(reptidex: Both, environment: str, name: str) -> None:
    assembly = reptidex[environment]
    found = task(assembly, name)

    assert (found["Cpu"], found["Memory"], *bounds(assembly, name)) == SIZES[environment, kind(name)]
    assert found["RuntimePlatform"] == {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"}
    assert found["NetworkMode"] == "awsvpc"
    assert found["RequiresCompatibilities"] == ["FARGATE"]


def test_c1_there_are_ten_services_and_nothing_of_dev_runs_on_spot(reptidex: Both) -> None:
    for assembly in reptidex.values():
        services = assembly.of_type(SERVICE, "compute")
        assert {one["ServiceName"] for one in services} == {f"reptidex-{name}" for name in ALL}
        providers = {one["CapacityProviderStrategy"][0]["CapacityProvider"] for one in services}
        assert providers == {"FARGATE"}


def test_c1_tasks_are_asked_inside_their_containers_too(reptidex_production: Assembly) -> None:
    for name in ALL:
        found = container(reptidex_production, name)
        (port,) = found["PortMappings"]
        where = (
            "127.0.0.1/health" if kind(name) == "front end" else f"127.0.0.1:{port['ContainerPort']}/api/v1/"
        )
        assert where in " ".join(found["HealthCheck"]["Command"])


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_c2_ten_repositories_that_scan_what_is_pushed(reptidex: Both, environment: str) -> None:
    repositories = reptidex[environment].of_type("AWS::ECR::Repository")

    assert {one["RepositoryName"] for one in repositories} == {f"reptidex-{name}" for name in ALL}
    assert all(one["ImageScanningConfiguration"] == {"ScanOnPush": True} for one in repositories)


@pytest.mark.parametrize(("environment", "hosts"), [("dev", DEV_HOSTS), ("production", PRODUCTION_HOSTS)])
def test_c3_each_host_leads_to_its_service(reptidex: Both, environment: str, hosts: dict[str, str]) -> None:
    assembly = reptidex[environment]
    by_target = {target_of(assembly, name).logical_id: name for name in ALL}
    found = {}
    for rule in assembly.of_type(RULE, "compute"):
        (condition,) = rule["Conditions"]
        for host in condition["HostHeaderConfig"]["Values"]:
            found[host] = by_target[behind(assembly, rule).logical_id]

    assert found == hosts


def test_c3_one_load_balancer_faces_the_internet_in_every_zone(reptidex: Both) -> None:
    for environment, zones in (("dev", 2), ("production", 3)):
        (balancer,) = reptidex[environment].of_type("AWS::ElasticLoadBalancingV2::LoadBalancer")
        assert (balancer["Scheme"], balancer["Type"]) == ("internet-facing", "application")
        assert balancer.properties.get("IpAddressType", "ipv4") == "ipv4"
        assert len(balancer["Subnets"]) == zones


def test_c3_http_is_redirected_and_https_refuses_old_tls(reptidex: Both) -> None:
    for assembly in reptidex.values():
        listeners = {one["Port"]: one for one in assembly.of_type("AWS::ElasticLoadBalancingV2::Listener")}
        (redirect,) = listeners[80]["DefaultActions"]
        assert redirect["Type"] == "redirect"
        assert (redirect["RedirectConfig"]["Protocol"], redirect["RedirectConfig"]["Port"]) == (
            "HTTPS",
            "443",
        )
        assert "TLS13-1-2" in listeners[443]["SslPolicy"]
        assert listeners.keys() == {80, 443}


@pytest.mark.parametrize("name", ALL)
def test_c3_health_checks_ports_and_deregistration(reptidex: Both, name: str) -> None:
    port = 80 if kind(name) == "front end" else 8000 + BACK_ENDS.index(name)
    path = "/health" if kind(name) == "front end" else "/api/v1/health"
    for assembly in reptidex.values():
        target = target_of(assembly, name)
        attributes = {pair["Key"]: pair["Value"] for pair in target["TargetGroupAttributes"]}
        assert (target["Port"], target["Protocol"], target["TargetType"]) == (port, "HTTP", "ip")
        assert target["HealthCheckPath"] == path
        assert attributes["deregistration_delay.timeout_seconds"] == "30"


def statements(assembly: Assembly, name: str, role: str) -> list[dict[str, Any]]:
    """What the policies of a task's role say."""
    of = assembly.target("compute", task(assembly, name)[role])
    assert of
    return [
        statement
        for policy in assembly.of_type("AWS::IAM::Policy", "compute")
        if of in assembly.targets("compute", policy["Roles"])
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def actions(found: list[dict[str, Any]]) -> set[str]:
    named = [one["Action"] for one in found]
    return {action for one in named for action in ([one] if isinstance(one, str) else one)}


PULLS_AND_LOGS = {
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
}
READS_SECRETS = {"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}


@pytest.mark.parametrize("name", ALL)
def test_c11_the_execution_role_starts_tasks_and_the_task_role_serves(
    reptidex_production: Assembly, name: str
) -> None:
    execution = actions(statements(reptidex_production, name, "ExecutionRoleArn"))
    found = task(reptidex_production, name)

    assert execution == PULLS_AND_LOGS | (READS_SECRETS if name in BACK_ENDS else set())
    assert found["TaskRoleArn"] != found["ExecutionRoleArn"]
    assert not actions(statements(reptidex_production, name, "TaskRoleArn")) & execution


def test_c11_the_role_that_starts_a_task_reads_the_secret_of_that_service_alone(
    reptidex_production: Assembly,
) -> None:
    read = {}
    for name in BACK_ENDS:
        (statement,) = [
            one
            for one in statements(reptidex_production, name, "ExecutionRoleArn")
            if actions([one]) == READS_SECRETS
        ]
        secret = reptidex_production.target("compute", statement["Resource"])
        assert secret
        read[name] = secret["Name"]

    assert read == {name: f"reptidex/production/{name}" for name in BACK_ENDS}


@pytest.mark.parametrize("name", BACK_ENDS)
def test_c11_back_ends_send_email_as_the_domain_and_use_the_media_buckets_alone(
    reptidex: Both, name: str
) -> None:
    for environment, assembly in reptidex.items():
        found = statements(assembly, name, "TaskRoleArn")
        (email,) = [one for one in found if "ses:SendEmail" in actions([one])]
        (media,) = [one for one in found if actions([one]) == {"s3:GetObject", "s3:PutObject"}]
        objects = {text(one).rpartition(":")[2] for one in media["Resource"]}

        assert email["Action"] == ["ses:SendEmail", "ses:SendRawEmail"]
        assert text(email["Resource"]).endswith(":identity/reptidex.com")
        assert email["Condition"] == {"StringLike": {"ses:FromAddress": "*@reptidex.com"}}
        assert {one.split("-")[2] for one in objects} == {"assets", "uploads"}
        assert all(one.startswith(f"reptidex-{environment}-") and one.endswith("/*") for one in objects)


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_c11_front_ends_may_nothing_in_aws(reptidex_production: Assembly, name: str) -> None:
    assert statements(reptidex_production, name, "TaskRoleArn") == []
    assert "Secrets" not in container(reptidex_production, name)


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_c16_releases_roll_between_100_and_200_percent_spread_over_the_zones(
    reptidex: Both, environment: str
) -> None:
    for service in reptidex[environment].of_type(SERVICE, "compute"):
        rollout = service["DeploymentConfiguration"]
        subnets = service["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"]
        assert (rollout["MinimumHealthyPercent"], rollout["MaximumPercent"]) == (100, 200)
        assert rollout["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
        assert service["AvailabilityZoneRebalancing"] == "ENABLED"
        assert len(subnets) == {"dev": 2, "production": 3}[environment]


@pytest.mark.parametrize(("environment", "days"), [("dev", 30), ("production", 90)])
def test_c17_container_insights_and_a_log_of_its_own_for_each_service(
    reptidex: Both, environment: str, days: int
) -> None:
    assembly = reptidex[environment]
    (cluster,) = assembly.of_type("AWS::ECS::Cluster", "compute")
    logs = {}
    for name in ALL:
        options = container(assembly, name)["LogConfiguration"]["Options"]
        group = assembly.target("compute", options["awslogs-group"])
        assert group
        assert group["RetentionInDays"] >= days
        logs[name] = group.logical_id

    assert {"Name": "containerInsights", "Value": "enabled"} in cluster["ClusterSettings"]
    assert len(set(logs.values())) == len(ALL)
