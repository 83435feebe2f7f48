"""Rows D1, D6, D12, D13 and D16: the services of the chatbot platform, read from the templates."""

from typing import Any

import pytest

from support.assembly import Assembly, Resource, text

TASK = "AWS::ECS::TaskDefinition"
SERVICE = "AWS::ECS::Service"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
TRACED = ("frontend", "backend", "chatbot-api", "chatbot-admin", "ai-worker")
PORTS = {"frontend": 5000, "backend": 6000, "chatbot-api": 8000, "chatbot-admin": 8001, "weaviate": 8080}
RULES = {
    "backend": (1, 10, 50, 30),
    "frontend": (1, 6, 50, 30),
    "chatbot-api": (1, 4, 70, 40),
}
"""The document's table: tasks at least and at most, CPU above which there are more, and below which fewer."""


def service(assembly: Assembly, name: str) -> Resource:
    return assembly.the(SERVICE, "compute", ServiceName=f"chatbot-{name}")


def containers(assembly: Assembly, name: str) -> list[dict[str, Any]]:
    found = assembly.the(TASK, "compute", Family=f"chatbot-{name}")["ContainerDefinitions"]
    return [dict(one) for one in found]


def target(assembly: Assembly, name: str) -> Resource:
    (found,) = [
        one
        for one in assembly.of_type("AWS::ApplicationAutoScaling::ScalableTarget", "compute")
        if service(assembly, name).logical_id in text(one["ResourceId"])
    ]
    return found


def policies(assembly: Assembly, name: str) -> list[Resource]:
    of = target(assembly, name).logical_id
    return [one for one in assembly.of_type(POLICY, "compute") if one["ScalingTargetId"] == {"Ref": of}]


