"""The tasks of a shard's connection pool, what logs in through it, and who may call that."""

from collections.abc import Mapping

from aws_cdk import CustomResource
from aws_cdk import aws_secretsmanager as secretsmanager

from cambium.connection_pool import ConnectionPool
from cambium.connection_pool_checks import ConnectionPoolChecks, Reconnection
from cambium.connection_pool_door import ConnectionPoolDoor
from cambium.connection_pool_settings import Upstream
from cambium.fargate_platform import FargatePlatform
from cambium.postgres_database import PostgresDatabase
from cambium.security_groups import immutable
from config import names
from config.access import POOL
from config.database import AuroraServerless
from config.pool import ConnectionPool as PoolConfig
from config.postgres import PostgresDatabase as DatabaseConfig
from config.region import Shard
from stacks.base import CambiumStack
from stacks.data import DataStack
from stacks.network import NetworkStack


class PoolTasks:
    """Builds them in a compute stack.

    Attributes:
        pool: The pool.
        gate: What has to succeed before a service starts.
        reconnect: What a migration calls when it is done.
    """

    def __init__(
        self,
        stack: CambiumStack,
        *,
        shard: Shard,
        platform: FargatePlatform,
        network: NetworkStack,
        data: DataStack,
        door: ConnectionPoolDoor,
        version: str,
        config: PoolConfig,
        database: PostgresDatabase,
        described: DatabaseConfig,
        secret: secretsmanager.ISecret,
    ) -> None:
        self._stack, self._shard, self._network, self._data = stack, shard, network, data
        self._config, self._described = config, described
        self.pool = ConnectionPool(
            stack,
            "ConnectionPool",
            name=names.service_name(stack.deployment.system, "connection-pool", shard),
            cluster=platform.cluster,
            subnets=network.network.private_subnets,
            security_group=immutable(stack, "ConnectionPoolGroup", network.groups[shard.key].group(POOL)),
            door=door,
            upstreams=self._upstreams(database),
            credentials=secret,
            credentials_version=None if stack.deployment.secret_rotation_days else version,
            revision=str(stack.deployment.environment.credentials_version),
            log_days=stack.deployment.log_days,
            config=config,
        )
        checks = ConnectionPoolChecks(
            stack,
            "ConnectionPoolChecks",
            vpc=network.network.vpc,
            subnets=network.network.private_subnets,
            security_group=immutable(
                stack, "JobsGroup", network.groups[shard.key].group(stack.deployment.job_group)
            ),
            version=stack.deployment.environment.credentials_version,
        )
        login, primary = self._login(), stack.deployment.pooled_databases[0]
        self.gate: CustomResource = checks.define_gate("Gate", pool=self.pool, database=primary, login=login)
        if self.probed:
            checks.define_probe("Probe", pool=self.pool, database=primary, login=login)
        self.reconnect: Reconnection = checks.define_reconnect(
            "Reconnect", pool=self.pool, credentials=secret
        )

    @property
    def probed(self) -> bool:
        """Whether something logs in each minute: not where that would keep the database awake."""
        return not (isinstance(self._described, AuroraServerless) and self._described.pauses_after_seconds)

    def _upstreams(self, database: PostgresDatabase) -> Mapping[str, Upstream]:
        hosts = [database.host, *database.replica_hosts]
        return {
            alias: Upstream(host=host, port=self._described.port, database=self._described.name)
            for alias, host in zip(self._stack.deployment.pooled_databases, hosts, strict=True)
        }

    def _login(self) -> secretsmanager.ISecret:
        # Whoever is bound by row-level security sees nothing by logging in.
        roles = list(self._config.pool_sizes)
        bound = [role for role in roles if self._described.role(role).kind != "owner"]
        return self._data.role_secrets[(bound or roles)[0]]
