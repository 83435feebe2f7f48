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
