"""What the platforms and their services promise, beyond those that the rows describe."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecr as ecr

from cambium.app_runner_platform import AppRunnerPlatform
from cambium.container_platform import ContainerPlatform
from cambium.fargate_platform import FargatePlatform
from cambium.network import Network
from cambium.security_groups import SecurityGroups
from cambium.web_service import ContainerSpec, WebService
from config.access import access_rules
from config.doors import listener_priority
from config.environment import Platform
from config.network import Network as NetworkConfig
from config.scaling import HealthCheck, Scaling
from config.service import Service
from config.watching import ContainerInsights, NoContainerInsights
from support.assembly import Resource, text
from support.scenario import ACCOUNT, PRIVATE, REGION, ZONES, BuiltOf, scenario

SERVICE = "AWS::ECS::Service"
TARGET = "AWS::ElasticLoadBalancingV2::TargetGroup"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/12345678"
FORGIVING = HealthCheck(interval_seconds=30, timeout_seconds=10, healthy_threshold=1, unhealthy_threshold=1)


def service(name: str = "api", port: int | None = 8080, **fields: Any) -> Service:
    hosts = fields.pop("hosts", (f"{name}.shop.test",))
    return Service(name=name, port=port, cpu=256, memory_mib=512, hosts=hosts, **fields)


def build(platform: ContainerPlatform, stack: cdk.Stack, *services: Service) -> list[WebService]:
    built = []
    for one in services:
        spec = ContainerSpec(
            service=one,
            name=f"shop-{one.name}",
            repository=ecr.Repository.from_repository_name(stack, f"Image{one.name.title()}", one.name),
            environment={"PORT": str(one.port)},
            secret=None,
            secret_keys=(),
            log_days=31,
        )
        built.append(platform.define_service(stack, one.name.title(), spec))
    return built


def doors(stack: cdk.Stack, network: Network, platform: Platform, *services: Service) -> SecurityGroups:
    rules = access_rules(services=services, database=None, cache=None, pool=None, platform=platform)
    return SecurityGroups(stack, "Access", vpc=network.vpc, rules=rules)


def fargate(
    stack: cdk.Stack,
    *services: Service,
    protected: bool = True,
    shell_access: bool = False,
    insights: ContainerInsights = "standard",
) -> list[WebService]:
    network = Network(stack, "Network", config=NetworkConfig(cidr="10.0.0.0/16"), zones=ZONES)
    platform = FargatePlatform(
        stack,
        "Platform",
        network=network,
        groups=doors(stack, network, "fargate", *services),
        certificates=[acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE)],
        protected=protected,
        shell_access=shell_access,
        insights=insights,
    )
    return build(platform, stack, *services)


@scenario
def ordinary(stack: cdk.Stack) -> None:
    fargate(stack, service())


@scenario
def with_a_shell(stack: cdk.Stack) -> None:
    fargate(stack, service(), protected=False, shell_access=True)


def watched(stack: cdk.Stack, insights: ContainerInsights) -> None:
    worker = service("worker", port=None, hosts=(), public=False)
    _, built = fargate(stack, service(), worker, insights=insights)
    metric = built.metrics.instances
    cloudwatch.Alarm(stack, "Stopped", metric=metric, threshold=1, evaluation_periods=1)


@scenario
def measured(stack: cdk.Stack) -> None:
    watched(stack, "enhanced")


@scenario
def unmeasured(stack: cdk.Stack) -> None:
    watched(stack, NoContainerInsights(reason="it costs more than the tasks do"))


@scenario
def cheap(stack: cdk.Stack) -> None:
    scaling = Scaling(min=0, max=9, cpu_percent=50, out_cooldown_seconds=30, in_cooldown_seconds=600)
    fargate(stack, service(spot=True, scaling=scaling))


@scenario
def sticky(stack: cdk.Stack) -> None:
    fargate(stack, service(sticky=True, health=FORGIVING))


@scenario
def by_path(stack: cdk.Stack) -> None:
    fargate(
        stack,
        service("admin", 8001, hosts=("shop.test",), paths=("/admin/*",)),
        service("web", 8002, hosts=()),
    )


@scenario
def on_app_runner(stack: cdk.Stack) -> None:
    network = Network(stack, "Network", config=NetworkConfig(cidr="10.0.0.0/16"), zones=ZONES)
    services = (service(), service("jobs", 8003, group="jobs"))
    platform = AppRunnerPlatform(
        stack,
        "Platform",
        vpc=network.vpc,
        subnets=PRIVATE,
        groups=doors(stack, network, "app-runner", *services),
        members=["compute", "jobs"],
        acknowledgement="this account has used it for years",
    )
    build(platform, stack, *services)


def attributes(resource: Resource, of: str) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in resource[of]}


@pytest.mark.parametrize(
    ("how", "value", "metric"),
    [
        (measured, "enhanced", ("ECS/ContainerInsights", "RunningTaskCount", "Average")),
        (unmeasured, "disabled", ("AWS/ECS", "CPUUtilization", "SampleCount")),
    ],
)
def test_an_alarm_on_running_tasks_looks_at_a_metric_that_is_there(
    built: BuiltOf, how: Any, value: str, metric: tuple[str, str, str]
) -> None:
    cluster, alarm = built(how).the("AWS::ECS::Cluster"), built(how).the("AWS::CloudWatch::Alarm")

    assert cluster["ClusterSettings"] == [{"Name": "containerInsights", "Value": value}]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == metric


def test_tasks_have_no_public_address(built: BuiltOf) -> None:
    network = built(ordinary).the(SERVICE)["NetworkConfiguration"]["AwsvpcConfiguration"]

    assert network["AssignPublicIp"] == "DISABLED"


def test_a_deployment_does_not_reset_the_number_of_tasks(built: BuiltOf) -> None:
    assert "DesiredCount" not in built(ordinary).the(SERVICE).properties


def test_a_service_waits_for_the_capacity_providers_it_names(built: BuiltOf) -> None:
    association = built(ordinary).the("AWS::ECS::ClusterCapacityProviderAssociations")

    assert association.logical_id in built(ordinary).the(SERVICE).body["DependsOn"]


def test_a_service_waits_for_what_its_tasks_may_do_before_they_run(built: BuiltOf) -> None:
    (policy,) = [
        one for one in built(ordinary).of_type("AWS::IAM::Policy") if "TaskExecutionRole" in str(one["Roles"])
    ]

    assert policy.logical_id in built(ordinary).the(SERVICE).body["DependsOn"]


def test_tasks_spread_over_zones_again_after_a_zone_comes_back(built: BuiltOf) -> None:
    assert built(ordinary).the(SERVICE)["AvailabilityZoneRebalancing"] == "ENABLED"


def test_a_shell_is_there_only_where_the_environment_has_one(built: BuiltOf) -> None:
    shells = [built(define).the(SERVICE)["EnableExecuteCommand"] for define in (ordinary, with_a_shell)]

    assert shells == [False, True]


def test_logs_end_after_at_least_the_days_asked_for_and_outlive_the_service(built: BuiltOf) -> None:
    (logs,) = [
        one for one in built(ordinary).of_type("AWS::Logs::LogGroup") if one.logical_id.startswith("ApiLogs")
    ]

    assert logs["RetentionInDays"] == 60
    assert logs.outlives_its_stack


@pytest.mark.parametrize(("define", "provider"), [(ordinary, "FARGATE"), (cheap, "FARGATE_SPOT")])
def test_spot_only_where_a_task_may_be_stopped(built: BuiltOf, define: Any, provider: str) -> None:
    assert built(define).the(SERVICE)["CapacityProviderStrategy"] == [
        {"CapacityProvider": provider, "Weight": 1}
    ]


def test_scales_inside_the_bounds_with_the_cooldowns_of_the_configuration(built: BuiltOf) -> None:
    target = built(cheap).the("AWS::ApplicationAutoScaling::ScalableTarget")
    policy = built(cheap).the("AWS::ApplicationAutoScaling::ScalingPolicy")
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]

    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 9)
    assert (tracking["TargetValue"], tracking["ScaleOutCooldown"], tracking["ScaleInCooldown"]) == (
        50,
        30,
        600,
    )


@pytest.mark.parametrize(("define", "enabled"), [(ordinary, "false"), (sticky, "true")])
def test_clients_stay_on_one_task_only_where_they_must(built: BuiltOf, define: Any, enabled: str) -> None:
    assert attributes(built(define).the(TARGET), "TargetGroupAttributes")["stickiness.enabled"] == enabled


def test_health_counts_as_far_down_as_a_load_balancer_can(built: BuiltOf) -> None:
    target = built(sticky).the(TARGET)

    assert (target["HealthyThresholdCount"], target["UnhealthyThresholdCount"]) == (2, 2)
    assert (target["HealthCheckIntervalSeconds"], target["HealthCheckTimeoutSeconds"]) == (30, 10)


def test_requests_in_flight_have_30_seconds(built: BuiltOf) -> None:
    told = attributes(built(ordinary).the(TARGET), "TargetGroupAttributes")

    assert told["deregistration_delay.timeout_seconds"] == "30"


def test_a_path_of_a_host_is_asked_before_everything_else(built: BuiltOf) -> None:
    rules = sorted(built(by_path).of_type(RULE), key=lambda rule: int(rule["Priority"]))
    conditions = [
        [
            condition.get("HostHeaderConfig", condition.get("PathPatternConfig"))
            for condition in rule["Conditions"]
        ]
        for rule in rules
    ]

    assert conditions == [
        [{"Values": ["shop.test"]}, {"Values": ["/admin/*"]}],
        [{"Values": ["/*"]}],
    ]


def test_a_rule_has_the_number_of_its_service_and_none_of_its_place(built: BuiltOf) -> None:
    admin = service("admin", 8001, hosts=("shop.test",), paths=("/admin/*",))
    web = service("web", 8002, hosts=())

    assert [rule["Priority"] for rule in built(by_path).of_type(RULE)] == [
        listener_priority(admin),
        listener_priority(web),
    ]


def test_a_request_for_nobody_is_answered_404_at_the_door(built: BuiltOf) -> None:
    https = built(ordinary).the("AWS::ElasticLoadBalancingV2::Listener", Protocol="HTTPS")

    assert https["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"] == "404"
    assert https["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")


def test_http_only_leads_to_https(built: BuiltOf) -> None:
    http = built(ordinary).the("AWS::ElasticLoadBalancingV2::Listener", Protocol="HTTP")

    assert http["DefaultActions"][0]["RedirectConfig"] == {
        "Port": "443",
        "Protocol": "HTTPS",
        "StatusCode": "HTTP_301",
    }


@pytest.mark.parametrize(("define", "protected"), [(ordinary, "true"), (with_a_shell, "false")])
def test_the_door_of_a_protected_environment_is_not_deleted_by_accident(
    built: BuiltOf, define: Any, protected: str
) -> None:
    balancer = built(define).the("AWS::ElasticLoadBalancingV2::LoadBalancer")
    told = attributes(balancer, "LoadBalancerAttributes")

    assert told["deletion_protection.enabled"] == protected
    assert told["routing.http.drop_invalid_header_fields.enabled"] == "true"


def test_app_runner_has_a_connector_per_group(built: BuiltOf) -> None:
    template = built(on_app_runner)
    connectors = {
        connector.logical_id: connector["SecurityGroups"][0]["Fn::GetAtt"][0]
        for connector in template.of_type("AWS::AppRunner::VpcConnector")
    }
    jobs = template.the("AWS::AppRunner::Service", ServiceName="shop-jobs")
    through = jobs["NetworkConfiguration"]["EgressConfiguration"]["VpcConnectorArn"]["Fn::GetAtt"][0]

    assert len(connectors) == 2
    assert "AccessJobs" in connectors[through]


def test_app_runner_may_see_that_the_latest_image_is_another(built: BuiltOf) -> None:
    pulls = [
        statement["Action"]
        for policy in built(on_app_runner).of_type("AWS::IAM::Policy")
        if "AccessRole" in str(policy["Roles"])
        for statement in policy["PolicyDocument"]["Statement"]
        if "ecr:BatchGetImage" in statement["Action"]
    ]

    assert len(pulls) == 2
    assert all("ecr:DescribeImages" in actions for actions in pulls)


def test_app_runners_own_log_groups_end_too(built: BuiltOf) -> None:
    kept = {
        text(one["LogGroupName"]).rpartition("/")[2]: one["RetentionInDays"]
        for one in built(on_app_runner).of_type("Custom::LogRetention")
    }

    assert kept == {"application": 60, "service": 60}
