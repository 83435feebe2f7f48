"""The servers of a database on RDS instances: the primary, and replicas told what they do not inherit."""

from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.postgres_database import leave_when_replaced
from cambium.retention import retention
from config import database as model

LOGS = ["postgresql", "upgrade"]

_INSIGHTS = {
    "standard": rds.DatabaseInsightsMode.STANDARD,
    "advanced": rds.DatabaseInsightsMode.ADVANCED,
}
_INSIGHTS_RETENTION = {
    "standard": rds.PerformanceInsightRetention.DEFAULT,
    "advanced": rds.PerformanceInsightRetention.MONTHS_15,
}


@dataclass(frozen=True, slots=True)
class Place:
    """What every server of a database shares."""

    vpc: ec2.IVpc
    subnet_group: rds.ISubnetGroup
    security_group: ec2.ISecurityGroup
    parameters: rds.IParameterGroup
    log_days: int


def define_primary(
    scope: Construct,
    *,
    engine: rds.IInstanceEngine,
    credentials: rds.DatabaseSecret,
    place: Place,
    config: model.Database,
    keeps_logs: bool = True,
) -> rds.DatabaseInstance:
    """The instance that is written to: private, encrypted, backed up, and not deleted by accident.

    Args:
        scope: Where it belongs.
        engine: PostgreSQL of the version that ``config`` names.
        credentials: The master user's login.
        place: Network, parameters and days of logs.
        config: Everything else.
        keeps_logs: Whether its log groups get their retention here; not where they exist before it.
    """
    instance = rds.DatabaseInstance(
        scope,
        "Instance",
        engine=engine,
        credentials=rds.Credentials.from_secret(credentials),
        database_name=config.name,
        instance_type=ec2.InstanceType(config.instance_class),
        allocated_storage=config.storage_gib,
        max_allocated_storage=config.max_storage_gib,
        storage_type=rds.StorageType.GP3,
        iops=config.iops,
        storage_encrypted=True,
        multi_az=config.multi_az,
        vpc=place.vpc,
        subnet_group=place.subnet_group,
        security_groups=[place.security_group],
        port=config.port,
        publicly_accessible=False,
        parameter_group=place.parameters,
        backup_retention=Duration.days(config.backup_days),
        copy_tags_to_snapshot=True,
        delete_automated_backups=False,
        deletion_protection=config.deletion_protection is True,
        removal_policy=RemovalPolicy.SNAPSHOT,
        iam_authentication=True,
        auto_minor_version_upgrade=True,
        ca_certificate=rds.CaCertificate.RDS_CA_RSA2048_G1,
        # Extended Support doubles the bill, silently, once a major version is out of standard support.
        engine_lifecycle_support=rds.EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
        database_insights_mode=_INSIGHTS[config.insights],
        performance_insight_retention=_INSIGHTS_RETENTION[config.insights],
        monitoring_interval=Duration.seconds(config.enhanced_monitoring_seconds),
        cloudwatch_logs_exports=LOGS,
        cloudwatch_logs_retention=retention(place.log_days) if keeps_logs else None,
    )
    leave_when_replaced(instance)
    return instance


def define_replica(
    scope: Construct,
    number: int,
    *,
    source: rds.DatabaseInstance,
    zone: str,
    place: Place,
    config: model.Database,
) -> rds.DatabaseInstanceReadReplica:
    """A copy of ``source`` in ``zone``, as large as it and just as closed."""
    replica = rds.DatabaseInstanceReadReplica(
        scope,
        f"Replica{number}",
        source_database_instance=source,
        instance_type=ec2.InstanceType(config.instance_class),
        # Left out, the L2 writes gp2, and a replica inherits neither size nor parameters.
        storage_type=rds.StorageType.GP3,
        allocated_storage=config.storage_gib,
        max_allocated_storage=config.max_storage_gib,
        parameter_group=place.parameters,
        vpc=place.vpc,
        subnet_group=place.subnet_group,
        security_groups=[place.security_group],
        availability_zone=zone,
        publicly_accessible=False,
        deletion_protection=False,
        removal_policy=RemovalPolicy.DESTROY,
        iam_authentication=True,
        auto_minor_version_upgrade=True,
        ca_certificate=rds.CaCertificate.RDS_CA_RSA2048_G1,
        enable_performance_insights=True,
        performance_insight_retention=_INSIGHTS_RETENTION[config.insights],
        monitoring_interval=Duration.seconds(config.enhanced_monitoring_seconds),
        cloudwatch_logs_exports=LOGS,
        cloudwatch_logs_retention=retention(place.log_days),
    )
    encrypted = "a replica takes encryption from its source; RDS refuses to be told"
    copy = "a replica holds a copy: the primary is protected, and losing a replica loses nothing"
    acknowledge(
        replica,
        {
            "AwsSolutions-RDS2": encrypted,
            "HIPAA.Security-RDSStorageEncrypted": encrypted,
            "AwsSolutions-RDS3": copy,
            "HIPAA.Security-RDSMultiAZSupport": copy,
            "AwsSolutions-RDS10": copy,
            "HIPAA.Security-RDSInstanceDeletionProtectionEnabled": copy,
            "CloudFormation-Validate::W3010": "a replica in each zone: losing one zone leaves one",
        },
    )
    return replica
