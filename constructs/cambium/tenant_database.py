"""The database of one tenant, whose size is chosen when its stack is made and not at synthesis."""

from collections.abc import Sequence

import jsii
from aws_cdk import CfnMapping, Duration, RemovalPolicy, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.alarms import BELOW, Alarms
from cambium.database_alarms import (
    BYTES_PER_GIB,
    BYTES_PER_MIB,
    FREE_MEMORY_PERCENT,
    watch_connections,
    watch_cpu,
)
from cambium.database_servers import LOGS, Place, define_primary
from cambium.postgres_database import PASSWORD_EXCLUDES
from cambium.retention import retention
from config import database as model
from config.tenancy import TenantSize

PERCENT = 100


@jsii.implements(ec2.IConnectable)
class TenantDatabase(Construct):
    """An instance like the system's own, Multi-AZ, encrypted; deleting it leaves a snapshot.

    Subnet group and parameter group are shared by all tenants of a region: an account has 50 of each.

    Attributes:
        instance: The instance.
        master_credentials: The master user's login; services never get it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        place: Place,
        identifier: str,
        secret_name: str,
        size: str,
        sizes: Sequence[TenantSize],
        protected: str,
        further_group: str,
        config: model.Database,
    ) -> None:
        super().__init__(scope, construct_id)
        self._config, self._size = config, size
        self._sizes = CfnMapping(self, "Sizes", mapping={one.name: _numbers(one) for one in sizes})
        self.master_credentials = rds.DatabaseSecret(
            self,
            "MasterCredentials",
            username=config.master_username,
            secret_name=secret_name,
            exclude_characters=PASSWORD_EXCLUDES,
        )
        # RDS would make them itself, and keep them for ever.
        for name in LOGS:
            logs.LogGroup(
                self,
                f"Log{name.capitalize()}",
                log_group_name=f"/aws/rds/instance/{identifier}/{name}",
                retention=retention(place.log_days),
                removal_policy=RemovalPolicy.DESTROY,
            )
        self.instance = define_primary(
            self,
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.of(config.version, str(config.major))
            ),
            credentials=self.master_credentials,
            place=place,
            config=config,
            keeps_logs=False,
        )
        self._choose(identifier, protected)
        # What makes its roles reaches it by a group that all databases of tenants join.
        self._resource.vpc_security_groups = [place.security_group.security_group_id, further_group]
        self._acknowledge()

    @property
    def connections(self) -> ec2.Connections:
        """Network rules of the instance."""
        return self.instance.connections

    def metric(self, name: str, statistic: str = "Average", *, minutes: int = 1) -> cloudwatch.Metric:
        """A metric of the instance, by RDS's own name, over so many minutes."""
        return self.instance.metric(name, statistic=statistic, period=Duration.minutes(minutes))

    def define_alarms(self, alarms: Alarms) -> None:
        """Connections, CPU, free storage and memory."""
        free_gib = self._config.storage_gib * (PERCENT - self._config.storage_alarm_percent) // PERCENT
        watch_connections(alarms, self, self._config.max_connections)
        watch_cpu(
            alarms,
            self,
            do="find the statements in Database Insights; if it stays, give the tenant the next size",
            runbook="database-cpu",
        )
        alarms.define(
            "DatabaseStorage",
            name="database-storage",
            metric=self.metric("FreeStorageSpace", "Minimum"),
            threshold=free_gib * BYTES_PER_GIB,
            periods=5,
            comparison=BELOW,
            what=f"The database has less than {free_gib} GiB of free storage",
            do=f"storage grows by itself up to {self._config.max_storage_gib} GiB: check that it does",
            runbook="database-storage",
        )
        alarms.define(
            "DatabaseMemory",
            name="database-memory",
            metric=self.metric("FreeableMemory", "Minimum"),
            threshold=self._number("FreeMemoryBytes"),
            periods=10,
            comparison=BELOW,
            what=f"The database has had less than {FREE_MEMORY_PERCENT} % of its memory free for 10 minutes",
            do="look for many large sorts at once (work_mem counts for each); else give it the next size",
            runbook="database-memory",
        )

    def _choose(self, identifier: str, protected: str) -> None:
        resource = self._resource
        resource.db_instance_identifier = identifier
        resource.db_instance_class = self._text("InstanceClass")
        resource.add_property_override("DeletionProtection", protected)

    @property
    def _resource(self) -> rds.CfnDBInstance:
        resource = self.instance.node.default_child
        assert isinstance(resource, rds.CfnDBInstance)  # noqa: S101 - narrows jsii's type
        return resource

    def _text(self, key: str) -> str:
        return self._sizes.find_in_map(self._size, key)

    def _number(self, key: str) -> float:
        return Token.as_number(self._text(key))

    def _acknowledge(self) -> None:
        by_us = "the master login is used when the tenant is made, and never by services"
        acknowledge(
            self,
            {
                "AwsSolutions-RDS11": "the port is no secret: only the tenant's own group may open it",
                "AwsSolutions-SMG4": by_us,
                "HIPAA.Security-RDSInBackupPlan": "RDS keeps backups for point-in-time recovery itself",
                "HIPAA.Security-SecretsManagerRotationEnabled": by_us,
            },
        )


def _numbers(size: TenantSize) -> dict[str, str | int]:
    return {
        "InstanceClass": f"db.{size.instance_class}",
        "FreeMemoryBytes": size.memory_mib * FREE_MEMORY_PERCENT // PERCENT * BYTES_PER_MIB,
    }
