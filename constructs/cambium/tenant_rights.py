"""What the steps of a tenant's life may do in AWS: to tenants' things, and to nothing else by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from cambium.arn import arn
from cambium.wildcards import acknowledge_wildcards

EXPORTS = "tenants"
"""What the keys of exports begin with."""
ONCE = "#once"
"""Partition key of those records."""


def allow(actions: Sequence[str], resources: Sequence[str] = ("*",)) -> iam.PolicyStatement:
    """One statement."""
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))


def registry(table: str) -> iam.PolicyStatement:
    """Read and write the registry of tenants."""
    return items(table, "Get", "Put", "Update", scan=True)


def once(table: str) -> iam.PolicyStatement:
    """Forget that something was begun, where it failed: records of requests and events, never of tenants."""
    return iam.PolicyStatement(
        actions=["dynamodb:DeleteItem"],
        resources=[table],
        conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [ONCE]}},
    )


def items(table: str, *verbs: str, scan: bool = False) -> iam.PolicyStatement:
    """What is done with single items of a table, such as ``Get``, and whether all are looked through."""
    return allow([*(f"dynamodb:{verb}Item" for verb in verbs), *(["dynamodb:Scan"] if scan else [])], [table])


def stacks(prefix: str, role: str) -> list[iam.PolicyStatement]:
    """Make, change and delete the stacks of tenants, with the role that makes what is in them."""
    changes = ("CreateStack", "UpdateStack", "DeleteStack", "ContinueUpdateRollback", "TagResource")
    verbs = (*changes, "DescribeStackEvents")
    return [
        allow([f"cloudformation:{verb}" for verb in verbs], [arn("cloudformation", f"stack/{prefix}*")]),
        allow(["cloudformation:DescribeStacks"]),
        allow(["iam:PassRole"], [role]),
    ]


def look_around() -> iam.PolicyStatement:
    """Count what quotas are about."""
    return allow(
        [
            "apprunner:ListServices",
            "cloudformation:DescribeStacks",
            "ec2:DescribeSecurityGroupRules",
            "ec2:DescribeSubnets",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTargetGroups",
            "rds:DescribeDBInstances",
        ]
    )


@dataclass(frozen=True, kw_only=True)
class Snapshots:
    """What may be done with snapshots of tenants' databases.

    Those that somebody took by hand may have any name, and have the tags of the database. Nobody may delete
    those of the pool or of another environment.
    """

    system: str
    environment: str
    prefix: str
    """What the names of tenants' stacks begin with."""

    @property
    def take(self) -> iam.PolicyStatement:
        """Take the last one, and see how far it is."""
        verbs = ("CreateDBSnapshot", "DescribeDBSnapshots", "AddTagsToResource")
        return allow([f"rds:{verb}" for verb in verbs], [self._databases, self._last])

    @property
    def see(self) -> iam.PolicyStatement:
        """See which there are."""
        return allow(["rds:DescribeDBSnapshots"], [self._databases, arn("rds", f"snapshot:{self.system}-*")])

    @property
    def delete(self) -> list[iam.PolicyStatement]:
        """Delete the last ones, those that CloudFormation took, and those taken by hand."""
        verb = ["rds:DeleteDBSnapshot"]
        of_tenants = {
            "StringEquals": {
                "aws:ResourceTag/cambium:system": self.system,
                "aws:ResourceTag/cambium:environment": self.environment,
            },
            "Null": {"aws:ResourceTag/cambium:tenant": "false"},
        }
        return [
            allow(verb, [self._last, arn("rds", f"snapshot:{self.prefix}*")]),
            iam.PolicyStatement(actions=verb, resources=[arn("rds", "snapshot:*")], conditions=of_tenants),
        ]

    @property
    def _databases(self) -> str:
        return arn("rds", f"db:{self.system}-*-{self.environment}")

    @property
    def _last(self) -> str:
        return arn("rds", f"snapshot:{self.system}-*-{self.environment}-final-*")


def exports(bucket: str) -> list[iam.PolicyStatement]:
    """See which exports there are, and delete them for good; never the dumps themselves."""
    below = f"arn:{Aws.PARTITION}:s3:::{bucket}/{EXPORTS}"
    return [
        iam.PolicyStatement(
            actions=["s3:ListBucket", "s3:ListBucketVersions"],
            resources=[f"arn:{Aws.PARTITION}:s3:::{bucket}"],
            conditions={"StringLike": {"s3:prefix": [f"{EXPORTS}/*"]}},
        ),
        allow(["s3:GetObject"], [f"{below}/*/manifest.json"]),
        allow(["s3:DeleteObject", "s3:DeleteObjectVersion"], [f"{below}/*"]),
    ]


