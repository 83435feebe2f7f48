"""Vantrexia on the embedded AWS: one host, and then the same data behind Fargate. No machine boots here."""

import json
import time
from typing import Any

import pytest

from config.catalog import load_system
from ops.deploy.cdk_cli import CdkCli
from ops.embedded import emulator
from ops.embedded.aws import Aws, Place, Places
from ops.testing import Checkout
from support.assembly import Assembly
from support.database_jobs import KEY

pytestmark = pytest.mark.embedded

PRODUCTION = ("--system", "vantrexia", "--env", "production")
DUMPS = {"vantrexia-dumps-dump": "dumps", "vantrexia-weekly-dump": "weekly"}
"""The bucket of each task that dumps."""


@pytest.fixture(scope="module")
def virginia(checkout: Checkout) -> Aws:
    """The embedded AWS in the home region, with the host deployed."""
    code, said = checkout.run("up", *PRODUCTION, timeout_seconds=300)
    assert code == 0, said
    running = emulator.find(checkout.workspace)
    assert running is not None
    account = load_system("vantrexia").environment("production").account
    return Places(running.url).at(Place(account, "us-east-1"))


def what_holds_data(aws: Aws) -> dict[str, object]:
    """Ids of disk and database, and a key that was made once."""
    (database,) = aws.rds.describe_db_instances()["DBInstances"]
    secret = aws.secretsmanager.get_secret_value(SecretId="vantrexia/production/backend")["SecretString"]
    volumes = aws.ec2.describe_volumes(Filters=[{"Name": "size", "Values": ["30"]}])["Volumes"]
    return {
        "database": database["DBInstanceIdentifier"],
        "volumes": sorted(one["VolumeId"] for one in volumes),
        "key": json.loads(secret)["SECRET_KEY"],
    }


def cache_url(aws: Aws) -> str:
    """Where the application finds its cache, without its password."""
    secret = aws.secretsmanager.get_secret_value(SecretId="vantrexia/production/backend")["SecretString"]
    scheme, _, place = str(json.loads(secret)["REDIS_URL"]).partition("://")
    return f"{scheme}://{place.rpartition('@')[2]}"


@pytest.fixture(scope="module")
def cache_on_the_host(virginia: Aws) -> str:
    """Where it is before anything moves."""
    return cache_url(virginia)


@pytest.fixture(scope="module")
def on_the_host(virginia: Aws, cache_on_the_host: str) -> dict[str, object]:
    """What holds data before anything moves; where the cache is has been looked up by then."""
    return what_holds_data(virginia)


@pytest.fixture(scope="module")
def left(checkout: Checkout, virginia: Aws, on_the_host: dict[str, object]) -> Aws:
    """The embedded AWS once the host was left for Fargate."""
    code, said = checkout.run("up", *PRODUCTION, "--phase", "2", timeout_seconds=300)
    assert code == 0, said
    return virginia


def machines(aws: Aws) -> list[str]:
    """Types of the machines that run."""
    found = aws.ec2.describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])[
        "Reservations"
    ]
    return sorted(one["InstanceType"] for many in found for one in many["Instances"])


def current_login(aws: Aws) -> str:
    """The login of the application that is in use."""
    found = aws.secretsmanager.get_secret_value(SecretId="vantrexia/production/database/vantrexia")
    return str(json.loads(found["SecretString"])["username"])


def rotate(aws: Aws) -> str:
    """Run the rotation to its end, as an operator does; how it ended."""
    machines = aws.client("stepfunctions")
    (machine,) = [
        one["stateMachineArn"]
        for one in machines.list_state_machines()["stateMachines"]
        if one["name"].endswith("-rotation")
    ]
    run = machines.start_execution(stateMachineArn=machine, input='{"now": true}')["executionArn"]
    deadline = time.monotonic() + 90
    while (found := machines.describe_execution(executionArn=run))["status"] == "RUNNING":
        assert time.monotonic() < deadline, "the rotation does not end"
        time.sleep(0.5)
    return str(found.get("cause", found["status"]))


def test_e4_passwords_rotate_and_the_host_is_told_to_read_them(virginia: Aws) -> None:
    before = current_login(virginia)

    assert rotate(virginia) == "SUCCEEDED"

    commands = virginia.client("ssm").list_commands()["Commands"]
    (reservation,) = virginia.ec2.describe_instances(
        Filters=[{"Name": "instance-type", "Values": ["t4g.medium"]}]
    )["Reservations"]
    secret = virginia.secretsmanager.get_secret_value(SecretId="vantrexia/production/backend")["SecretString"]
    assert current_login(virginia) != before
    assert f"//{current_login(virginia)}:" in json.loads(secret)["DATABASE_URL"]
    assert {one["DocumentName"] for one in commands} == {"vantrexia-production-us-1-refresh"}
    assert commands[0]["InstanceIds"] == [one["InstanceId"] for one in reservation["Instances"]]


