"""B10: the way of people to the private database: what is started, who may, and what is written down."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager

from cambium.operator_shell import OperatorShell
from support.assembly import text
from support.scenario import ACCOUNT, PRIVATE, REGION, Built, BuiltOf, scenario, some_group, some_vpc

TASK = "AWS::ECS::TaskDefinition"
POLICY = "AWS::IAM::ManagedPolicy"
NAME = "shop-psql"
SHELL, TUNNEL = f"{NAME}-{REGION}", f"{NAME}-{REGION}-forwarding"
TAGGED = {"aws:ResourceTag/cambium:shell": NAME}


def shell(stack: cdk.Stack, **fields: Any) -> None:
    OperatorShell(
        stack,
        "Psql",
        name=NAME,
        cluster=ecs.Cluster(stack, "Cluster", vpc=some_vpc(stack)),
        subnets=PRIVATE,
        security_group=some_group(stack),
        login=secretsmanager.Secret(stack, "Login"),
        host="db.test",
        port="5432",
        database="shop",
        version="17.11",
        session_log=logs.LogGroup(stack, "Sessions"),
        log_days=90,
        **fields,
    )


@scenario
def for_an_hour(stack: cdk.Stack) -> None:
    shell(stack)


def container(built: Built) -> dict[str, Any]:
    (only,) = built.the(TASK)["ContainerDefinitions"]
    return dict(only)


def statements(built: Built, policy: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = built.the(POLICY, ManagedPolicyName=policy)["PolicyDocument"]["Statement"]
    return found


def about(built: Built, policy: str, action: str) -> list[dict[str, Any]]:
    """The statements of a policy about an action."""
    return [one for one in statements(built, policy) if action in one["Action"]]


def conditions(statement: dict[str, Any]) -> dict[str, Any]:
    """Every condition of a statement by its key."""
    return {key: value for test in statement["Condition"].values() for key, value in test.items()}


def test_b10_the_programs_are_those_of_the_databases_own_version(built: BuiltOf) -> None:
    assert container(built(for_an_hour))["Image"].endswith("/library/postgres:17.11")


def test_b10_a_forgotten_shell_ends_by_itself(built: BuiltOf) -> None:
    main = container(built(for_an_hour))

    assert main["Command"] == ["sleep", "3600"]
    assert main["Essential"]
    # Without it `sleep` would ignore being stopped.
    assert main["LinuxParameters"]["InitProcessEnabled"]


def test_b10_nothing_runs_until_somebody_needs_it(built: BuiltOf) -> None:
    assert built(for_an_hour).of_type("AWS::ECS::Service") == []


def test_b10_psql_finds_the_database_and_the_password_is_in_no_template(built: BuiltOf) -> None:
    main = container(built(for_an_hour))
    told = {one["Name"]: one["Value"] for one in main["Environment"]}
    secrets = {one["Name"]: text(one["ValueFrom"]).rpartition(">")[2] for one in main["Secrets"]}

    assert (told["PGHOST"], told["PGPORT"], told["PGDATABASE"]) == ("db.test", "5432", "shop")
    assert told["PGSSLMODE"] == "require"
    assert secrets == {"PGUSER": ":username::", "PGPASSWORD": ":password::"}


def test_b10_sessions_can_be_opened_and_written_down(built: BuiltOf) -> None:
    template = built(for_an_hour)
    (policy,) = [one for one in template.of_type("AWS::IAM::Policy") if "TaskRole" in one["Roles"][0]["Ref"]]
    anywhere, log = policy["PolicyDocument"]["Statement"]

    assert "ssmmessages:OpenDataChannel" in anywhere["Action"]
    assert log["Action"] == ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    assert text(log["Resource"]).startswith("<Sessions")


def test_b10_a_person_starts_exactly_this_task_in_this_cluster_with_the_tag(built: BuiltOf) -> None:
    template = built(for_an_hour)
    (run,) = about(template, SHELL, "ecs:RunTask")
    (tagging,) = about(template, SHELL, "ecs:TagResource")

    assert run["Resource"] == {"Ref": template.the(TASK).logical_id}
    assert conditions(run)["aws:RequestTag/cambium:shell"] == NAME
    assert text(conditions(run)["ecs:cluster"]).startswith("<Cluster")
    # The tag opens the door to a task, so it can be given at the start only.
    assert conditions(tagging) == {"ecs:CreateAction": "RunTask"}


def test_b10_a_person_passes_the_two_roles_of_the_task_and_only_to_ecs(built: BuiltOf) -> None:
    (passing,) = about(built(for_an_hour), SHELL, "iam:PassRole")

    assert sorted(text(one).partition("Role")[0] for one in passing["Resource"]) == [
        "<PsqlTaskExecution",
        "<PsqlTaskTask",
    ]
    assert conditions(passing) == {"iam:PassedToService": "ecs-tasks.amazonaws.com"}


def test_b10_a_person_enters_and_ends_these_tasks_and_no_service(built: BuiltOf) -> None:
    template = built(for_an_hour)
    cluster, task = about(template, SHELL, "ecs:ExecuteCommand")
    (stop,) = about(template, SHELL, "ecs:StopTask")

    assert text(cluster["Resource"]).startswith("<Cluster")
    assert conditions(cluster) == {"ecs:container-name": "psql"}
    assert conditions(task) == {"ecs:container-name": "psql", **TAGGED}
    assert conditions(stop) == TAGGED
    assert text(stop["Resource"]).endswith("/*")


def test_b10_the_policy_has_nothing_else(built: BuiltOf) -> None:
    template = built(for_an_hour)
    actions = {str(action) for one in statements(template, SHELL) for action in listed(one["Action"])}

    assert actions == {
        "cloudformation:DescribeStacks",
        "ecs:DescribeTasks",
        "ecs:ExecuteCommand",
        "ecs:RunTask",
        "ecs:StopTask",
        "ecs:TagResource",
        "iam:PassRole",
    }
    (outputs,) = about(template, SHELL, "cloudformation:DescribeStacks")
    assert outputs["Resource"] == {"Ref": "AWS::StackId"}


def listed(action: str | list[str]) -> list[str]:
    return [action] if isinstance(action, str) else action


def test_b10_a_tunnel_is_a_policy_of_its_own_and_opens_no_unlogged_shell(built: BuiltOf) -> None:
    template = built(for_an_hour)
    document, task = about(template, TUNNEL, "ssm:StartSession")

    assert text(document["Resource"]).endswith("::document/AWS-StartPortForwardingSessionToRemoteHost")
    assert conditions(task) == {**TAGGED, "ssm:SessionDocumentAccessCheck": "true"}
    assert about(template, SHELL, "ssm:StartSession") == []


def test_b10_a_tunnel_reads_the_password_of_one_role(built: BuiltOf) -> None:
    (reading,) = about(built(for_an_hour), TUNNEL, "secretsmanager:GetSecretValue")

    assert text(reading["Resource"]).startswith("<Login")


def test_b10_what_a_person_needs_is_in_the_outputs(built: BuiltOf) -> None:
    outputs = built(for_an_hour).template["Outputs"]

    assert {"PsqlPolicy", "PsqlForwardingPolicy", "PsqlNetwork"} <= outputs.keys()
    assert text(outputs["PsqlNetwork"]["Value"]) == (
        "awsvpcConfiguration={subnets=[subnet-private1,subnet-private2],securityGroups=[sg-12345678],"
        "assignPublicIp=DISABLED}"
    )


@pytest.mark.parametrize("seconds", [59, 14401])
def test_refuses_a_shell_that_nobody_can_use_or_that_stays(seconds: int) -> None:
    stack = cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account=ACCOUNT, region=REGION))

    with pytest.raises(ValueError, match=f"open_seconds must be 60 to 14400, got {seconds}"):
        shell(stack, open_seconds=seconds)
