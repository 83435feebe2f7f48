"""A serverless cluster with its one writer: private, encrypted, backed up, and not deleted by accident."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from cambium.postgres_database import leave_when_replaced
from cambium.retention import retention
from config import database as model

LOGS = ["postgresql"]


def define_cluster(
    scope: Construct,
    *,
    engine: rds.IClusterEngine,
    credentials: rds.DatabaseSecret,
    parameters: rds.IParameterGroup,
    vpc: ec2.IVpc,
    subnet_group: rds.ISubnetGroup,
    security_group: ec2.ISecurityGroup,
    log_days: int,
    config: model.AuroraServerless,
) -> rds.DatabaseCluster:
    """The cluster; Aurora chooses the zone of its writer."""
    pause = config.pauses_after_seconds
    cluster = rds.DatabaseCluster(
        scope,
        "Cluster",
        engine=engine,
        credentials=rds.Credentials.from_secret(credentials),
        default_database_name=config.name,
        writer=rds.ClusterInstance.serverless_v2(
            "Writer",
            publicly_accessible=False,
            auto_minor_version_upgrade=True,
            # Stated for the cluster, it holds for the writer too; the CDK wants to read it twice.
            enable_performance_insights=True,
            ca_certificate=rds.CaCertificate.RDS_CA_RSA2048_G1,
        ),
        serverless_v2_min_capacity=config.min_capacity_acu,
        serverless_v2_max_capacity=config.max_capacity_acu,
        serverless_v2_auto_pause_duration=Duration.seconds(pause) if pause is not None else None,
        storage_type=rds.DBClusterStorageType.AURORA,
        storage_encrypted=True,
        vpc=vpc,
        subnet_group=subnet_group,
        security_groups=[security_group],
        port=config.port,
        parameter_group=parameters,
        backup=rds.BackupProps(retention=Duration.days(config.backup_days)),
        copy_tags_to_snapshot=True,
        delete_automated_backups=False,
        deletion_protection=config.deletion_protection is True,
        removal_policy=RemovalPolicy.SNAPSHOT,
        iam_authentication=True,
        # Extended Support doubles the bill, silently, once a major version is out of standard support.
        engine_lifecycle_support=rds.EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
        database_insights_mode=rds.DatabaseInsightsMode.STANDARD,
        enable_performance_insights=True,
        performance_insight_retention=rds.PerformanceInsightRetention.DEFAULT,
        cloudwatch_logs_exports=LOGS,
        cloudwatch_logs_retention=retention(log_days),
    )
    leave_when_replaced(cluster)
    return cluster
