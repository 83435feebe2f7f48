"""PostgreSQL on an RDS instance: private, encrypted, backed up, and not deleted by accident."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from cambium.acknowledge import acknowledge, acknowledge_log_retention
from cambium.alarms import Alarms
from cambium.database_alarms import watch_instance
from cambium.database_parameters import instance_parameters
from cambium.database_servers import Place, define_primary, define_replica
from cambium.postgres_database import PASSWORD_EXCLUDES as PASSWORD_EXCLUDES
from cambium.postgres_database import PostgresDatabase
from config import database as model


class Database(PostgresDatabase):
    """A PostgreSQL instance with its read replicas in the private subnets.

    Attributes:
        instance: The primary.
        replicas: The read replicas, each in another zone than the one before it.
    """

    kind = "instance"
    snapshot_action = "rds:CreateDBSnapshot"
    snapshot_resource = "snapshot"

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
        engine = rds.DatabaseInstanceEngine.postgres(
            version=rds.PostgresEngineVersion.of(config.version, str(config.major))
        )
        super().__init__(
            scope,
            construct_id,
            engine=engine,
            parameters=instance_parameters(config),
            vpc=vpc,
            subnets=subnets,
            secret_name=secret_name,
            config=config,
        )
        self._config = config
        place = Place(vpc, self._subnets, security_group, self.parameters, log_days)
        self.instance = define_primary(
            self, engine=engine, credentials=self.master_credentials, place=place, config=config
        )
        self.replicas = [
            define_replica(
                self,
                number,
                source=self.instance,
                zone=zones[number % len(zones)],
                place=place,
                config=config,
            )
            for number in range(1, config.read_replicas + 1)
        ]
        acknowledge_log_retention(self)
        acknowledge(
            self,
            {
                "AwsSolutions-RDS11": "the port is no secret: only the access table opens it",
                **_opted_out(config),
            },
        )

    @property
    def arn(self) -> str:
        """The primary's ARN."""
        return self.instance.instance_arn

    @property
    def identifier(self) -> str:
        """The name of the primary."""
        return self.instance.instance_identifier

    @property
    def host(self) -> str:
        """The address of the primary."""
        return self.instance.db_instance_endpoint_address

    @property
    def port(self) -> str:
        """The port of the primary."""
        return self.instance.db_instance_endpoint_port

    @property
    def replica_hosts(self) -> Sequence[str]:
        """The addresses of the read replicas, in their order."""
        return [replica.db_instance_endpoint_address for replica in self.replicas]

    @property
    def replica_port(self) -> str:
        """The port of the replicas, which is the primary's: asked of one of them while there are some."""
        return self.replicas[0].db_instance_endpoint_port if self.replicas else self.port

    @property
    def connections(self) -> ec2.Connections:
        """Network rules of the primary."""
        return self.instance.connections

    def metric(self, name: str, statistic: str = "Average", *, minutes: int = 1) -> cloudwatch.Metric:
        """A metric of the primary, by RDS's own name, over so many minutes."""
        return self.instance.metric(name, statistic=statistic, period=Duration.minutes(minutes))

    def graphs(self) -> Mapping[str, Sequence[cloudwatch.IMetric]]:
        """Load of the primary."""
        return {
            "Database: connections": [self.metric("DatabaseConnections", "Maximum")],
            "Database: CPU (%)": [self.metric("CPUUtilization")],
            "Database: free storage (bytes)": [self.metric("FreeStorageSpace", "Minimum")],
            "Database: IOPS": [self.metric("ReadIOPS"), self.metric("WriteIOPS")],
            "Database: latency (s)": [self.metric("ReadLatency"), self.metric("WriteLatency")],
        }

    def define_alarms(self, alarms: Alarms) -> None:
        """Connections, CPU, memory and free storage of the primary, and the lag of its replicas."""
        watch_instance(alarms, self, self._config)


def _opted_out(config: model.Database) -> dict[str, str]:
    """What the configuration does without, in the words of the rule pack."""
    found: dict[str, str] = {}
    if not config.multi_az:
        alone = "the configuration keeps no standby: it is down while its zone is"
        found |= {"AwsSolutions-RDS3": alone, "HIPAA.Security-RDSMultiAZSupport": alone}
    if config.deletion_protection is not True:
        reason = config.deletion_protection.reason
        found["AwsSolutions-RDS10"] = f"the configuration opts out of deletion protection: {reason}"
    return found
