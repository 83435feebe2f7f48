"""What deploy rules know about other stacks, and about values that only the deploy decides."""

from typing import Any

import pytest

from cambium.deploy_rules.catalogue import check
from cambium.deploy_rules.template import Template

DB = "AWS::RDS::DBInstance"
OUTPUTS = {"Outputs": {"Primary": {"Value": {"Ref": "Db"}, "Export": {"Name": "Data:Primary"}}}}


def instance(**properties: Any) -> dict[str, Any]:
    return {"Type": DB, "Properties": properties}


def replica_of(source: Any) -> dict[str, Any]:
    copy = instance(SourceDBInstanceIdentifier=source, StorageType="gp3", DBParameterGroupName="own")
    return {"Resources": {"Copy": copy}}


@pytest.mark.parametrize(
    "source",
    [
        {
            "Fn::GetStackOutput": {
                "StackName": "Data",
                "OutputName": "Primary",
                "Region": {"Ref": "AWS::Region"},
            }
        },
        {"Fn::ImportValue": "Data:Primary"},
        {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":db:", {"Fn::ImportValue": "Data:Primary"}]]},
        {"Fn::Sub": "arn:${AWS::Partition}:rds:eu-west-1:${AWS::AccountId}:db:crm"},
        "CRM",
    ],
    ids=["weak reference", "strong reference", "joined ARN", "ARN with the name", "name"],
)
def test_finds_the_source_of_a_replica_in_another_stack(reports: Any, source: Any) -> None:
    primary = instance(ManageMasterUserPassword=True, DBInstanceIdentifier="crm")
    found = reports(Data={"Resources": {"Db": primary}, **OUTPUTS}, Replica=replica_of(source))

    assert "its replica is Copy in Replica.template.json" in found["CB-RDS-04"]


def test_does_not_blame_a_source_that_no_replica_copies(reports: Any) -> None:
    primary = instance(ManageMasterUserPassword=True, DBInstanceIdentifier="crm")

    found = reports(Data={"Resources": {"Db": primary}, **OUTPUTS}, Replica=replica_of("billing"))

    assert "CB-RDS-04" not in found


def test_survives_outputs_that_name_each_other(reports: Any) -> None:
    def stack(other: str) -> dict[str, Any]:
        output = {"Value": {"Fn::GetStackOutput": {"StackName": other, "OutputName": "O"}}}
        return {**replica_of(output["Value"]), "Outputs": {"O": output}}

    assert "CB-RDS-04" not in reports(One=stack("Two"), Two=stack("One"))


def test_allows_one_alarm_name_per_region() -> None:
    body = {"Resources": {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": "5xx"}}}}
    regions = [Template(f"{r}.json", body, "Api", "Api", ("1", r)) for r in ("eu-west-1", "us-east-1")]

    assert list(check(regions)) == []


@pytest.mark.parametrize(
    "decided_at_deploy",
    [
        {"Ref": "Parameter"},
        {"Fn::GetAtt": ["Elsewhere", "Value"]},
        {"Fn::ImportValue": "Shared:Value"},
        {"Fn::GetStackOutput": {"StackName": "Shared", "OutputName": "Value"}},
        {"Fn::If": ["Large", "a", "b"]},
    ],
    ids=lambda value: next(iter(value)),
)
def test_stays_silent_about_values_that_the_deploy_decides(reports: Any, decided_at_deploy: Any) -> None:
    names = {
        DB: ["EngineVersion", "AllocatedStorage", "Iops", "StorageType", "MasterUsername", "Engine"],
        "AWS::ElastiCache::ReplicationGroup": ["TransitEncryptionEnabled", "NumCacheClusters", "Engine"],
        "AWS::Scheduler::Schedule": ["Target"],
        "AWS::EC2::Instance": ["ImageId", "SecurityGroupIds", "SourceDestCheck"],
        "AWS::ElasticLoadBalancingV2::LoadBalancer": ["Type", "SecurityGroups"],
        "AWS::S3::Bucket": ["ObjectLockConfiguration"],
        "AWS::Backup::BackupVault": ["LockConfiguration"],
        "AWS::CloudWatch::Alarm": ["AlarmName"],
    }
    resources = {
        f"R{index}": {"Type": kind, "Properties": dict.fromkeys(properties, decided_at_deploy)}
        for index, (kind, properties) in enumerate(names.items())
    }

    assert reports(Data={"Resources": {**resources, "Twin": resources["R7"]}}) == {}


def test_reads_no_value_as_absent(reports: Any) -> None:
    gp3 = instance(Engine="postgres", StorageType="gp3", AllocatedStorage="50", Iops={"Ref": "AWS::NoValue"})

    assert reports(Data={"Resources": {"Db": gp3}}) == {}


def test_reports_an_image_parameter_that_follows_aws(reports: Any) -> None:
    parameter = {
        "Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
        "Default": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64",
    }
    host = {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": {"Ref": "Image"}}}

    found = reports(Host={"Parameters": {"Image": parameter}, "Resources": {"Host": host}})

    assert "it follows /aws/service/ami-amazon-linux-latest" in found["CB-EC2-02"]


def test_lets_our_own_image_parameter_pass(reports: Any) -> None:
    parameter = {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/cambium/host-image"}
    host = {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": {"Ref": "Image"}}}

    assert reports(Host={"Parameters": {"Image": parameter}, "Resources": {"Host": host}}) == {}


def test_names_what_is_written_where(reports: Any) -> None:
    withdrawn = instance(Engine="postgres", EngineVersion="15.7")

    found = reports(Data={"Resources": {"Db": withdrawn}})

    assert found["CB-RDS-01"] == (
        "Properties.EngineVersion = '15.7' in Data.template.json; Engine = 'postgres'"
    )
