"""The address of a shard's connection pool, which connection URLs name before the pool runs."""

from constructs import Construct

from cambium.connection_pool_door import ConnectionPoolDoor
from cambium.pool_load_balancer import PoolLoadBalancer
from cambium.pool_name import PoolName
from cambium.security_groups import immutable
from config.access import POOL_DOOR
from config.deployment import Deployment
from config.pool import ConnectionPool
from config.region import Region, Shard
from stacks.base import CambiumStack
from stacks.network import NetworkStack


class PoolStack(CambiumStack):
    """The door of the pool; its tasks are in the compute stack, and start when their logins exist.

    Attributes:
        door: What clients of the pool connect to.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        region: Region,
        shard: Shard,
        network: NetworkStack,
        config: ConnectionPool,
    ) -> None:
        super().__init__(
            scope,
            "pool",
            deployment=deployment,
            region=region,
            shard=shard,
            description="Address of the connection pool",
        )
        self._network, self._config = network, config
        define = {"load-balancer": self._define_load_balancer, "service-discovery": self._define_name}
        self.door = define[config.door](region, shard)

    def _define_load_balancer(self, _region: Region, shard: Shard) -> ConnectionPoolDoor:
        return PoolLoadBalancer(
            self,
            "Door",
            vpc=self._network.network.vpc,
            subnets=self._network.network.private_subnets,
            security_group=immutable(self, "Group", self._network.groups[shard.key].group(POOL_DOOR)),
            deletion_protection=self.deployment.environment.production,
            config=self._config,
        )

    def _define_name(self, region: Region, shard: Shard) -> ConnectionPoolDoor:
        name = self.deployment.stack_name("", region, shard).removesuffix("-")
        return PoolName(
            self, "Name", vpc=self._network.network.vpc, domain=f"{name}.internal", config=self._config
        )
