"""PostgreSQL on Aurora Serverless v2: capacity follows the load, and may fall to nothing."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from cambium.acknowledge import acknowledge, acknowledge_log_retention
from cambium.alarms import Alarms
from cambium.aurora_alarms import watch_cluster
from cambium.aurora_cluster import define_cluster
from cambium.database_parameters import cluster_parameters
from cambium.postgres_database import PostgresDatabase
from config import database as model


class AuroraDatabase(PostgresDatabase):
    """A cluster of one serverless writer in the private subnets: no reader, so nobody takes over at once.

    With a minimum of 0 ACU it pauses when nobody has held a connection for ``pauses_after_seconds``, costs
    nothing but storage then, and answers the next connection after 15 seconds or so, 30 and more after a
    day. What keeps it awake, idle or not: a pool that holds server connections, a probe that logs in now and
    then, a forgotten shell, RDS Proxy, logical replication, a global database. What does not: metrics, logs
    and Database Insights, which only fall silent. ``CB-AURORA-02`` finds what a template can show of this,
    and an alarm the rest.

    Enhanced Monitoring stays off: its agent takes memory, of which the smallest capacities have 1 GiB.

    Attributes:
        cluster: The cluster.
    """

    kind = "cluster"
    snapshot_action = "rds:CreateDBClusterSnapshot"
    snapshot_resource = "cluster-snapshot"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        secret_name: str,
        log_days: int,
        config: model.AuroraServerless,
    ) -> None:
        engine = rds.DatabaseClusterEngine.aurora_postgres(
            version=rds.AuroraPostgresEngineVersion.of(config.version, str(config.major))
        )
        super().__init__(
            scope,
            construct_id,
            engine=engine,
            parameters=cluster_parameters(config),
            vpc=vpc,
            subnets=subnets,
            secret_name=secret_name,
            config=config,
        )
        self._config = config
        self.cluster = define_cluster(
            self,
            engine=engine,
            credentials=self.master_credentials,
            parameters=self.parameters,
            vpc=vpc,
            subnet_group=self._subnets,
            security_group=security_group,
            log_days=log_days,
            config=config,
        )
        acknowledge_log_retention(self)
        acknowledge(
            self,
            {
                "HIPAA.Security-RDSEnhancedMonitoringEnabled": "its agent takes memory that a capacity of "
                "0.5 to 2 ACU does not have to spare; CloudWatch and Database Insights show the load",
            },
        )

    @property
    def arn(self) -> str:
        """The cluster's ARN."""
        return self.cluster.cluster_arn

    @property
    def identifier(self) -> str:
        """The cluster's name."""
        return self.cluster.cluster_identifier

    @property
    def host(self) -> str:
        """The address of the writer."""
        return self.cluster.cluster_endpoint.hostname

    @property
    def port(self) -> str:
        """The port of the writer."""
        return Token.as_string(self.cluster.cluster_endpoint.port)

    @property
    def replica_hosts(self) -> Sequence[str]:
        """None: the reader endpoint of a cluster without readers leads to its writer."""
        return []

    @property
    def connections(self) -> ec2.Connections:
        """Network rules of the cluster."""
        return self.cluster.connections

    def metric(self, name: str, statistic: str = "Average", *, minutes: int = 1) -> cloudwatch.Metric:
        """A metric of the cluster, by RDS's own name, over so many minutes."""
        return self.cluster.metric(name, statistic=statistic, period=Duration.minutes(minutes))

    def graphs(self) -> Mapping[str, Sequence[cloudwatch.IMetric]]:
        """Load and capacity of the cluster."""
        return {
            "Database: connections": [self.metric("DatabaseConnections", "Maximum")],
            "Database: CPU (%)": [self.metric("CPUUtilization")],
            "Database: capacity (ACU)": [self.metric("ServerlessDatabaseCapacity")],
            # Aurora counts them over five minutes.
            "Database: I/O in 5 minutes": [
                self.metric("VolumeReadIOPs", minutes=5),
                self.metric("VolumeWriteIOPs", minutes=5),
            ],
        }

    def define_alarms(self, alarms: Alarms) -> None:
        """Connections, CPU and capacity, and that a cluster which may pause does."""
        watch_cluster(alarms, self, self._config)
