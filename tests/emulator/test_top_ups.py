"""Properties MiniStack drops, and the audit that finds more of them."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.audit import Watched, read_audit
from emulator.testing import Emulator, Stack

pytestmark = pytest.mark.embedded
Deploy = Callable[..., Stack]


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_name, "Properties": properties}


def test_a_bucket_has_the_settings_of_its_template(emulator: Emulator, deploy: Deploy) -> None:
    default = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    destination = {"Bucket": {"Fn::GetAtt": ["Copy", "Arn"]}}
    versioned = {"Status": "Enabled"}

    def bucket(days: int) -> dict[str, Any]:
        return {
            "Copy": resource("AWS::S3::Bucket", VersioningConfiguration=versioned),
            "Bucket": resource(
                "AWS::S3::Bucket",
                VersioningConfiguration=versioned,
                BucketEncryption={
                    "ServerSideEncryptionConfiguration": [default | {"BucketKeyEnabled": "true"}]
                },
                OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                LoggingConfiguration={"DestinationBucketName": {"Ref": "Copy"}},
                LifecycleConfiguration={
                    "Rules": [
                        {
                            "Id": "old",
                            "Status": "Enabled",
                            "ExpirationInDays": days,
                            "NoncurrentVersionExpiration": {"NoncurrentDays": "30"},
                            "Transitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": "30"}],
                        }
                    ]
                },
                ReplicationConfiguration={
                    "Role": "arn:aws:iam::123456789012:role/copy",
                    "Rules": [
                        {
                            "Id": "all",
                            "Status": "Enabled",
                            "Priority": "1",
                            "Filter": {"Prefix": ""},
                            "DeleteMarkerReplication": {"Status": "Disabled"},
                            "Destination": destination,
                        }
                    ],
                },
                Tags=[{"Key": "team", "Value": "core"}],
            ),
        }

    stack = deploy(bucket(90))
    stack.update(bucket(60))
    s3, name = emulator.client("s3"), {"Bucket": stack["Bucket"]}
    rule = s3.get_bucket_lifecycle_configuration(**name)["Rules"][0]
    assert rule["Expiration"]["Days"] == 60
    assert rule["Transitions"][0]["StorageClass"] == "GLACIER_IR"
    encryption = s3.get_bucket_encryption(**name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    ownership = s3.get_bucket_ownership_controls(**name)["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert s3.get_bucket_logging(**name)["LoggingEnabled"]["TargetBucket"] == stack["Copy"]
    replication = s3.get_bucket_replication(**name)["ReplicationConfiguration"]["Rules"]
    assert [rule["ID"] for rule in replication] == ["all"]
    assert {"Key": "team", "Value": "core"} in s3.get_bucket_tagging(**name)["TagSet"]


def test_a_global_table_is_read_in_the_other_region_until_it_leaves(
    emulator: Emulator, deploy: Deploy
) -> None:
    def table(*regions: str) -> dict[str, Any]:
        return {
            "Table": resource(
                "AWS::DynamoDB::GlobalTable",
                TableName="sessions",
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                StreamSpecification={"StreamViewType": "NEW_AND_OLD_IMAGES"},
                Replicas=[{"Region": region} for region in regions],
            )
        }

    stack = deploy(table("us-east-1", "us-west-2"))
    emulator.client("dynamodb").put_item(TableName="sessions", Item={"id": {"S": "1"}})
    west = emulator.client("dynamodb", "us-west-2")
    assert west.get_item(TableName="sessions", Key={"id": {"S": "1"}})["Item"]["id"]["S"] == "1"
    stack.update(table("us-east-1"))
    assert west.list_tables()["TableNames"] == []
    stack.delete()


def test_an_ecs_service_keeps_its_service_discovery(emulator: Emulator, deploy: Deploy) -> None:
    registry = "arn:aws:servicediscovery:us-east-1:123456789012:service/srv-1"
    container = {"Name": "pool", "Image": "pool:1", "Memory": 512}
    stack = deploy(
        {
            "Cluster": resource("AWS::ECS::Cluster"),
            "Task": resource("AWS::ECS::TaskDefinition", ContainerDefinitions=[container]),
            "Pool": resource(
                "AWS::ECS::Service",
                Cluster={"Ref": "Cluster"},
                TaskDefinition={"Ref": "Task"},
                DesiredCount=0,
                ServiceRegistries=[{"RegistryArn": registry, "Port": "6432"}],
            ),
        }
    )
    found = emulator.client("ecs").describe_services(cluster=stack["Cluster"], services=[stack["Pool"]])[
        "services"
    ][0]
    assert found["serviceRegistries"] == [{"registryArn": registry, "port": 6432}]


def test_the_audit_names_properties_nobody_read(emulator: Emulator, deploy: Deploy) -> None:
    deploy({"Repository": resource("AWS::ECR::Repository", EmptyOnDelete=True)})
    deploy({"Address": resource("AWS::EC2::EIP", Domain="vpc", TransferAddress="1.2.3.4")})
    unread = read_audit(emulator.audit)
    assert "EmptyOnDelete" in unread["AWS::ECR::Repository"]
    assert unread["AWS::EC2::EIP"] == {"TransferAddress"}


def test_reading_a_property_any_way_counts() -> None:
    watched = Watched({"a": 1, "b": 2, "c": 3, "d": 4})
    assert watched["a"] == watched.get("b", 0) - 1 == watched.pop("c") - 2
    assert watched.unread == ["d"]
    assert watched.copy() == {"a": 1, "b": 2, "d": 4}
    assert watched.unread == []
