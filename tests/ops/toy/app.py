"""Stands in for the real app: writes the assembly of the toy by hand, under the same contract."""

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

EMPTY_DEFAULT_GROUP = """
import json, urllib.request, boto3
def handler(event, context):
    ec2 = boto3.client("ec2")
    group = event["ResourceProperties"]["Group"]
    found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    if event["RequestType"] == "Create":
        if found["IpPermissions"]:
            ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=found["IpPermissions"])
        if found["IpPermissionsEgress"]:
            ec2.revoke_security_group_egress(GroupId=group, IpPermissions=found["IpPermissionsEgress"])
    keys = ("StackId", "RequestId", "LogicalResourceId")
    answer = {key: event[key] for key in keys} | {"Status": "SUCCESS", "PhysicalResourceId": group}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request)
"""


def opening(port: int) -> dict[str, Any]:
    """A port open to everywhere, one way."""
    return {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": port, "ToPort": port}


def network() -> dict[str, Any]:
    """A network with the group of the toy's access rules; ``runtime/door`` plants one more opening."""
    doors = [opening(22)] if Path("runtime/door").exists() else []
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
        "Compute": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": "compute",
                "VpcId": {"Ref": "Vpc"},
                "SecurityGroupEgress": [opening(443)],
                "SecurityGroupIngress": doors,
                "Tags": [{"Key": "cambium:group", "Value": "compute"}],
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}},
        },
        "EmptyDefaultGroup": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Code": {"ZipFile": EMPTY_DEFAULT_GROUP},
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            },
        },
        "DefaultGroup": {
            "Type": "Custom::EmptyDefaultGroup",
            "Properties": {
                "ServiceToken": {"Fn::GetAtt": ["EmptyDefaultGroup", "Arn"]},
                "Group": {"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]},
            },
        },
    }


def compute(phase: str) -> dict[str, Any]:
    """What the service is told, and something to grow; ``runtime/disk`` plants what cannot shrink again."""
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30 + int(phase)}}
    secret = {
        "Type": "AWS::SecretsManager::Secret",
        "DeletionPolicy": "RetainExceptOnCreate",
        "Properties": {"Name": "toy/test/web", "SecretString": '{"API_KEY": ""}'},
    }
    disk = {
        "Type": "AWS::EC2::Volume",
        "DeletionPolicy": "Delete",
        "Properties": {"Size": 10 * int(phase), "AvailabilityZone": "eu-west-1a"},
    }
    broken = {
        "Type": "Custom::Broken",
        "DependsOn": ["Secret", "Queue"],
        "Properties": {"ServiceToken": "arn:aws:lambda:eu-west-1:444455556666:function:nobody"},
    }
    planted = {"broken": {"Broken": broken}, "disk": {"Disk": disk}}
    resources = {"Queue": queue, "Secret": secret}
    for name, one in planted.items():
        resources |= one if Path("runtime", name).exists() else {}
    return resources


def stack(folder: Path, name: str, after: list[str], template: dict[str, Any]) -> dict[str, Any]:
    """Write the template of a stack and what publishes it; answers its entries in the manifest."""
    text = json.dumps(template)
    (folder / f"{name}.template.json").write_text(text)
    key = f"{hashlib.sha256(text.encode()).hexdigest()}.json"
    bucket = "cdk-hnb659fds-assets-444455556666-eu-west-1"
    asset = {
        "source": {"path": f"{name}.template.json", "packaging": "file"},
        "destinations": {"here": {"bucketName": bucket, "objectKey": key, "region": "eu-west-1"}},
    }
    (folder / f"{name}.assets.json").write_text(json.dumps({"version": "53.0.0", "files": {key: asset}}))
    return {
        f"{name}.assets": {"type": "cdk:asset-manifest", "properties": {"file": f"{name}.assets.json"}},
        name: {
            "type": "aws:cloudformation:stack",
            "environment": "aws://444455556666/eu-west-1",
            "properties": {
                "templateFile": f"{name}.template.json",
                "terminationProtection": True,
                "stackTemplateAssetObjectUrl": f"s3://{bucket}/{key}",
            },
            "dependencies": [f"{name}.assets", *after],
        },
    }


def main() -> None:
    """Write the assembly."""
    context = json.loads(os.environ["CDK_CONTEXT_JSON"])
    folder = Path(os.environ["CDK_OUTDIR"])
    folder.mkdir(parents=True)
    print("synthesising the toy", flush=True)
    time.sleep(1)
    first, second = "toy-test-ie-network", "toy-test-ie-1-compute"
    outputs = {"Url": {"Value": "https://toy.example.com", "Description": "the toy"}}
    phase = context.get("phase", "1")
    artifacts = {
        **stack(folder, first, [], {"Resources": network()}),
        **stack(folder, second, [first], {"Resources": compute(phase), "Outputs": outputs}),
    }
    if phase == "2":
        more: dict[str, Any] = {"Topic": {"Type": "AWS::SNS::Topic"}}
        if Path("runtime", "bucket").exists():
            more["Bucket"] = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"}
        artifacts |= stack(folder, "toy-test-ie-2-compute", [first], {"Resources": more})
    (folder / "manifest.json").write_text(json.dumps({"version": "53.0.0", "artifacts": artifacts}))


main()
