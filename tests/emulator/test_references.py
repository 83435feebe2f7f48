"""A stack finds the outputs of another, in whichever region that is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from emulator.testing import Emulator, Stack, StackError

pytestmark = pytest.mark.embedded
Deploy = Callable[..., Stack]


def parameter(region: str) -> dict[str, Any]:
    output = {"StackName": "told-elsewhere", "Region": region, "OutputName": "Word"}
    properties = {"Name": "/told/word", "Type": "String", "Value": {"Fn::GetStackOutput": output}}
    return {"Told": {"Type": "AWS::SSM::Parameter", "Properties": properties}}


def test_an_output_is_read_in_the_region_that_is_named(emulator: Emulator, deploy: Deploy) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "told"}}
    output = {"Word": {"Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}}
    body = json.dumps({"Resources": {"Queue": queue}, "Outputs": output})
    elsewhere = emulator.client("cloudformation", "eu-central-1")
    elsewhere.create_stack(StackName="told-elsewhere", TemplateBody=body)
    elsewhere.get_waiter("stack_create_complete").wait(StackName="told-elsewhere", WaiterConfig={"Delay": 1})

    stack = deploy(parameter("eu-central-1"))
    found = emulator.client("ssm").get_parameter(Name="/told/word")["Parameter"]
    assert found["Value"] == "told"
    stack.delete()
    with pytest.raises(StackError, match="'Word' not found in stack 'told-elsewhere'"):
        deploy(parameter("us-west-2"))
