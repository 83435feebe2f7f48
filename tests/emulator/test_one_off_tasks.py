"""Tasks that end, as an operator and a state machine see them; no container runs."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from emulator.one_off_tasks import EXIT_CODE
from emulator.testing import Emulator, Stack

pytestmark = pytest.mark.embedded
Deploy = Callable[..., Stack]
ROLE = "arn:aws:iam::123456789012:role/anything"


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_name, "Properties": properties}


def task(**container: Any) -> dict[str, Any]:
    main = {"Name": "main", "Image": "migrations:1", "Essential": True, **container}
    return resource("AWS::ECS::TaskDefinition", Cpu="256", Memory="512", ContainerDefinitions=[main])


def failing(code: int) -> dict[str, Any]:
    return task(Environment=[{"Name": EXIT_CODE, "Value": str(code)}])


@pytest.fixture
def stack(deploy: Deploy) -> Stack:
    run = {
        "Type": "Task",
        "Resource": "arn:aws:states:::ecs:runTask.sync",
        "Parameters": {"Cluster": "${Cluster}", "TaskDefinition.$": "$.task", "LaunchType": "FARGATE"},
        "End": True,
    }
    definition = json.dumps({"StartAt": "Run", "States": {"Run": run}})
    return deploy(
        {
            "Cluster": resource("AWS::ECS::Cluster"),
            "Good": task(),
            "Bad": failing(3),
            "Slow": task(Command=["sleep", "600"]),
            "Service": resource(
                "AWS::ECS::Service",
                Cluster={"Ref": "Cluster"},
                TaskDefinition={"Ref": "Good"},
                DesiredCount=2,
            ),
            "Machine": resource(
                "AWS::StepFunctions::StateMachine", RoleArn=ROLE, DefinitionString={"Fn::Sub": definition}
            ),
        }
    )


def ended(emulator: Emulator, stack: Stack, definition: str, **request: Any) -> dict[str, Any]:
    """A task of that definition, after it has ended."""
    ecs, cluster = emulator.client("ecs"), stack["Cluster"]
    (started,) = ecs.run_task(cluster=cluster, taskDefinition=stack[definition], **request)["tasks"]
    assert started["lastStatus"] == "RUNNING"
    ecs.get_waiter("tasks_stopped").wait(
        cluster=cluster, tasks=[started["taskArn"]], WaiterConfig={"Delay": 1}
    )
    (found,) = ecs.describe_tasks(cluster=cluster, tasks=[started["taskArn"]])["tasks"]
    return dict(found)


def executed(emulator: Emulator, stack: Stack, definition: str) -> dict[str, Any]:
    """A run of the state machine, after it has ended."""
    machines = emulator.client("stepfunctions")
    run = machines.start_execution(
        stateMachineArn=stack["Machine"], input=json.dumps({"task": stack[definition]})
    )
    found = machines.describe_execution(executionArn=run["executionArn"])
    while found["status"] == "RUNNING":
        time.sleep(0.1)
        found = machines.describe_execution(executionArn=run["executionArn"])
    return dict(found)


def test_a_task_nobody_keeps_ends_well(emulator: Emulator, stack: Stack) -> None:
    found = ended(emulator, stack, "Good")

    assert found["containers"][0]["exitCode"] == 0
    assert found["stopCode"] == "EssentialContainerExited"


def test_a_task_can_be_told_to_fail(emulator: Emulator, stack: Stack) -> None:
    override = {"name": "main", "environment": [{"name": EXIT_CODE, "value": "7"}]}

    assert ended(emulator, stack, "Bad")["containers"][0]["exitCode"] == 3
    told = ended(emulator, stack, "Good", overrides={"containerOverrides": [override]})
    assert told["containers"][0]["exitCode"] == 7


def test_a_task_that_sleeps_runs_until_somebody_stops_it(emulator: Emulator, stack: Stack) -> None:
    ecs, cluster = emulator.client("ecs"), stack["Cluster"]
    (started,) = ecs.run_task(cluster=cluster, taskDefinition=stack["Slow"])["tasks"]
    ended(emulator, stack, "Good")

    (found,) = ecs.describe_tasks(cluster=cluster, tasks=[started["taskArn"]])["tasks"]
    assert found["lastStatus"] == "RUNNING"
    stopped = ecs.stop_task(cluster=cluster, task=started["taskArn"])["task"]
    assert stopped["lastStatus"] == "STOPPED"


def test_the_tasks_of_a_service_go_on(emulator: Emulator, stack: Stack) -> None:
    ecs, cluster = emulator.client("ecs"), stack["Cluster"]
    ended(emulator, stack, "Good")

    arns = ecs.list_tasks(cluster=cluster, serviceName=stack["Service"].rpartition("/")[2])["taskArns"]
    found = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
    assert [one["lastStatus"] for one in found] == ["RUNNING", "RUNNING"]


def test_a_state_machine_waits_for_its_task_and_gets_it(emulator: Emulator, stack: Stack) -> None:
    found = executed(emulator, stack, "Good")

    assert found["status"] == "SUCCEEDED"
    answer = json.loads(found["output"])
    assert answer["LastStatus"] == "STOPPED"
    assert answer["Containers"][0]["ExitCode"] == 0


def test_a_state_machine_fails_with_its_task(emulator: Emulator, stack: Stack) -> None:
    found = executed(emulator, stack, "Bad")

    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    assert json.loads(found["cause"])["Containers"][0]["ExitCode"] == 3


def test_a_family_means_its_newest_revision_that_is_still_registered(emulator: Emulator) -> None:
    ecs = emulator.client("ecs")
    main = {"name": "main", "image": "migrations:1", "memory": 128}
    first, second = (
        ecs.register_task_definition(family="numbered", containerDefinitions=[main])["taskDefinition"]
        for _ in range(2)
    )

    def newest() -> str:
        return str(ecs.run_task(taskDefinition="numbered")["tasks"][0]["taskDefinitionArn"])

    assert newest() == second["taskDefinitionArn"]
    ecs.deregister_task_definition(taskDefinition=second["taskDefinitionArn"])
    assert newest() == first["taskDefinitionArn"]
    again = ecs.register_task_definition(family="numbered", containerDefinitions=[main])["taskDefinition"]
    assert again["revision"] == 3
