"""B7: a deployment with a migration, through CloudFormation, the functions and the state machine.

What runs is everything but the migration: its task ends as it is told. So this proves the order, and what
happens to the services when a migration fails; not that one works.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
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
from emulator.one_off_tasks import EXIT_CODE
from emulator.testing import Emulator, Stack, StackError
from support.scenario import PRIVATE, some_group, some_vpc

pytestmark = pytest.mark.embedded

ACCOUNT, REGION = "123456789012", "us-east-1"
ASSETS = "assets-of-rollouts"
POOLER = """
import boto3
def handler(event, context):
    boto3.client("ssm").put_parameter(Name=event["Tells"], Value="reconnected", Type="String", Overwrite=True)
"""
MIGRATIONS = Service(
    name="migrations", image_of="api", before_rollout=True, port=None, public=False, cpu=256, memory_mib=512
)

Resources = dict[str, Any]


def define(app: cdk.App, release: str, *, exit_code: int) -> None:
    """A service and its migration as one release has them."""
    stack = cdk.Stack(
        app,
        release,
        env=cdk.Environment(account=ACCOUNT, region=REGION),
        synthesizer=cdk.DefaultStackSynthesizer(
            file_assets_bucket_name=ASSETS, generate_bootstrap_version_rule=False
        ),
    )
    cluster, group = ecs.Cluster(stack, "Cluster", vpc=some_vpc(stack)), some_group(stack)
    pooler = lambda_.Function(
        stack,
        "Pooler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(POOLER),
    )
    runner = MigrationRunner(
        stack,
        "Migrations",
        name="rollout-migrate",
        spec=ContainerSpec(
            service=MIGRATIONS,
            name="rollout-migrations",
            repository=ecr.Repository.from_repository_name(stack, "Image", "rollout-api"),
            environment={"RELEASE": release, EXIT_CODE: str(exit_code)},
            secret=secretsmanager.Secret(stack, "Secret"),
            secret_keys=("DATABASE_DIRECT_URL",),
            log_days=30,
        ),
        cluster=cluster,
        subnets=PRIVATE,
        security_group=group,
        reconnect=Reconnection(function=pooler, event={"Tells": "/rollout/pooler"}),
    )
    image = ecs.ContainerImage.from_registry("example.test/api:1")
    container = TaskContainer(name="api", image=image, environment={"RELEASE": release})
    api = define_task(
        stack, family="rollout-api", cpu=256, memory_mib=512, log_days=30, containers=[container]
    )
    runner.before(
        ecs.FargateService(stack, "Service", cluster=cluster, task_definition=api, security_groups=[group])
    )


@pytest.fixture(scope="module")
def releases(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Resources]:
    """The resources of each release; what their functions are made of is in the bucket."""
    folder = tmp_path_factory.mktemp("rollout")
    app = cdk.App(outdir=str(folder), analytics_reporting=False, builtin_cloud_formation_validation=False)
    define(app, "first", exit_code=0)
    define(app, "broken", exit_code=3)
    define(app, "repaired", exit_code=0)
    assembly = app.synth()
    s3 = emulator.client("s3", REGION)
    s3.create_bucket(Bucket=ASSETS)
    for stack in assembly.stacks:
        for key, archive in assets(folder, stack.stack_name):
            s3.put_object(Bucket=ASSETS, Key=key, Body=archive)
    return {stack.stack_name: stack.template["Resources"] for stack in assembly.stacks}


def assets(folder: Path, stack: str) -> Iterator[tuple[str, bytes]]:
    """Each archive that the template of a stack names, as the CDK CLI would publish it."""
    manifest = json.loads((folder / f"{stack}.assets.json").read_text())
    for file in manifest["files"].values():
        if file["source"]["packaging"] == "zip":
            (destination,) = file["destinations"].values()
            yield destination["objectKey"], zipped(folder / file["source"]["path"])


def zipped(folder: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*")):
            file.write(path, path.relative_to(folder))
    return archive.getvalue()


def the(resources: Resources, type_name: str) -> str:
    """Logical id of the one resource of a type."""
    (found,) = [logical_id for logical_id, one in resources.items() if one["Type"] == type_name]
    return found


def running(emulator: Emulator, stack: Stack, resources: Resources) -> str:
    """The release that the service runs."""
    client = emulator.client("ecs", REGION)
    cluster, service = stack[the(resources, "AWS::ECS::Cluster")], stack[the(resources, "AWS::ECS::Service")]
    (found,) = client.describe_services(cluster=cluster, services=[service])["services"]
    task = client.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]
    told = {one["name"]: one["value"] for one in task["containerDefinitions"][0]["environment"]}
    return str(told["RELEASE"])


def runs(emulator: Emulator) -> list[str]:
    """How each run of the migration ended, the newest first."""
    client = emulator.client("stepfunctions", REGION)
    for machine in client.list_state_machines()["stateMachines"]:
        if machine["name"] == "rollout-migrate":
            found = client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
            return [one["status"] for one in found]
    return []


def test_b7_services_follow_a_migration_that_succeeds_and_stay_when_one_fails(
    emulator: Emulator, releases: dict[str, Resources]
) -> None:
    stack = Stack(emulator, releases["first"], REGION)
    assert runs(emulator) == ["SUCCEEDED"]
    assert running(emulator, stack, releases["first"]) == "first"
    told = emulator.client("ssm", REGION).get_parameter(Name="/rollout/pooler")["Parameter"]
    assert told["Value"] == "reconnected"

    with pytest.raises(StackError, match=r"UPDATE_ROLLBACK_COMPLETE.*ended with exit code 3.*get-log-events"):
        stack.update(releases["broken"])
    assert running(emulator, stack, releases["first"]) == "first"
    # One more, not two: going back ran nothing.
    assert runs(emulator) == ["FAILED", "SUCCEEDED"]

    stack.update(releases["repaired"])
    assert running(emulator, stack, releases["repaired"]) == "repaired"
    assert runs(emulator) == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    stack.delete()


def test_b7_services_never_exist_without_the_first_migration(
    emulator: Emulator, releases: dict[str, Resources]
) -> None:
    client = emulator.client("ecs", REGION)
    before = set(client.list_clusters()["clusterArns"])

    with pytest.raises(StackError, match="ended with exit code 3"):
        Stack(emulator, releases["broken"], REGION)

    left = set(client.list_clusters()["clusterArns"]) - before
    assert [client.list_services(cluster=one)["serviceArns"] for one in left] == [[] for _ in left]
