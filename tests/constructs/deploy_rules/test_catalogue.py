"""Every deploy rule reports its mistake and accepts the right form."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from cambium.deploy_rules.catalogue import RULES, check
from cambium.deploy_rules.template import Template

Properties = dict[str, Any]
VPC_ONLY = {"CidrIp": "10.0.0.0/16", "IpProtocol": "-1"}
DENY_ALL = {"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86}


@dataclass(frozen=True)
class Case:
    """A mistake in a resource, and how it should be written."""

    rule: str
    words: str
    type: str
    wrong: Properties
    right: Properties
    around: dict[str, tuple[str, Properties]] | None = None
    """Other resources of the stack, by logical id."""

    def stack(self, properties: Properties) -> Template:
        """The stack with the resource written one way or the other."""
        resources = {"Subject": (self.type, properties), **(self.around or {})}
        body = {name: {"Type": kind, "Properties": what} for name, (kind, what) in resources.items()}
        return Template("/out/Data.template.json", {"Resources": body}, "Data", "Data")


DB = "AWS::RDS::DBInstance"
POSTGRES = {"Engine": "postgres", "EngineVersion": "17.11", "MasterUsername": "crm_admin"}
GP3 = {**POSTGRES, "StorageType": "gp3"}
LARGE = {**GP3, "AllocatedStorage": "500"}
REPLICA = {
    "SourceDBInstanceIdentifier": {"Ref": "Primary"},
    "StorageType": "gp3",
    "DBParameterGroupName": {"Ref": "Parameters"},
}
PRIMARY = {"Primary": (DB, GP3)}
COPY = {"Copy": (DB, {**REPLICA, "SourceDBInstanceIdentifier": {"Ref": "Subject"}})}
CACHE, GROUP = "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup"
VALKEY = {"Engine": "valkey", "EngineVersion": "8.2", "TransitEncryptionEnabled": True}
SECRET = "AWS::SecretsManager::Secret"
NAT = {"SourceDestCheck": False}
NLB = {"Type": "network"}
GROUPS: dict[str, tuple[str, Properties]] = {
    "Shut": ("AWS::EC2::SecurityGroup", {"SecurityGroupEgress": [DENY_ALL]}),
    "Open": ("AWS::EC2::SecurityGroup", {"SecurityGroupEgress": [DENY_ALL]}),
    "In": ("AWS::EC2::SecurityGroupIngress", {**VPC_ONLY, "GroupId": {"Fn::GetAtt": ["Open", "GroupId"]}}),
    "Out": (
        "AWS::EC2::SecurityGroupEgress",
        {
            "GroupId": {"Fn::GetAtt": ["Open", "GroupId"]},
            "DestinationSecurityGroupId": "sg-1",
            "IpProtocol": "tcp",
            "FromPort": 6432,
            "ToPort": 6432,
        },
    ),
    "Listener": (
        "AWS::ElasticLoadBalancingV2::Listener",
        {
            "LoadBalancerArn": {"Ref": "Subject"},
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
        },
    ),
    "Targets": ("AWS::ElasticLoadBalancingV2::TargetGroup", {"Port": 80, "Protocol": "TCP"}),
    "Service": (
        "AWS::ECS::Service",
        {"LoadBalancers": [{"ContainerPort": 6432, "TargetGroupArn": {"Ref": "Targets"}}]},
    ),
}


def group(name: str) -> list[Properties]:
    return [{"Fn::GetAtt": [name, "GroupId"]}]


def retry(**policy: int) -> Properties:
    return {"Target": {"RetryPolicy": policy}}


CLUSTER = "AWS::RDS::DBCluster"
AURORA = {"Engine": "aurora-postgresql", "EngineVersion": "17.10"}


def capacity(least: float, **more: object) -> Properties:
    """A serverless cluster from ``least`` to 2 ACU."""
    scaling = {"MinCapacity": least, "MaxCapacity": 2}
    pause = more.pop("pause", None)
    if pause is not None:
        scaling["SecondsUntilAutoPause"] = int(str(pause))
    return {**AURORA, "ServerlessV2ScalingConfiguration": scaling, **more}


SCHEDULE, ALARM = "AWS::Scheduler::Schedule", "AWS::CloudWatch::Alarm"
SOON = retry(MaximumRetryAttempts=2, MaximumEventAgeInSeconds=900)
STRONG = {"MultiRegionConsistency": "STRONG"}
VAULT, BUCKET = "AWS::Backup::BackupVault", "AWS::S3::Bucket"


def locked(mode: str) -> Properties:
    return {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": mode, "Days": 2557}}}}


CASES = [
    Case("CB-RDS-01", "withdrawn version", DB, {**POSTGRES, "EngineVersion": "15.7"}, POSTGRES),
    Case(
        "CB-RDS-01",
        "withdrawn Aurora version",
        "AWS::RDS::DBCluster",
        {"Engine": "aurora-postgresql", "EngineVersion": "16.6"},
        {"Engine": "aurora-postgresql", "EngineVersion": "16.8"},
    ),
    Case(
        "CB-RDS-02",
        "IOPS on a small volume",
        DB,
        {**GP3, "AllocatedStorage": "50", "Iops": 3000},
        {**GP3, "AllocatedStorage": "50"},
    ),
    Case(
        "CB-RDS-02",
        "throughput on a small volume of a replica",
        DB,
        {**REPLICA, "AllocatedStorage": 399, "StorageThroughput": "250"},
        {**REPLICA, "AllocatedStorage": 400, "StorageThroughput": "500"},
        PRIMARY,
    ),
    Case("CB-RDS-03", "too few IOPS", DB, {**LARGE, "Iops": 6000}, {**LARGE, "Iops": "12000"}),
    Case(
        "CB-RDS-04",
        "managed password of a copied instance",
        DB,
        {**GP3, "ManageMasterUserPassword": True},
        {**GP3, "ManageMasterUserPassword": False},
        COPY,
    ),
    Case("CB-RDS-05", "gp2 replica", DB, {**REPLICA, "StorageType": "gp2"}, REPLICA, PRIMARY),
    Case(
        "CB-RDS-06",
        "replica without parameter group",
        DB,
        {key: REPLICA[key] for key in ("SourceDBInstanceIdentifier", "StorageType")},
        REPLICA,
        PRIMARY,
    ),
    Case(
        "CB-RDS-07",
        "replica that grows from an unstated size",
        DB,
        {**REPLICA, "MaxAllocatedStorage": 200},
        {**REPLICA, "MaxAllocatedStorage": 200, "AllocatedStorage": "50"},
        PRIMARY,
    ),
    Case("CB-RDS-08", "reserved name", DB, {**POSTGRES, "MasterUsername": "Admin"}, POSTGRES),
    Case("CB-RDS-08", "name of PostgreSQL's own", DB, {**POSTGRES, "MasterUsername": "pg_dba"}, POSTGRES),
    Case(
        "CB-RDS-08",
        "reserved name in a generated secret",
        DB,
        {
            **POSTGRES,
            "MasterUsername": {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Wrong"}, "}}"]]},
        },
        {
            **POSTGRES,
            "MasterUsername": {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Right"}, "}}"]]},
        },
        {
            "Wrong": (SECRET, {"GenerateSecretString": {"SecretStringTemplate": '{"username":"admin"}'}}),
            "Right": (SECRET, {"GenerateSecretString": {"SecretStringTemplate": '{"username":"crm"}'}}),
        },
    ),
    Case(
        "CB-RDS-09",
        "advanced insights with the default history",
        DB,
        {**POSTGRES, "DatabaseInsightsMode": "advanced"},
        {**POSTGRES, "DatabaseInsightsMode": "advanced", "PerformanceInsightsRetentionPeriod": 465},
    ),
    Case(
        "CB-RDS-10",
        "copied instance without backups",
        DB,
        {**GP3, "BackupRetentionPeriod": 0},
        {**GP3, "BackupRetentionPeriod": 7},
        COPY,
    ),
    Case(
        "CB-CACHE-01",
        "TLS on a single Redis cluster",
        CACHE,
        {"Engine": "redis", "TransitEncryptionEnabled": "true"},
        {"Engine": "redis"},
    ),
    Case("CB-CACHE-02", "unstated TLS", GROUP, {"Engine": "redis"}, VALKEY),
    Case(
        "CB-CACHE-03",
        "failover of one node",
        GROUP,
        {**VALKEY, "NumCacheClusters": 1, "AutomaticFailoverEnabled": True},
        {**VALKEY, "NumCacheClusters": 2, "AutomaticFailoverEnabled": True},
    ),
    Case(
        "CB-CACHE-03",
        "Multi-AZ of a group that leaves its size to the default",
        GROUP,
        {**VALKEY, "MultiAZEnabled": True},
        {**VALKEY, "MultiAZEnabled": True, "ReplicasPerNodeGroup": 1},
    ),
    Case(
        "CB-CACHE-04",
        "Redis 8",
        GROUP,
        {**VALKEY, "Engine": "redis", "EngineVersion": "8.0"},
        {**VALKEY, "Engine": "redis", "EngineVersion": "7.1"},
    ),
    Case(
        "CB-CACHE-05",
        "token without TLS",
        GROUP,
        {**VALKEY, "TransitEncryptionEnabled": False, "AuthToken": "secret"},
        {**VALKEY, "AuthToken": "secret"},
    ),
    Case(
        "CB-EC2-01",
        "NAT instance that nobody may send to",
        "AWS::EC2::Instance",
        {**NAT, "SecurityGroupIds": group("Shut")},
        {**NAT, "SecurityGroupIds": group("Open")},
        GROUPS,
    ),
    Case(
        "CB-EC2-01",
        "NAT interface that only an administrator may send to",
        "AWS::EC2::NetworkInterface",
        {**NAT, "GroupSet": group("Administrator")},
        {**NAT, "GroupSet": group("Open")},
        {
            **GROUPS,
            "Administrator": (
                "AWS::EC2::SecurityGroup",
                {"SecurityGroupIngress": [{"CidrIp": "203.0.113.9/32", "IpProtocol": "tcp"}]},
            ),
        },
    ),
    Case(
        "CB-EC2-02",
        "image that follows AWS's releases",
        "AWS::EC2::LaunchTemplate",
        {"LaunchTemplateData": {"ImageId": "{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023}}"}},
        {"LaunchTemplateData": {"ImageId": "{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023:3}}"}},
    ),
    Case(
        "CB-EC2-03",
        "route through an instance that passes nothing on",
        "AWS::EC2::Instance",
        {"InstanceType": "t4g.nano"},
        {"InstanceType": "t4g.nano", **NAT},
        {"Route": ("AWS::EC2::Route", {"InstanceId": {"Ref": "Subject"}})},
    ),
    Case(
        "CB-EC2-03",
        "route through an interface that passes nothing on",
        "AWS::EC2::NetworkInterface",
        {"SourceDestCheck": "true"},
        {"SourceDestCheck": "false"},
        {"Route": ("AWS::EC2::Route", {"NetworkInterfaceId": {"Ref": "Subject"}})},
    ),
    Case(
        "CB-AURORA-01",
        "half a unit that never pauses",
        CLUSTER,
        capacity(0.5, pause=300),
        capacity(0, pause=300),
    ),
    Case(
        "CB-AURORA-02",
        "proxy to a cluster that is to pause",
        CLUSTER,
        capacity(0),
        capacity(0.5),
        {"Proxy": ("AWS::RDS::DBProxyTargetGroup", {"DBClusterIdentifiers": [{"Ref": "Subject"}]})},
    ),
    Case(
        "CB-AURORA-02",
        "global database that is to pause",
        CLUSTER,
        capacity(0, GlobalClusterIdentifier="world"),
        capacity(1, GlobalClusterIdentifier="world"),
    ),
    Case(
        "CB-AURORA-02",
        "logical replication from a cluster that is to pause",
        CLUSTER,
        capacity(0, DBClusterParameterGroupName={"Ref": "Replicating"}),
        capacity(0, DBClusterParameterGroupName={"Ref": "Quiet"}),
        {
            name: ("AWS::RDS::DBClusterParameterGroup", {"Parameters": {"rds.logical_replication": value}})
            for name, value in (("Replicating", 1), ("Quiet", "0"))
        },
    ),
    Case(
        "CB-LB-01",
        "load balancer without ingress",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {**NLB, "SecurityGroups": group("Shut")},
        {**NLB, "SecurityGroups": group("Open")},
        GROUPS,
    ),
    Case(
        "CB-LB-02",
        "load balancer without a way to its targets",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {**NLB, "SecurityGroups": group("Shut")},
        {**NLB, "SecurityGroups": group("Open")},
        GROUPS,
    ),
    Case("CB-SCHEDULE-01", "default retries", SCHEDULE, {"Target": {"Arn": "a"}}, SOON),
    Case(
        "CB-SCHEDULE-01",
        "retries until the next day",
        SCHEDULE,
        retry(MaximumRetryAttempts=2, MaximumEventAgeInSeconds=86400),
        SOON,
    ),
    Case(
        "CB-DYNAMODB-01",
        "TTL on a strongly consistent table",
        "AWS::DynamoDB::GlobalTable",
        {**STRONG, "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True}},
        {"TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True}},
    ),
    Case(
        "CB-DYNAMODB-01",
        "local index on a strongly consistent table",
        "AWS::DynamoDB::GlobalTable",
        {**STRONG, "LocalSecondaryIndexes": [{"IndexName": "by_name"}]},
        STRONG,
    ),
    Case("CB-S3-01", "irrevocable object lock", BUCKET, locked("COMPLIANCE"), locked("GOVERNANCE")),
    Case(
        "CB-BACKUP-01",
        "irrevocable vault lock",
        VAULT,
        {"LockConfiguration": {"MinRetentionDays": 7, "ChangeableForDays": 3}},
        {"LockConfiguration": {"MinRetentionDays": 7}},
    ),
    Case(
        "CB-ALARM-01",
        "two alarms of a name",
        ALARM,
        {"AlarmName": "api-5xx"},
        {"AlarmName": "worker-5xx"},
        {"Other": (ALARM, {"AlarmName": "api-5xx"})},
    ),
]
NAMED = [pytest.param(case, id=f"{case.rule} {case.words}") for case in CASES]
TESTED_ELSEWHERE = {"CB-APPRUNNER-01", "CB-STACK-01"}  # about metadata and a whole template


@pytest.mark.parametrize("case", NAMED)
def test_reports_the_mistake(case: Case) -> None:
    assert case.rule in {rule.id for rule, _ in check([case.stack(case.wrong)])}


@pytest.mark.parametrize("case", NAMED)
def test_accepts_the_right_form(case: Case) -> None:
    found = {rule.id: found.found for rule, found in check([case.stack(case.right)])}

    assert case.rule not in found


ODD_VALUES: list[Any] = [
    None,
    True,
    -1,
    float("nan"),
    "",
    "text",
    "1e999",
    [],
    [None],
    {},
    {"Key": "value"},
    {"Ref": "Subject"},
    {"Ref": "Nothing"},
    {"Ref": ["a"]},
    {"Fn::GetAtt": "Subject.Arn"},
    {"Fn::GetAtt": []},
    {"Fn::If": ["Condition", 1, {"Ref": "AWS::NoValue"}]},
    {"Fn::ImportValue": {"Fn::Sub": "${Stack}-Value"}},
    {"Fn::GetStackOutput": {"StackName": "Data", "OutputName": "None"}},
    {"Fn::Transform": {"Name": "AWS::Include"}},
]


def places(body: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in ``body`` with each of its keys."""
    for key in list(body) if isinstance(body, dict) else range(len(body)):
        yield body, key
        if isinstance(body[key], dict | list):
            yield from places(body[key])


@pytest.mark.parametrize("case", NAMED)
def test_never_raises_whatever_stands_in_the_place_of_a_value(case: Case) -> None:
    template = Template("Data.template.json", copy.deepcopy(case.stack(case.wrong).body), "Data", "Data")
    for container, key in list(places(template.body)):
        original = container[key]
        for odd in ODD_VALUES:
            container[key] = odd
            assert all(found.found for _, found in check([template]))
        container[key] = original


def test_plants_a_mistake_for_every_rule() -> None:
    assert {case.rule for case in CASES} | TESTED_ELSEWHERE == set(RULES)


@pytest.mark.parametrize("rule_id", RULES)
def test_says_what_aws_does_how_to_fix_it_and_where_it_is_documented(rule_id: str) -> None:
    rule = RULES[rule_id]

    assert re.fullmatch(r"CB-[A-Z0-9]+-\d\d", rule.id)
    assert rule.says.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.docs.startswith("https://")
