"""The chatbot platform in development on the embedded AWS: names, queues and files are really there."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.catalog import load_system
from embedded.conftest import copy
from emulator.audit import read_audit
from ops.embedded import emulator
from ops.embedded.aws import Aws, Place, Places
from ops.testing import Checkout

pytestmark = pytest.mark.embedded

HERE = Path(__file__).parent
DEV = ("--system", "chatbot", "--env", "dev")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """One of its own, whose audit tells of this product alone."""
    with copy(tmp_path_factory.mktemp("chatbot")) as checkout:
        yield checkout


@pytest.fixture(scope="module")
def chatbot_development(checkout: Checkout) -> str:
    """What ``up`` said."""
    code, output = checkout.run("up", *DEV, timeout_seconds=300)
    assert code == 0, output
    return output


@pytest.fixture(scope="module")
def dublin(checkout: Checkout, chatbot_development: str) -> Aws:
    running = emulator.find(checkout.workspace)
    assert running is not None
    return Places(running.url).at(Place(load_system("chatbot").environment("dev").account, "eu-west-1"))


def test_d3_d8_what_was_deployed_is_what_was_described(checkout: Checkout, chatbot_development: str) -> None:
    assert "as described" in chatbot_development
    code, output = checkout.run("access", *DEV, "--check")
    assert code == 0, output


def test_d3_services_are_found_by_the_names_their_callers_use(dublin: Aws) -> None:
    found = dublin.client("servicediscovery").list_services()["Services"]

    assert {one["Name"] for one in found} == {"backend", "chatbot-api", "weaviate"}


def test_d5_a_message_goes_to_the_queue_that_the_worker_is_told_of(dublin: Aws) -> None:
    task = dublin.client("ecs").describe_task_definition(taskDefinition="chatbot-ai-worker")["taskDefinition"]
    told = {pair["name"]: pair["value"] for pair in task["containerDefinitions"][0]["environment"]}
    sqs = dublin.client("sqs")
    url = sqs.get_queue_url(QueueName="chatbot-jobs-high")["QueueUrl"]

    sqs.send_message(QueueUrl=told["JOBS_HIGH_QUEUE_URL"], MessageBody="one")

    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "one"
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
    target = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
    assert target.endswith(":chatbot-jobs-high-failed")


def test_d1_weaviates_files_are_in_every_zone_and_backed_up_each_night(dublin: Aws) -> None:
    efs, backup = dublin.client("efs"), dublin.client("backup")
    (files,) = efs.describe_file_systems()["FileSystems"]
    targets = efs.describe_mount_targets(FileSystemId=files["FileSystemId"])["MountTargets"]
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    selections = backup.list_backup_selections(BackupPlanId=plan["BackupPlanId"])["BackupSelectionsList"]
    chosen = backup.get_backup_selection(
        BackupPlanId=plan["BackupPlanId"], SelectionId=selections[0]["SelectionId"]
    )["BackupSelection"]["Resources"]

    assert files["Encrypted"] is True
    assert len({one["SubnetId"] for one in targets}) == 2
    assert [one.rpartition("/")[2] for one in chosen] == [files["FileSystemId"]]


def test_the_audit_of_ignored_properties_is_the_reviewed_one(checkout: Checkout, dublin: Aws) -> None:
    reviewed = [
        json.loads((HERE / f"unread_properties{end}.json").read_text())
        for end in ("", "_fargate", "_chatbot")
    ]
    known = {(kind, name) for one in reviewed for kind, names in one.items() for name in names}
    audit = read_audit(checkout.workspace.emulator_audit)

    assert {(kind, name) for kind, names in audit.items() for name in names} <= known
    assert all(name in audit[kind] for kind, names in reviewed[-1].items() for name in names)
