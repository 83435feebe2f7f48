"""When a property replaces that the registry only says *may* replace: reviewed, with where it is written.

The schemas list such properties as ``conditionalCreateOnlyProperties`` and do not state the condition. Where
AWS documents it, or its resource handler is public, it is written down here; all else stays "may replace".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops.plan.verdict import Verdict

RDS_HANDLER = (
    "https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds, ImmutabilityHelper"
)
RDS_INSTANCE = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html"
)
EC2_INSTANCE = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html"
)
DYNAMODB = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html, "
    "which has no parameter for it"
)
ELASTICACHE = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    "aws-resource-elasticache-replicationgroup.html"
)
ECS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html"

Decide = Callable[[Any, Any, dict[str, Any]], Verdict]
"""The value before, the value after, and all properties after."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a change of the property does."""

    decide: Decide
    why: str
    source: str


def _in_place(_was: Any, _becomes: Any, _properties: dict[str, Any]) -> Verdict:
    return Verdict.IN_PLACE


def _interrupts(_was: Any, _becomes: Any, _properties: dict[str, Any]) -> Verdict:
    return Verdict.INTERRUPTS


def _replaces(_was: Any, _becomes: Any, _properties: dict[str, Any]) -> Verdict:
    return Verdict.REPLACES


def _unless_removed(_was: Any, becomes: Any, _properties: dict[str, Any]) -> Verdict:
    return Verdict.REPLACES if becomes else Verdict.IN_PLACE


def _unless_new(was: Any, _becomes: Any, _properties: dict[str, Any]) -> Verdict:
    return Verdict.REPLACES if was else Verdict.IN_PLACE


def _unless_left_to_multi_az(_was: Any, becomes: Any, properties: dict[str, Any]) -> Verdict:
    left = not becomes and str(properties.get("MultiAZ")).lower() == "true"
    return Verdict.IN_PLACE if left else Verdict.REPLACES


def _unless_aurora_is_renamed(was: Any, becomes: Any, _properties: dict[str, Any]) -> Verdict:
    return Verdict.INTERRUPTS if (was, becomes) == ("aurora", "aurora-mysql") else Verdict.REPLACES


def _restored_anew(was: Any, becomes: Any, _properties: dict[str, Any]) -> Verdict:
    return Verdict.REPLACES if was or becomes else Verdict.NONE


_INSTANCE = "AWS::RDS::DBInstance"
_UNREPLACED = "the handler changes it without a new instance"

CONDITIONS: dict[tuple[str, str], Condition] = {
    (_INSTANCE, "AutoMinorVersionUpgrade"): Condition(_in_place, _UNREPLACED, RDS_HANDLER),
    (_INSTANCE, "PreferredMaintenanceWindow"): Condition(_in_place, _UNREPLACED, RDS_HANDLER),
    (_INSTANCE, "BackupRetentionPeriod"): Condition(_in_place, _UNREPLACED, RDS_HANDLER),
    (_INSTANCE, "DBParameterGroupName"): Condition(
        _interrupts, "static parameters of another group wait for a restart", RDS_HANDLER
    ),
    (_INSTANCE, "MultiAZ"): Condition(
        _in_place,
        "the standby comes or goes beside it; writes may be slower",
        RDS_HANDLER,
    ),
    (_INSTANCE, "AvailabilityZone"): Condition(
        _unless_left_to_multi_az, "an instance cannot be moved to another zone", RDS_HANDLER
    ),
    (_INSTANCE, "PerformanceInsightsKMSKeyId"): Condition(
        _unless_new, "the key can be set once and not changed", RDS_HANDLER
    ),
    (_INSTANCE, "SourceDBInstanceIdentifier"): Condition(
        _unless_removed, "a replica can be made independent, and follow no other source", RDS_HANDLER
    ),
    (_INSTANCE, "SourceDBClusterIdentifier"): Condition(
        _unless_removed, "a replica can be made independent, and follow no other source", RDS_HANDLER
    ),
    (_INSTANCE, "Engine"): Condition(
        _unless_aurora_is_renamed, "an instance keeps the engine it was made with", RDS_HANDLER
    ),
    (_INSTANCE, "DBSnapshotIdentifier"): Condition(
        _restored_anew,
        "AWS documents that removing or changing it makes a new instance, empty or restored, and deletes "
        "this one (its handler lets it be removed; count on what is documented)",
        RDS_INSTANCE,
    ),
    (_INSTANCE, "DBClusterSnapshotIdentifier"): Condition(
        _restored_anew, "removing or changing it makes another instance", RDS_INSTANCE
    ),
    ("AWS::RDS::DBCluster", "Engine"): Condition(
        _unless_aurora_is_renamed, "a cluster keeps the engine it was made with", RDS_HANDLER
    ),
    ("AWS::RDS::DBCluster", "GlobalClusterIdentifier"): Condition(
        _unless_removed, "a cluster can leave a global cluster, and not join another", RDS_HANDLER
    ),
    ("AWS::DynamoDB::Table", "KeySchema"): Condition(_replaces, "a table keeps its key", DYNAMODB),
    ("AWS::DynamoDB::GlobalTable", "KeySchema"): Condition(_replaces, "a table keeps its key", DYNAMODB),
    ("AWS::DynamoDB::GlobalTable", "LocalSecondaryIndexes"): Condition(
        _replaces, "local indexes exist from the start or never", DYNAMODB
    ),
    ("AWS::ElastiCache::ReplicationGroup", "AuthToken"): Condition(
        _in_place, "a token is rotated while TLS is on", ELASTICACHE
    ),
    ("AWS::EC2::Instance", "InstanceType"): Condition(
        _interrupts, "an instance on EBS is stopped, changed and started", EC2_INSTANCE
    ),
    ("AWS::EC2::Instance", "UserData"): Condition(
        _interrupts,
        "it is stopped and started; cloud-init does not run it again",
        EC2_INSTANCE,
    ),
    ("AWS::EC2::Instance", "EbsOptimized"): Condition(
        _interrupts, "an instance on EBS is stopped, changed and started", EC2_INSTANCE
    ),
    ("AWS::EC2::Instance", "SecurityGroupIds"): Condition(
        _in_place, "groups of an instance in a VPC can be changed", EC2_INSTANCE
    ),
    ("AWS::ECS::Service", "LaunchType"): Condition(
        _replaces, "a running service keeps its launch type (aws-cdk issue 29826)", ECS
    ),
}
