"""Which resources hold data or carry it: their logical ids are frozen."""

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
    "AWS::EFS::AccessPoint",
    "AWS::EFS::FileSystem",
    "AWS::Backup::BackupVault",
    "AWS::SQS::Queue",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::CloudTrail::Trail",
    "AWS::Backup::BackupVault",
    "AWS::EC2::Volume",
    "AWS::DynamoDB::GlobalTable",
)
CARRIES_DATA = ("AWS::EC2::VPC", "AWS::EC2::Subnet")
"""Hold nothing, and what holds data stands in them: replacing them replaces it."""

GUARDS = [{"Key": "cambium:group", "Value": name} for name in ("database", "cache")]
"""Tags of the security groups that what holds data carries."""


def guarded(assembly: Assembly) -> dict[tuple[str, str], Resource]:
    """Everything that holds data or carries it, by stack role and logical id."""
    return {(one.role, one.logical_id): one for one in assembly.resources if _is_guarded(one)}


def guarded_inside(assembly: Assembly) -> list[Resource]:
    """The same of templates that are assets, such as that of tenants."""
    return [one for one in assembly.resources_inside if _is_guarded(one)]


def _is_guarded(one: Resource) -> bool:
    if one.type == "AWS::Logs::LogGroup":
        # The logs of a service stay when its platform goes; those of a deployment are nobody's record.
        return one.outlives_its_stack and one.role != "compute"
    if one.type == "AWS::EC2::SecurityGroup":
        return any(tag in GUARDS for tag in one["Tags"])
    return one.type in HOLDS_DATA + CARRIES_DATA