def scheduled_tasks(aws: Aws) -> dict[str, dict[str, Any]]:
    """Target of each schedule that starts a task, by the family of the task."""
    scheduler = aws.client("scheduler")
    targets = [
        scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])["Target"]
        for one in scheduler.list_schedules()["Schedules"]
    ]
    return {
        one["EcsParameters"]["TaskDefinitionArn"].rpartition("/")[2].partition(":")[0]: one
        for one in targets
        if "EcsParameters" in one
    }


def run_as_scheduled(aws: Aws, target: dict[str, Any]) -> int:
    """Run the task of a schedule to its end, where the schedule runs it; its exit code."""
    ecs, definition = aws.client("ecs"), target["EcsParameters"]["TaskDefinitionArn"]
    (task,) = ecs.run_task(cluster=target["Arn"], taskDefinition=definition)["tasks"]
    deadline = time.monotonic() + 90
    while True:
        (found,) = ecs.describe_tasks(cluster=target["Arn"], tasks=[task["taskArn"]])["tasks"]
        if found["lastStatus"] == "STOPPED":
            return int(found["containers"][0]["exitCode"])
        assert time.monotonic() < deadline, "the dump does not end"
        time.sleep(0.2)


def objects(aws: Aws, purpose: str) -> list[str]:
    """Names of the objects in a bucket of backups."""
    bucket = f"vantrexia-production-{purpose}-{aws.place.account}-us-east-1"
    found = aws.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return sorted(one["Key"].rpartition("/")[2] for one in found)


def test_e7_both_dumps_run_and_land_where_they_belong(checkout: Checkout, virginia: Aws) -> None:
    words = ("--secret", "backup", "--key", "BACKUP_ENCRYPTION_KEY")
    code, said = checkout.run("set-secret", *PRODUCTION, *words, stdin=KEY)
    assert code == 0, said
    scheduled = scheduled_tasks(virginia)
    assert scheduled.keys() == DUMPS.keys()

    for family, purpose in DUMPS.items():
        assert objects(virginia, purpose) == []
        assert run_as_scheduled(virginia, scheduled[family]) == 0
        assert objects(virginia, purpose) == ["database.dump.enc", "manifest.json"]


def open_ports(aws: Aws) -> set[int]:
    """Where the host lets everybody in."""
    (reservation,) = aws.ec2.describe_instances(
        Filters=[
            {"Name": "instance-type", "Values": ["t4g.medium"]},
            {"Name": "instance-state-name", "Values": ["running"]},
        ]
    )["Reservations"]
    ids = [one["GroupId"] for one in reservation["Instances"][0]["SecurityGroups"]]
    groups = aws.ec2.describe_security_groups(GroupIds=ids)["SecurityGroups"]
    return {rule["FromPort"] for group in groups for rule in group["IpPermissions"]}


def test_e1_the_host_takes_visitors_while_network_and_data_move_on(
    checkout: Checkout, virginia: Aws, on_the_host: dict[str, object], vantrexia_grown: Assembly
) -> None:
    """Step 2 of docs/runbooks/leave-the-host.md: what data stands on is deployed along."""
    assert machines(virginia) == ["t4g.medium", "t4g.nano"]
    running = emulator.find(checkout.workspace)
    assert running is not None
    cdk = CdkCli(checkout.workspace, running.url)

    said = list(
        cdk.lines(
            *("deploy", "*-data", "*-credentials", "--require-approval", "never", "--progress", "events"),
            place=virginia.place,
            app=vantrexia_grown.folder,
            log=checkout.workspace.deploy_log,
        )
    )

    network = virginia.cloudformation.describe_stacks(StackName="vantrexia-production-us-network")["Stacks"]
    assert cdk.status == 0, said[-20:]
    assert network[0]["StackStatus"] == "UPDATE_COMPLETE"
    assert open_ports(virginia) == {80, 443}
    assert what_holds_data(virginia) == on_the_host


def test_e1_the_host_is_left_for_fargate_with_the_same_data(
    left: Aws, on_the_host: dict[str, object]
) -> None:
    assert machines(left) == []
    assert len(on_the_host["volumes"]) == 1  # type: ignore[arg-type]
    assert what_holds_data(left) == on_the_host


def test_e1_the_cache_is_the_container_and_then_elasticache(left: Aws, cache_on_the_host: str) -> None:
    (cache,) = left.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    endpoint = cache["NodeGroups"][0]["PrimaryEndpoint"]

    assert cache_on_the_host == "redis://cache:6379"
    assert cache_url(left).startswith(f"rediss://{endpoint['Address']}:{endpoint['Port']}")
