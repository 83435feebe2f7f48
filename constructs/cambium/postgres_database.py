"""PostgreSQL as a stack sees it, whatever runs it."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import jsii
from aws_cdk import CfnDeletionPolicy, CfnResource, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.alarms import Alarms
from config.postgres import PostgresDatabase as PostgresConfig

PASSWORD_EXCLUDES = "/@\" '%:?#[]&=+\\`{}|<>^~$;,!*()"  # noqa: S105 - characters, not a password
"""RDS refuses four of these; the others would need escaping in a connection URL."""


_DESCRIBE = {"instance": "rds:DescribeDBInstances", "cluster": "rds:DescribeDBClusters"}


@jsii.implements(ec2.IConnectable)
class PostgresDatabase(Construct):
    """The database of a shard. ``Database``, an instance, and ``AuroraDatabase``, a cluster, are its kinds.

    It opens no port: the security group it is given says who may connect. It makes no application
    roles: ``ConnectionSecrets`` does, inside the database.

    Attributes:
        parameters: The parameter group of every server of it.
        master_credentials: The master user's login; services never get it.
        kind: What RDS's API calls it.
        snapshot_action: What IAM calls taking a snapshot of it.
        snapshot_resource: The type of resource in the ARN of such a snapshot.
    """

    kind: ClassVar[Literal["instance", "cluster"]]
    snapshot_action: ClassVar[str]
    snapshot_resource: ClassVar[str]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        engine: rds.IEngine,
        parameters: Mapping[str, str],
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        secret_name: str,
        config: PostgresConfig,
    ) -> None:
        super().__init__(scope, construct_id)
        self.parameters = rds.ParameterGroup(
            self,
            "Parameters",
            engine=engine,
            parameters=parameters,
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
        by_runbook = "the master login is used by deployments only, and rotated by its runbook"
        acknowledge(
            self,
            {
                "HIPAA.Security-RDSInBackupPlan": "RDS keeps backups for point-in-time recovery itself",
                "AwsSolutions-SMG4": by_runbook,
                "HIPAA.Security-SecretsManagerRotationEnabled": by_runbook,
            },
        )

    @property
    def subnet_group_name(self) -> str:
        """The subnets of its servers, for another that stands beside it."""
        return self._subnets.subnet_group_name

    @property
    @abstractmethod
    def arn(self) -> str:
        """What a snapshot is taken of."""

    @property
    @abstractmethod
    def identifier(self) -> str:
        """The name it is stopped and started by."""

    @property
    @abstractmethod
    def host(self) -> str:
        """Where connections that write go."""

    @property
    @abstractmethod
    def port(self) -> str:
        """The port of ``host``."""

    @property
    @abstractmethod
    def replica_hosts(self) -> Sequence[str]:
        """Where connections that only read may go, one each."""

    @property
    def replica_port(self) -> str:
        """The port of every replica."""
        return self.port

    @property
    @abstractmethod
    def connections(self) -> ec2.Connections:
        """Network rules of whatever answers at ``host``."""

    @abstractmethod
    def metric(self, name: str, statistic: str = "Average", *, minutes: int = 1) -> cloudwatch.Metric:
        """A metric of whatever answers at ``host``, by RDS's own name, over so many minutes."""

    @abstractmethod
    def graphs(self) -> Mapping[str, Sequence[cloudwatch.IMetric]]:
        """Graphs for the dashboard, by what is written above each."""

    @abstractmethod
    def define_alarms(self, alarms: Alarms) -> None:
        """Have everything watched that people can do something about."""


def may_describe(database: PostgresDatabase) -> iam.PolicyStatement:
    """Asking RDS about this database and no other: its status, and the moments it could be restored to."""
    return iam.PolicyStatement(actions=[_DESCRIBE[database.kind]], resources=[database.arn])


def leave_when_replaced(database: rds.DatabaseInstance | rds.DatabaseCluster) -> None:
    """Leave the old database running when a change replaces it, whatever the deletion policy says."""
    resource = database.node.default_child
    assert isinstance(resource, CfnResource)  # noqa: S101 - narrows jsii's union for the type checker
    resource.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