_OF_STACKS = {
    "apprunner": (
        "CreateService DeleteService DescribeService UpdateService CreateVpcConnector DeleteVpcConnector "
        "DescribeVpcConnector CreateAutoScalingConfiguration DeleteAutoScalingConfiguration "
        "DescribeAutoScalingConfiguration TagResource ListTagsForResource"
    ),
    "application-autoscaling": (
        "RegisterScalableTarget DeregisterScalableTarget DescribeScalableTargets PutScalingPolicy "
        "DeleteScalingPolicy DescribeScalingPolicies TagResource ListTagsForResource"
    ),
    "cloudwatch": "DescribeAlarms",
    "ec2": (
        "CreateSecurityGroup DeleteSecurityGroup AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress "
        "RevokeSecurityGroupEgress RevokeSecurityGroupIngress CreateTags DeleteTags DescribeSecurityGroups "
        "DescribeSecurityGroupRules DescribeSubnets DescribeVpcs"
    ),
    "ecs": (
        "CreateService DeleteService DescribeServices UpdateService RegisterTaskDefinition TagResource "
        "DeregisterTaskDefinition DescribeTaskDefinition"
    ),
    "elasticloadbalancing": (
        "CreateRule DeleteRule ModifyRule DescribeRules CreateTargetGroup DeleteTargetGroup "
        "ModifyTargetGroup ModifyTargetGroupAttributes DescribeTargetGroups DescribeTargetGroupAttributes "
        "DescribeTags AddTags"
    ),
    "logs": "DescribeLogGroups",
    "rds": "DescribeDBInstances",
    "secretsmanager": "GetRandomPassword",
}
"""What has no name before it exists, or takes no resource."""
_OF_ROLES = (
    "CreateRole DeleteRole GetRole TagRole UntagRole UpdateRole PassRole PutRolePolicy GetRolePolicy "
    "DeleteRolePolicy UpdateAssumeRolePolicy AttachRolePolicy DetachRolePolicy"
)
_OF_DATABASES = (
    "CreateDBInstance ModifyDBInstance DeleteDBInstance AddTagsToResource RemoveTagsFromResource "
    "ListTagsForResource CreateDBSnapshot DescribeDBSnapshots"
)
_OF_SECRETS = (
    "CreateSecret DeleteSecret DescribeSecret UpdateSecret GetSecretValue PutSecretValue TagResource"
)
_OF_LOGS = "CreateLogGroup DeleteLogGroup PutRetentionPolicy TagResource ListTagsForResource"


def role_path(system: str, environment: str, region_key: str) -> str:
    """The IAM path of roles in tenants' stacks.

    CloudFormation names them, and of a long stack name it keeps what fits into 64 characters: no policy can
    rely on how such a name begins, only on the path.
    """
    return f"/{system}/{environment}/tenants/{region_key}/"


def roles_below(path: str) -> str:
    """The ARNs of all roles with that path."""
    return f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role{path}*"


def of_stack_role(system: str, environment: str, *, prefix: str, path: str) -> list[iam.PolicyStatement]:
    """What CloudFormation may do for a tenant's stack: by name where a thing has one before it exists."""
    databases = [f"db:{system}-*-{environment}", "subgrp:*", "pg:*", f"snapshot:{prefix}*"]
    groups = [f"log-group:{prefix}*", f"log-group:/aws/rds/instance/{system}-*"]
    alarms = [arn("cloudwatch", f"alarm:{system}-*")]
    return [
        _verbs(
            "secretsmanager", _OF_SECRETS, [arn("secretsmanager", f"secret:{system}/{environment}/tenants/*")]
        ),
        _verbs("rds", _OF_DATABASES, [arn("rds", one) for one in databases]),
        _verbs("logs", _OF_LOGS, [arn("logs", one) for one in groups]),
        _verbs("iam", _OF_ROLES, [roles_below(path)]),
        _verbs("cloudwatch", "PutMetricAlarm DeleteAlarms TagResource", alarms),
        allow([f"{service}:{verb}" for service, verbs in _OF_STACKS.items() for verb in verbs.split()]),
    ]


def _verbs(service: str, verbs: str, resources: Sequence[str]) -> iam.PolicyStatement:
    return allow([f"{service}:{verb}" for verb in verbs.split()], resources)


def given(role: iam.Role, statements: Sequence[iam.PolicyStatement]) -> iam.Role:
    """The role, with statements whose wildcards are explained."""
    for statement in statements:
        role.add_to_policy(statement)
    explain(role, statements)
    return role


def explain(scope: IConstruct, statements: Sequence[iam.PolicyStatement]) -> None:
    """Say why the wildcards in the policies below ``scope`` can be no narrower."""
    named = "what a tenant will be made of is named by its prefix, before there is a tenant"
    nameless = "what has no name before it exists, and looking"
    resources = {str(one) for statement in statements for one in statement.resources if "*" in str(one)}
    acknowledge_wildcards(
        scope, {one: nameless if one.rpartition(":")[2] == "*" else named for one in resources}
    )
