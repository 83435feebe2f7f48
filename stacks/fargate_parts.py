"""What stands around the services of a shard on Fargate: pool, migrations, and a shell for people."""

from collections.abc import Iterable

from constructs import IConstruct

from cambium.connection_pool_door import ConnectionPoolDoor
from cambium.fargate_platform import FargatePlatform
from cambium.migration_runner import MigrationRunner
from cambium.operator_shell import OperatorShell
from cambium.security_groups import immutable
from config import names
from config.names import words
from config.region import Shard
from config.service import Service
from stacks.base import CambiumStack
from stacks.container_specs import ContainerSpecs
from stacks.data import DataStack
from stacks.network import NetworkStack
from stacks.pool_tasks import PoolTasks


class FargateParts:
    """Builds them in a compute stack.

    Attributes:
        pooling: The connection pool with its checks, or None where there is none.
    """

    def __init__(
        self,
        stack: CambiumStack,
        *,
        shard: Shard,
        platform: FargatePlatform,
        network: NetworkStack,
        data: DataStack,
        specs: ContainerSpecs,
        door: ConnectionPoolDoor | None,
        pool_version: str | None,
    ) -> None:
        self._stack, self._shard, self._platform = stack, shard, platform
        self._network, self._data, self._specs = network, data, specs
        self.pooling = self._define_pool(door, pool_version)
        self._define_shell()

    def before(self, services: Iterable[IConstruct]) -> None:
        """Start services once somebody can log in through the pool, and once migrations have succeeded."""
        waiting = list(services)
        if self.pooling is not None:
            for one in waiting:
                one.node.add_dependency(self.pooling.gate)
        for service in self._stack.deployment.services:
            if service.before_rollout:
                self._define_migration(service).before(*waiting)

    def _define_pool(self, door: ConnectionPoolDoor | None, version: str | None) -> PoolTasks | None:
        deployment, secret, database = self._stack.deployment, self._data.pool_secret, self._data.database
        config, described = deployment.pool, deployment.database
        if not (config and described and secret and database and door and version):
            return None
        return PoolTasks(
            self._stack,
            shard=self._shard,
            platform=self._platform,
            network=self._network,
            data=self._data,
            door=door,
            version=version,
            config=config,
            database=database,
            described=described,
            secret=secret,
        )

    def _define_migration(self, service: Service) -> MigrationRunner:
        groups = self._network.groups[self._shard.key]
        runner = MigrationRunner(
            self._stack,
            words(service.name),
            name=names.service_name(self._stack.deployment.system, service.name, self._shard),
            spec=self._specs.of(service),
            cluster=self._platform.cluster,
            subnets=self._network.network.private_subnets,
            security_group=immutable(self._stack, f"{words(service.name)}Group", groups.group(service.group)),
            reconnect=self.pooling.reconnect if self.pooling else None,
        )
        if self.pooling is not None:
            # A pool that lets nobody in is found before the database has changed.
            runner.node.add_dependency(self.pooling.gate)
        return runner

    def _define_shell(self) -> None:
        deployment, database, log = self._stack.deployment, self._data.database, self._platform.session_log
        config = deployment.database
        if config is None or database is None or log is None or config.shell_role is None:
            return
        group = self._network.groups[self._shard.key].group(deployment.job_group)
        OperatorShell(
            self._stack,
            "Psql",
            name=names.service_name(deployment.system, "psql", self._shard),
            cluster=self._platform.cluster,
            subnets=self._network.network.private_subnets,
            security_group=immutable(self._stack, "PsqlGroup", group),
            login=self._data.role_secrets[config.shell_role],
            host=database.host,
            port=database.port,
            database=config.name,
            version=config.version,
            session_log=log,
            log_days=deployment.log_days,
        )
