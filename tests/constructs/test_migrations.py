"""B7: what runs before a rollout, who starts it, and what it may do."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager

from cambium.connection_pool_checks import Reconnection
from cambium.migration_runner import MigrationRunner
from cambium.task_container import TaskContainer
from cambium.task_definition import define_task
from cambium.web_service import ContainerSpec
from config.service import Service
from support.assembly import Resource, text
from support.scenario import ACCOUNT, PRIVATE, REGION, Built, BuiltOf, scenario, some_group, some_vpc

TASK = "AWS::ECS::TaskDefinition"
MACHINE = "AWS::StepFunctions::StateMachine"
MIGRATION = "Custom::Migration"
MIGRATIONS = Service(
    name="migrations",
    image_of="api",
    command=("migrate", "up"),
    before_rollout=True,
    port=None,
    public=False,
    cpu=256,
    memory_mib=512,
    spot=True,
)


def runner(stack: cdk.Stack, *, pooled: bool = False, image_tag: str = "latest", **fields: Any) -> None:
    cluster = ecs.Cluster(stack, "Cluster", vpc=some_vpc(stack))
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:reconnect"
    reconnect = lambda_.Function.from_function_arn(stack, "Reconnect", arn)
    migrations = MigrationRunner(
        stack,
        "Migrations",
        name="shop-migrate",
        spec=ContainerSpec(
            service=MIGRATIONS,
            name="shop-migrations",
            repository=ecr.Repository.from_repository_name(stack, "Image", "shop-api"),
            environment={"CREDENTIALS_REVISION": "1.0"},
            secret=secretsmanager.Secret(stack, "Secret"),
            secret_keys=("DATABASE_DIRECT_URL",),
            log_days=30,
            image_tag=image_tag,
        ),
        cluster=cluster,
        subnets=PRIVATE,
        security_group=some_group(stack),
        reconnect=Reconnection(function=reconnect, event={"Service": "pool"}) if pooled else None,
        **fields,
    )
    image = ecs.ContainerImage.from_registry("example.test/api:1")
    api = define_task(
        stack,
        family="shop-api",
        cpu=256,
        memory_mib=512,
        log_days=30,
        containers=[TaskContainer(name="api", image=image)],
    )
    migrations.before(ecs.FargateService(stack, "Service", cluster=cluster, task_definition=api))


@scenario
def alone(stack: cdk.Stack) -> None:
    runner(stack, timeout_minutes=20)


@scenario
def with_a_pool(stack: cdk.Stack) -> None:
    runner(stack, pooled=True, image_tag="4e27a9eb")


def migration_task(built: Built) -> Resource:
    return built.the(TASK, Family="shop-migrations")


def states(built: Built) -> dict[str, Any]:
    """The steps of the state machine."""
    machine = built.the(MACHINE, StateMachineName="shop-migrate")
    definition: dict[str, Any] = json.loads(text(machine["DefinitionString"]))
    return dict(definition["States"])


def statements(built: Built, role: str) -> list[dict[str, Any]]:
    """What the role of that path may do."""
    return [
        statement
        for policy in built.of_type("AWS::IAM::Policy")
        if role in str(policy["Roles"])
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def allowed(built: Built, role: str, action: str) -> dict[str, Any]:
    """The one statement about an action."""
    found = [one for one in statements(built, role) if action in one["Action"]]
    assert len(found) == 1, found
    return found[0]


def test_b7_services_are_rolled_out_only_after_the_migration(built: BuiltOf) -> None:
    template = built(alone)

    assert template.the(MIGRATION).logical_id in template.the("AWS::ECS::Service").body["DependsOn"]


def test_b7_the_migration_runs_the_image_of_its_service_with_its_own_command(built: BuiltOf) -> None:
    (container,) = migration_task(built(with_a_pool))["ContainerDefinitions"]

    assert container["Command"] == ["migrate", "up"]
    assert text(container["Image"]).endswith("/shop-api:4e27a9eb")
    assert "PortMappings" not in container


def test_b7_its_url_comes_from_the_secret_and_is_in_no_template(built: BuiltOf) -> None:
    (container,) = migration_task(built(alone))["ContainerDefinitions"]

    assert [one["Name"] for one in container["Secrets"]] == ["DATABASE_DIRECT_URL"]
    assert [one["Name"] for one in container["Environment"]] == ["CREDENTIALS_REVISION"]


def test_b7_a_deployment_runs_again_when_the_task_or_its_image_changes(built: BuiltOf) -> None:
    template = built(with_a_pool)
    migration = template.the(MIGRATION)

    # A reference to a task definition is one revision of it.
    assert migration["TaskDefinition"] == {"Ref": migration_task(template).logical_id}
    assert migration["ImageTag"] == "4e27a9eb"


def test_a_deployment_starts_nothing_before_its_roles_are_complete(built: BuiltOf) -> None:
    template = built(alone)
    policies = [
        policy.logical_id
        for policy in template.of_type("AWS::IAM::Policy")
        if ("TaskExecutionRole" in str(policy["Roles"]) and "Migrations" in policy.logical_id)
        or "StateMachineRole" in str(policy["Roles"])
    ]

    assert len(policies) == 2
    assert set(policies) <= set(template.the(MIGRATION).body["DependsOn"])


def test_b7_a_run_waits_for_the_task_and_tries_only_once(built: BuiltOf) -> None:
    run = states(built(alone))["Run the migration"]

    assert run["Resource"].endswith(":states:::ecs:runTask.sync")
    assert "Retry" not in run
    assert run["TimeoutSeconds"] == 20 * 60
    assert run["Catch"] == [
        {"ErrorEquals": ["States.ALL"], "Next": "Say what failed", "ResultPath": "$.failure"}
    ]


def test_b7_a_run_takes_the_revision_it_is_told_or_the_newest(built: BuiltOf) -> None:
    steps = states(built(alone))

    assert steps["Run the migration"]["Parameters"]["TaskDefinition.$"] == "$.taskDefinition"
    assert steps["Told which revision?"]["Default"] == "Take the newest revision"
    assert steps["Take the newest revision"]["Parameters"] == {"taskDefinition": "shop-migrations"}


def test_a_migration_is_private_and_never_on_spot(built: BuiltOf) -> None:
    run = states(built(alone))["Run the migration"]["Parameters"]

    # Its service says spot, which AWS may stop half way.
    assert run["LaunchType"] == "FARGATE"
    assert "CapacityProviderStrategy" not in run
    assert run["NetworkConfiguration"]["AwsvpcConfiguration"] == {
        "Subnets": ["subnet-private1", "subnet-private2"],
        "SecurityGroups": ["sg-12345678"],
        "AssignPublicIp": "DISABLED",
    }


def test_poolers_reconnect_after_a_migration_and_not_after_a_failed_one(built: BuiltOf) -> None:
    steps = states(built(with_a_pool))

    assert steps["Run the migration"]["Next"] == "Reconnect poolers"
    assert steps["Reconnect poolers"]["Parameters"]["Payload"] == {"Service": "pool"}
    assert steps["Say what failed"]["Next"] == "Failed"


def test_poolers_that_keep_old_connections_stop_the_rollout(built: BuiltOf) -> None:
    steps = states(built(with_a_pool))

    assert steps["Reconnect poolers"]["Catch"][0]["Next"] == "Poolers keep old connections"
    assert steps["Poolers keep old connections"]["Type"] == "Fail"


def test_without_a_pool_nobody_is_asked_to_reconnect(built: BuiltOf) -> None:
    steps = states(built(alone))

    assert steps["Run the migration"]["Next"] == "Done"
    assert "Reconnect poolers" not in steps


def test_a_failed_run_ends_in_words_somebody_can_act_on(built: BuiltOf) -> None:
    steps = states(built(alone))

    assert steps["Failed"] == {"Type": "Fail", "Error": "MigrationFailed", "CausePath": "$.said.message"}
    # Even when the function that finds them fails.
    assert steps["Say what failed"]["Catch"][0]["Next"] == "Failed without words"


def test_runs_are_logged_and_traced(built: BuiltOf) -> None:
    machine = built(alone).the(MACHINE, StateMachineName="shop-migrate")

    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["TracingConfiguration"] == {"Enabled": True}


def test_the_machine_runs_one_family_in_one_cluster_and_passes_its_two_roles(built: BuiltOf) -> None:
    template = built(alone)
    cluster = {"Fn::GetAtt": [template.the("AWS::ECS::Cluster").logical_id, "Arn"]}
    run = allowed(template, "StateMachineRole", "ecs:RunTask")
    passing = allowed(template, "StateMachineRole", "iam:PassRole")

    assert text(run["Resource"]).endswith(":task-definition/shop-migrations:*")
    assert run["Condition"] == {"ArnEquals": {"ecs:cluster": cluster}}
    assert allowed(template, "StateMachineRole", "ecs:StopTask")["Condition"] == run["Condition"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert len(passing["Resource"]) == 2


def test_the_functions_may_start_runs_look_at_them_and_nothing_else(built: BuiltOf) -> None:
    template = built(alone)

    assert [one["Action"] for one in statements(template, "FunctionsBegin")] == [
        "states:StartExecution",
        "cloudformation:DescribeStacks",
    ]
    assert [one["Action"] for one in statements(template, "FunctionsFinish")] == ["states:DescribeExecution"]
    assert statements(template, "FunctionsExplain") == []
    own_stack = allowed(template, "FunctionsBegin", "cloudformation:DescribeStacks")
    assert own_stack["Resource"] == {"Ref": "AWS::StackId"}


def test_a_release_workflow_finds_the_state_machine_in_the_outputs(built: BuiltOf) -> None:
    template = built(alone)
    machine = template.the(MACHINE, StateMachineName="shop-migrate")

    output = template.template["Outputs"]["MigrationsStateMachine"]
    assert output["Value"] == {"Ref": machine.logical_id}


@pytest.mark.parametrize("minutes", [0, 46])
def test_refuses_to_wait_longer_than_cloudformation_does(minutes: int) -> None:
    stack = cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account=ACCOUNT, region=REGION))

    with pytest.raises(ValueError, match=f"timeout_minutes must be 1 to 45, .* got {minutes}"):
        runner(stack, timeout_minutes=minutes)
