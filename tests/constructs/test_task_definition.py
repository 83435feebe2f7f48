"""What every task of ours is, and what one of them may ask for."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager

from cambium.service_container import service_container, service_image_name
from cambium.task_container import Liveness, SecretValue, TaskContainer
from cambium.task_definition import define_task
from cambium.web_service import ContainerSpec
from config.scaling import HealthCheck
from config.service import Service
from support.assembly import Resource, text
from support.scenario import Built, BuiltOf, scenario

TASK = "AWS::ECS::TaskDefinition"
ELSEWHERE = ecs.ContainerImage.from_registry


def define(stack: cdk.Stack, *containers: TaskContainer) -> None:
    define_task(stack, family="shop", cpu=256, memory_mib=512, log_days=31, containers=containers)


def spec(stack: cdk.Stack, **fields: Any) -> ContainerSpec:
    service = Service(name="worker", port=None, public=False, cpu=256, memory_mib=512, **fields)
    return ContainerSpec(
        service=service,
        name="shop-worker",
        repository=ecr.Repository.from_repository_name(stack, "Image", "shop-api"),
        environment={},
        secret=None,
        secret_keys=(),
        log_days=31,
        image_tag="4e27a9eb",
    )


@scenario
def plain(stack: cdk.Stack) -> None:
    define(stack, TaskContainer(name="main", image=ELSEWHERE("example.test/main:1")))


@scenario
def demanding(stack: cdk.Stack) -> None:
    secret = secretsmanager.Secret.from_secret_complete_arn(
        stack, "Secret", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-AbCdEf"
    )
    define(
        stack,
        TaskContainer(
            name="main",
            image=ELSEWHERE("example.test/main:1"),
            command=("serve", "--fast"),
            secrets={
                "WHOLE": SecretValue(secret=secret),
                "NOW": SecretValue(secret=secret, key="password"),
                "THEN": SecretValue(secret=secret, version_id="0123"),
            },
            liveness=Liveness(command=("CMD", "alive"), interval_seconds=10, start_seconds=20),
            stop_seconds=120,
            open_files=65535,
            reaps_processes=True,
        ),
        TaskContainer(
            name="helper", construct_id="Helper", image=ELSEWHERE("example.test/helper:1"), essential=False
        ),
    )


@scenario
def of_another_service(stack: cdk.Stack) -> None:
    define(stack, service_container(spec(stack, image_of="api", command=("work",))))


@scenario
def with_a_health_command(stack: cdk.Stack) -> None:
    health = HealthCheck(
        command=("CMD", "alive"), interval_seconds=1, timeout_seconds=1, unhealthy_threshold=20
    )
    define(stack, service_container(spec(stack, image="ghcr.io/acme/worker:1", health=health)))


def containers(built: Built) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = built.the(TASK)["ContainerDefinitions"]
    return found


def test_tasks_run_on_arm64(built: BuiltOf) -> None:
    assert built(plain).the(TASK)["RuntimePlatform"]["CpuArchitecture"] == "ARM64"


def test_the_log_outlives_the_task(built: BuiltOf) -> None:
    log: Resource = built(plain).the("AWS::Logs::LogGroup")

    assert log["RetentionInDays"] == 60
    assert log.outlives_its_stack


def test_a_task_may_do_nothing_until_somebody_grants_it(built: BuiltOf) -> None:
    policies = built(plain).of_type("AWS::IAM::Policy")

    assert ["ExecutionRole" in str(policy["Roles"]) for policy in policies] == [True]


def test_a_secret_is_the_current_one_or_exactly_one(built: BuiltOf) -> None:
    main, _ = containers(built(demanding))
    named = {one["Name"]: text(one["ValueFrom"]).partition("AbCdEf")[2] for one in main["Secrets"]}

    assert named == {"WHOLE": "", "NOW": ":password::", "THEN": ":::0123"}


def test_a_container_has_what_it_asks_for(built: BuiltOf) -> None:
    main, helper = containers(built(demanding))

    assert main["Command"] == ["serve", "--fast"]
    assert main["StopTimeout"] == 120
    assert main["Ulimits"] == [{"Name": "nofile", "HardLimit": 65535, "SoftLimit": 65535}]
    assert main["LinuxParameters"]["InitProcessEnabled"]
    assert (main["Essential"], helper["Essential"]) == (True, False)


def test_liveness_is_asked_inside_the_container(built: BuiltOf) -> None:
    main, helper = containers(built(demanding))

    assert main["HealthCheck"] == {
        "Command": ["CMD", "alive"],
        "Interval": 10,
        "Retries": 3,
        "StartPeriod": 20,
        "Timeout": 5,
    }
    assert "HealthCheck" not in helper


def test_containers_share_a_log_group_and_have_streams_of_their_own(built: BuiltOf) -> None:
    logs = [one["LogConfiguration"]["Options"] for one in containers(built(demanding))]

    assert [one["awslogs-stream-prefix"] for one in logs] == ["main", "helper"]
    assert logs[0]["awslogs-group"] == logs[1]["awslogs-group"]


def test_a_service_can_run_the_image_of_another_with_a_command_of_its_own(built: BuiltOf) -> None:
    (container,) = containers(built(of_another_service))

    assert text(container["Image"]).endswith("/shop-api:4e27a9eb")
    assert container["Command"] == ["work"]


def test_a_health_command_is_asked_as_often_as_ecs_can(built: BuiltOf) -> None:
    (container,) = containers(built(with_a_health_command))
    asked = container["HealthCheck"]

    assert container["Image"] == "ghcr.io/acme/worker:1"
    assert (asked["Interval"], asked["Timeout"], asked["Retries"]) == (5, 2, 10)


@pytest.mark.parametrize(
    ("image", "whole"),
    [
        ("ghcr.io/acme/worker:1", "ghcr.io/acme/worker:1"),
        (f"ghcr.io/acme/worker@sha256:{'0' * 64}", f"ghcr.io/acme/worker@sha256:{'0' * 64}"),
        ("registry.test:5000/acme/worker", "registry.test:5000/acme/worker:4e27a9eb"),
    ],
)
def test_an_image_from_elsewhere_has_its_own_tag_or_that_of_the_deployment(image: str, whole: str) -> None:
    assert service_image_name(spec(cdk.Stack(cdk.App(), "Test"), image=image)) == whole


@pytest.mark.parametrize("seconds", [1, 121])
def test_refuses_a_stop_timeout_that_fargate_does_not_wait(seconds: int) -> None:
    image = ELSEWHERE("example.test/main:1")

    with pytest.raises(ValueError, match=f"stop_seconds .* must be 2 to 120, .* got {seconds}"):
        TaskContainer(name="main", image=image, stop_seconds=seconds)
