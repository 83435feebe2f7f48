"""PostgreSQL on RDS: private, encrypted, backed up, and not deleted by accident."""

from collections.abc import Sequence

import jsii
from aws_cdk import CfnDeletionPolicy, CfnResource, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from cambium.acknowledge import acknowledge, acknowledge_log_retention
from cambium.retention import retention
from config import database as model

LOGS = ["postgresql", "upgrade"]
PASSWORD_EXCLUDES = "/@\" '%:?#[]&=+\\`{}|<>^~$;,!*()"  # noqa: S105 - characters, not a password
"""RDS refuses four of these; the others would need escaping in a connection URL."""


@jsii.implements(ec2.IConnectable)
class Database(Construct):
    """A PostgreSQL instance with its read replicas in the private subnets.

    It opens no port: the security group it is given says who may connect. It makes no application
    roles: ``ConnectionSecrets`` does, inside the database.

    Attributes:
        instance: The primary.
        replicas: The read replicas, each in another zone than the one before it.
        master_credentials: The master user's login; services never get it.
        parameters: The parameter group of primary and replicas.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        zones: Sequence[str],
        secret_name: str,
        log_days: int,
        config: model.Database,
    ) -> None:
        super().__init__(scope, construct_id)
        self._config = config
        self._vpc = vpc
        self._security_group = security_group
        self._log_retention = retention(log_days)
        engine = rds.DatabaseInstanceEngine.postgres(
            version=rds.PostgresEngineVersion.of(config.version, config.version.partition(".")[0])
        )
        self.parameters = rds.ParameterGroup(
            self,
            "Parameters",
            engine=engine,
            parameters=parameters(config),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        self._subnets = rds.SubnetGroup(
            self, "Subnets", vpc=vpc, vpc_subnets=subnets, description=f"Database {config.name}"
        )
        self.master_credentials = rds.DatabaseSecret(
            self,
            "MasterCredentials",
            username=config.master_username,
            secret_name=secret_name,
            exclude_characters=PASSWORD_EXCLUDES,
        )
        self.master_credentials.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        self.instance = self._define_instance(engine)
        self.replicas = [
            self._define_replica(number, zones[number % len(zones)])
            for number in range(1, config.read_replicas + 1)
        ]
        acknowledge_log_retention(self)
        by_runbook = "the master login is used by deployments only, and rotated by its runbook"
        acknowledge(
            self,
            {
                "AwsSolutions-RDS11": "the port is no secret: only the access table opens it",
                "HIPAA.Security-RDSInBackupPlan": "RDS keeps backups for point-in-time recovery itself",
                "AwsSolutions-SMG4": by_runbook,
                "HIPAA.Security-SecretsManagerRotationEnabled": by_runbook,
            },
        )

    @property
    def connections(self) -> ec2.Connections:
        """Network rules of the primary."""
        return self.instance.connections

    def metric(self, name: str, statistic: str = "Average", *, minutes: int = 1) -> cloudwatch.Metric:
        """A metric of the primary, by RDS's own name, over so many minutes."""
        return self.instance.metric(name, statistic=statistic, period=Duration.minutes(minutes))

    def _define_instance(self, engine: rds.IInstanceEngine) -> rds.DatabaseInstance:
        config = self._config
        instance = rds.DatabaseInstance(
            self,
            "Instance",
            engine=engine,
            credentials=rds.Credentials.from_secret(self.master_credentials),
            database_name=config.name,
            instance_type=ec2.InstanceType(config.instance_class),
            allocated_storage=config.storage_gib,
            max_allocated_storage=config.max_storage_gib,
            storage_type=rds.StorageType.GP3,
            iops=config.iops,
            storage_encrypted=True,
            multi_az=config.multi_az,
            vpc=self._vpc,
            subnet_group=self._subnets,
            security_groups=[self._security_group],
            port=config.port,
            publicly_accessible=False,
            parameter_group=self.parameters,
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
            cloudwatch_logs_retention=self._log_retention,
        )
        # A replaced database must leave the old one running, whatever the deletion policy says.
        resource = instance.node.default_child
        assert isinstance(resource, CfnResource)  # noqa: S101 - narrows jsii's union for the type checker
        resource.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
        return instance

    def _define_replica(self, number: int, zone: str) -> rds.DatabaseInstanceReadReplica:
        config = self._config
        replica = rds.DatabaseInstanceReadReplica(
            self,
            f"Replica{number}",
            source_database_instance=self.instance,
            instance_type=ec2.InstanceType(config.instance_class),
            # Left out, the L2 writes gp2, and a replica inherits neither size nor parameters.
            storage_type=rds.StorageType.GP3,
            allocated_storage=config.storage_gib,
            max_allocated_storage=config.max_storage_gib,
            parameter_group=self.parameters,
            vpc=self._vpc,
            subnet_group=self._subnets,
            security_groups=[self._security_group],
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
            cloudwatch_logs_retention=self._log_retention,
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


_INSIGHTS = {
    "standard": rds.DatabaseInsightsMode.STANDARD,
    "advanced": rds.DatabaseInsightsMode.ADVANCED,
}
_INSIGHTS_RETENTION = {
    "standard": rds.PerformanceInsightRetention.DEFAULT,
    "advanced": rds.PerformanceInsightRetention.MONTHS_15,
}


def parameters(config: model.Database) -> dict[str, str]:
    """The parameter group, in PostgreSQL's own units: memory in 8 kB pages or in kB."""
    pages_per_mib = 128
    return {
        "max_connections": str(config.max_connections),
        "shared_buffers": str(config.shared_buffers_mib * pages_per_mib),
        "effective_cache_size": str(config.effective_cache_size_mib * pages_per_mib),
        "work_mem": str(config.work_mem_mib * 1024),
        "maintenance_work_mem": str(config.maintenance_work_mem_mib * 1024),
        "rds.force_ssl": "1",
        # Who connected, and who changed the schema: what an auditor asks first. Never the statements
        # of users, which may hold what patients wrote.
        "log_connections": "1",
        "log_disconnections": "1",
        "log_statement": "ddl",
    }