def test_d1_five_services_a_worker_and_their_ports(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        ports = {
            str(one["Family"]).removeprefix("chatbot-"): [
                mapping["ContainerPort"] for mapping in one["ContainerDefinitions"][0].get("PortMappings", ())
            ]
            for one in assembly.of_type(TASK, "compute")
        }
        assert ports == {
            **{name: [port] for name, port in PORTS.items()},
            "ai-worker": [],
            "migrations": [],
        }


def test_d1_weaviate_is_one_task_that_stops_before_the_next_starts(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        weaviate = service(assembly, "weaviate")
        rollout = weaviate["DeploymentConfiguration"]
        assert (rollout["MinimumHealthyPercent"], rollout["MaximumPercent"]) == (0, 100)
        # ECS refuses the other with so few tasks.
        assert weaviate["AvailabilityZoneRebalancing"] == "DISABLED"
        bounds = target(assembly, "weaviate")
        assert (bounds["MinCapacity"], bounds["MaxCapacity"]) == (1, 1)


def test_d1_weaviates_files_are_mounted_over_tls_as_its_own_role(chatbot_production: Assembly) -> None:
    task = chatbot_production.the(TASK, "compute", Family="chatbot-weaviate")
    (volume,) = task["Volumes"]
    files = volume["EFSVolumeConfiguration"]

    assert files["TransitEncryption"] == "ENABLED"
    assert files["AuthorizationConfig"]["IAM"] == "ENABLED"
    point = chatbot_production.target("compute", files["AuthorizationConfig"]["AccessPointId"])
    assert point is not None
    assert point.type == "AWS::EFS::AccessPoint"
    assert task["ContainerDefinitions"][0]["MountPoints"] == [
        {"ContainerPath": "/var/lib/weaviate", "ReadOnly": False, "SourceVolume": "files"}
    ]


def test_d1_nobody_is_led_to_weaviate_and_the_worker(chatbot_production: Assembly) -> None:
    for name in ("weaviate", "ai-worker"):
        found = service(chatbot_production, name)
        assert found["LoadBalancers"] == []
        # ECS refuses it for a service without a load balancer.
        assert "HealthCheckGracePeriodSeconds" not in found.properties


@pytest.mark.parametrize("name", RULES)
def test_d6_tasks_are_added_and_taken_away_at_the_documents_bounds(
    chatbot_production: Assembly, name: str
) -> None:
    least, most, above, below = RULES[name]
    bounds = target(chatbot_production, name)
    assert (bounds["MinCapacity"], bounds["MaxCapacity"]) == (least, most)

    found = {}
    for policy in policies(chatbot_production, name):
        (alarm,) = [
            one
            for one in chatbot_production.of_type("AWS::CloudWatch::Alarm", "compute")
            if {"Ref": policy.logical_id} in one["AlarmActions"]
        ]
        steps = policy["StepScalingPolicyConfiguration"]
        seconds = alarm["EvaluationPeriods"] * alarm["Period"]
        added = steps["StepAdjustments"][0]["ScalingAdjustment"]
        found[alarm["ComparisonOperator"]] = (alarm["Threshold"], seconds, steps["Cooldown"], added)

    assert found == {
        "GreaterThanThreshold": (above, 60, 60, 1),
        "LessThanThreshold": (below, 300, 300, -1),
    }


def test_d6_the_worker_scales_on_what_waits_for_each_running_task(chatbot_production: Assembly) -> None:
    (policy,) = policies(chatbot_production, "ai-worker")
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    queries = {one["Id"]: one for one in tracking["CustomizedMetricSpecification"]["Metrics"]}
    (answer,) = [one for one in queries.values() if one["ReturnData"]]
    queues = [
        chatbot_production.target("compute", dimension["Value"])
        for name, one in queries.items()
        if name.startswith("waiting")
        for dimension in one["MetricStat"]["Metric"]["Dimensions"]
    ]

    assert tracking["TargetValue"] == 1000
    assert answer["Expression"] == "(waiting1 + waiting2 + waiting3) / IF(running < 1, 1, running)"
    assert [one["QueueName"] for one in queues if one] == [
        "chatbot-jobs-high",
        "chatbot-jobs-normal",
        "chatbot-jobs-low",
    ]
    assert queries["running"]["MetricStat"]["Metric"]["MetricName"] == "RunningTaskCount"
    assert (tracking["ScaleOutCooldown"], tracking["ScaleInCooldown"]) == (60, 300)


def test_d10_a_collector_beside_each_traced_service_sends_to_x_ray(chatbot_production: Assembly) -> None:
    for name in TRACED:
        main, collector = containers(chatbot_production, name)
        told = {pair["Name"]: pair["Value"] for pair in main["Environment"]}
        assert told["OTEL_SERVICE_NAME"] == name
        assert told["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4318"
        assert "xray" in told["OTEL_PROPAGATORS"]
        assert collector["Image"].startswith("public.ecr.aws/aws-observability/aws-otel-collector:v")
        # A service without traces still serves, and a collector that grows ends alone.
        assert (collector["Essential"], collector["Memory"]) == (False, 128)
        assert collector["RestartPolicy"] == {"Enabled": True}
    for name in ("weaviate", "migrations"):
        assert len(containers(chatbot_production, name)) == 1


def test_d10_traced_services_may_send_traces_and_the_others_may_not(chatbot_production: Assembly) -> None:
    may = set()
    for task in chatbot_production.of_type(TASK, "compute"):
        role = chatbot_production.target("compute", task["TaskRoleArn"])
        assert role
        if any("xray:PutTraceSegments" in one["Action"] for one in chatbot_production.statements(role)):
            may.add(str(task["Family"]).removeprefix("chatbot-"))

    assert may == set(TRACED)


def test_d12_a_release_that_does_not_start_is_taken_back(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        for one in assembly.of_type(SERVICE, "compute"):
            breaker = one["DeploymentConfiguration"]["DeploymentCircuitBreaker"]
            assert breaker == {"Enable": True, "Rollback": True}


def test_d12_images_of_ours_are_those_of_its_repositories(chatbot_production: Assembly) -> None:
    repositories = {one["RepositoryName"] for one in chatbot_production.of_type("AWS::ECR::Repository")}

    assert repositories == {f"chatbot-{name}" for name in (*TRACED,)}


def test_d12_the_schema_is_changed_before_any_service_is_rolled_out(chatbot_production: Assembly) -> None:
    (migration,) = chatbot_production.of_type("Custom::Migration")
    for one in chatbot_production.of_type(SERVICE, "compute"):
        assert migration.logical_id in one.body["DependsOn"]
    assert containers(chatbot_production, "migrations")[0]["Command"] == ["npm", "run", "migrate"]


def test_d13_only_the_worker_runs_on_spot_and_has_time_to_finish(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        spot = {
            one["ServiceName"]
            for one in assembly.of_type(SERVICE, "compute")
            if one["CapacityProviderStrategy"][0]["CapacityProvider"] == "FARGATE_SPOT"
        }
        assert spot == {"chatbot-ai-worker"}
        assert containers(assembly, "ai-worker")[0]["StopTimeout"] == 120


def test_d13_everything_runs_on_graviton(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        tasks = assembly.of_type(TASK, "compute")
        assert {one["RuntimePlatform"]["CpuArchitecture"] for one in tasks} == {"ARM64"}
        assert assembly.of_type("AWS::RDS::DBInstance")[0]["DBInstanceClass"].startswith("db.t4g.")
        assert assembly.the("AWS::ElastiCache::ReplicationGroup")["CacheNodeType"].startswith("cache.t4g.")


def test_d13_dev_puts_worker_and_files_to_sleep_too_callers_first(chatbot_dev: Assembly) -> None:
    machines = {
        str(one["StateMachineName"]): text(one["DefinitionString"])
        for one in chatbot_dev.of_type("AWS::StepFunctions::StateMachine", "hours")
    }
    (asleep,) = [definition for name, definition in machines.items() if name.endswith("sleep")]

    for name in (*PORTS, "ai-worker"):
        assert f"chatbot-{name}" in asleep
    order = [asleep.index(f"chatbot-{name}") for name in ("frontend", "backend", "chatbot-api", "weaviate")]
    assert order == sorted(order)


def test_d16_each_service_is_asked_inside_its_container_by_ipv4(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        for name, port in PORTS.items():
            kind, command = containers(assembly, name)[0]["HealthCheck"]["Command"]
            assert kind == "CMD-SHELL"
            assert f"http://127.0.0.1:{port}/" in command
            assert "localhost" not in command


def test_the_workers_role_takes_jobs_and_the_back_end_only_sends_them(chatbot_production: Assembly) -> None:
    def may(name: str) -> set[str]:
        task = chatbot_production.the(TASK, "compute", Family=f"chatbot-{name}")
        role = chatbot_production.target("compute", task["TaskRoleArn"])
        assert role
        named = [one["Action"] for one in chatbot_production.statements(role)]
        flat = [action for one in named for action in ([one] if isinstance(one, str) else one)]
        return {action for action in flat if action.startswith("sqs:")}

    assert may("backend") == {"sqs:SendMessage"}
    assert may("ai-worker") == {
        "sqs:ReceiveMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    }
    assert may("frontend") == may("chatbot-api") == may("chatbot-admin") == may("weaviate") == set()
