"""Which resources hold data, and which of their properties CloudFormation answers with a replacement."""

from functools import cache
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from support.assembly import Assembly, Resource

HOLDS_DATA = (
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBClusterParameterGroup",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBSubnetGroup",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::S3::Bucket",
    "AWS::ECR::Repository",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::CloudTrail::Trail",
)
CARRIES_DATA = ("AWS::EC2::VPC", "AWS::EC2::Subnet")
"""Hold nothing, and what holds data stands in them: replacing them replaces it."""

GUARDS = [{"Key": "cambium:group", "Value": name} for name in ("database", "cache")]
"""Tags of the security groups that what holds data carries."""


@cache
def replacing(type_name: str) -> frozenset[str]:
    """Properties whose change replaces the resource, always or under some condition."""
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", type_name).schema
    pointers = [
        *schema.get("createOnlyProperties", ()),
        *schema.get("conditionalCreateOnlyProperties", ()),
    ]
    return frozenset(pointer.split("/")[2] for pointer in pointers)


def guarded(assembly: Assembly) -> dict[tuple[str, str], Resource]:
    """Everything that holds data or carries it, by stack role and logical id."""
    return {(one.role, one.logical_id): one for one in assembly.resources if _is_guarded(one)}


def _is_guarded(one: Resource) -> bool:
    if one.type == "AWS::Logs::LogGroup":
        # The logs of a service stay when its platform goes; those of a deployment are nobody's record.
        return one.outlives_its_stack and one.role != "compute"
    if one.type == "AWS::EC2::SecurityGroup":
        return any(tag in GUARDS for tag in one["Tags"])
    return one.type in HOLDS_DATA + CARRIES_DATA


def harm(before: Assembly, after: Assembly) -> list[str]:
    """What of ``before`` would be lost, moved or replaced by deploying ``after``."""
    found = []
    later = guarded(after)
    for key, one in guarded(before).items():
        where = f"{one.type} {'/'.join(key)} ({one.path})"
        if key not in later:
            found.append(f"{where} would be deleted")
            continue
        other = later[key]
        if before.stacks[one.role].name != after.stacks[one.role].name or one.type != other.type:
            found.append(f"{where} would move")
        for name in sorted(replacing(one.type)):
            was, becomes = one.properties.get(name), other.properties.get(name)
            if was != becomes:
                found.append(f"{where} would be replaced: {name} {was} -> {becomes}")
    return found
