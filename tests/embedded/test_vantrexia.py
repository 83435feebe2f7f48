"""Vantrexia on the embedded AWS: one host, and then the same data behind Fargate. No machine boots here."""

import json
import time

import pytest

from config.catalog import load_system
from ops.deploy.cdk_cli import CdkCli
from ops.embedded import emulator
from ops.embedded.aws import Aws, Place, Places
from ops.testing import Checkout
from support.assembly import Assembly

pytestmark = pytest.mark.embedded

PRODUCTION = ("--system", "vantrexia", "--env", "production")


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


@pytest.fixture(scope="module")
def on_the_host(virginia: Aws) -> dict[str, object]:
    """What holds data before anything moves."""
    return what_holds_data(virginia)


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


def test_e7_both_dumps_run_and_land_where_they_belong(virginia: Aws) -> None:
    scheduler = virginia.client("scheduler")
    schedules = [
        scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])
        for one in scheduler.list_schedules()["Schedules"]
    ]
    tasks = sorted(
        one["Target"]["EcsParameters"]["TaskDefinitionArn"].rpartition("/")[2].partition(":")[0]
        for one in schedules
        if "EcsParameters" in one["Target"]
    )

    assert tasks == ["vantrexia-dumps-dump", "vantrexia-weekly-dump"]


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
    checkout: Checkout, virginia: Aws, on_the_host: dict[str, object]
) -> None:
    code, said = checkout.run("up", *PRODUCTION, "--phase", "2", timeout_seconds=300)

    assert code == 0, said
    assert machines(virginia) == []
    assert len(on_the_host["volumes"]) == 1  # type: ignore[arg-type]
    assert what_holds_data(virginia) == on_the_host


def test_e1_the_cache_is_the_container_and_then_elasticache(checkout: Checkout, virginia: Aws) -> None:
    secret = virginia.secretsmanager.get_secret_value(SecretId="vantrexia/production/backend")["SecretString"]

    # The test before has moved it.
    assert json.loads(secret)["REDIS_URL"].startswith("rediss://")
