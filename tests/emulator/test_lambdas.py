"""Lambdas run as local processes and reach the emulator and its databases."""

import base64
import io
import json
import sys
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from emulator.settings import CHECKOUT
from emulator.testing import Emulator, Stack

pytestmark = pytest.mark.embedded

ROLE = "arn:aws:iam::123456789012:role/anything"
PYTHON = """
import os, sys, boto3, layered
def handler(event, context):
    return {
        "layer": layered.ANSWER,
        "given": os.environ["GIVEN"],
        "account": boto3.client("sts").get_caller_identity()["Account"],
        "ca": os.environ["PGSSLROOTCERT"],
        "python": sys.prefix,
    }
"""
NODE = """
const { EC2Client, CreateKeyPairCommand } = require("@aws-sdk/client-ec2");
exports.handler = async () => {
  await new EC2Client({}).send(new CreateKeyPairCommand({ KeyName: "from-node" }));
  return process.version;
};
"""


def function(runtime: str, code: str, **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": runtime,
            "Handler": "index.handler",
            "Role": ROLE,
            "Timeout": 30,
            "Code": {"ZipFile": code},
            **properties,
        },
    }


def invoke(emulator: Emulator, name: str) -> Any:
    result = emulator.client("lambda").invoke(FunctionName=name, LogType="Tail")
    log = base64.b64decode(result.get("LogResult", "")).decode()
    assert "FunctionError" not in result, log
    return json.loads(result["Payload"].read())


def test_a_python_lambda_has_its_layer_its_variables_and_the_emulator(
    emulator: Emulator, deploy: Callable[..., Stack]
) -> None:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="layers")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as layer:
        layer.writestr("python/layered.py", "ANSWER = 42")
    s3.put_object(Bucket="layers", Key="layer.zip", Body=archive.getvalue())
    layer_version = {
        "Type": "AWS::Lambda::LayerVersion",
        "Properties": {"Content": {"S3Bucket": "layers", "S3Key": "layer.zip"}},
    }
    environment = {"Variables": {"GIVEN": "yes"}}
    layers = [{"Ref": "Layer"}]
    resource = function("python3.13", PYTHON, Layers=layers, Environment=environment)
    stack = deploy({"Layer": layer_version, "Function": resource})

    answer = invoke(emulator, stack["Function"])

    assert answer.pop("python") == sys.prefix
    assert answer == {
        "layer": 42,
        "given": "yes",
        "account": "123456789012",
        "ca": str(emulator.data / "ca.pem"),
    }


@pytest.mark.skipif(not (CHECKOUT / "node_modules/@aws-sdk/client-ec2").exists(), reason="needs npm install")
def test_a_node_lambda_finds_the_aws_sdk_and_the_emulator(
    emulator: Emulator, deploy: Callable[..., Stack]
) -> None:
    stack = deploy({"Function": function("nodejs22.x", NODE)})
    assert invoke(emulator, stack["Function"]).startswith("v")
    found = emulator.client("ec2").describe_key_pairs(KeyNames=["from-node"])
    assert len(found["KeyPairs"]) == 1
