"""Documents of Systems Manager, through templates and as a workflow sees them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from emulator.testing import Emulator, Stack

pytestmark = pytest.mark.embedded
Deploy = Callable[..., Stack]


def document(line: str) -> dict[str, Any]:
    step = {"action": "aws:runShellScript", "name": "x", "inputs": {"runCommand": [line]}}
    content = {"schemaVersion": "2.2", "mainSteps": [step]}
    properties = {"Name": "clinic-release", "DocumentType": "Command", "Content": content}
    return {"Release": {"Type": "AWS::SSM::Document", "Properties": properties}}


def test_a_changed_document_is_a_new_version_of_the_same(emulator: Emulator, deploy: Deploy) -> None:
    ssm = emulator.client("ssm")
    stack = deploy(document("echo one"))
    first = ssm.describe_document(Name="clinic-release")["Document"]
    stack.update(document("echo two"))
    second = ssm.get_document(Name="clinic-release")
    stack.delete()

    assert (first["DefaultVersion"], second["DocumentVersion"]) == ("1", "2")
    assert json.loads(second["Content"])["mainSteps"][0]["inputs"]["runCommand"] == ["echo two"]
    with pytest.raises(ssm.exceptions.ClientError, match="does not exist"):
        ssm.describe_document(Name="clinic-release")


def test_e4_a_command_goes_to_running_machines_of_its_tag_and_is_listed_by_document(
    emulator: Emulator, deploy: Deploy
) -> None:
    ssm, ec2 = emulator.client("ssm"), emulator.client("ec2")
    stack = deploy(document("echo one"))
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "cambium:host", "Value": "clinic"}]}]
    made = ec2.run_instances(ImageId="ami-1", MinCount=1, MaxCount=1, TagSpecifications=tags)
    machine = made["Instances"][0]["InstanceId"]

    def send(value: str) -> int:
        targets = [{"Key": "tag:cambium:host", "Values": [value]}]
        return int(ssm.send_command(DocumentName="clinic-release", Targets=targets)["Command"]["TargetCount"])

    assert (send("clinic"), send("another")) == (1, 0)
    ec2.terminate_instances(InstanceIds=[machine])
    assert send("clinic") == 0
    listed = ssm.list_commands(Filters=[{"key": "DocumentName", "value": "clinic-release"}])["Commands"]
    assert [one["CompletedCount"] for one in listed] == [0, 0, 1]
    stack.delete()
    with pytest.raises(ssm.exceptions.ClientError, match="does not exist"):
        send("clinic")
