"""The address of a shard's connection pool, which connection URLs name before the pool runs."""

from constructs import Construct

from cambium.connection_pool_door import ConnectionPoolDoor
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
        door: The load balancer of the pool.
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
        self.door = ConnectionPoolDoor(
            self,
            "Door",
            vpc=network.network.vpc,
            subnets=network.network.private_subnets,
            security_group=immutable(self, "Group", network.groups[shard.key].group(POOL_DOOR)),
            deletion_protection=deployment.environment.production,
            config=config,
        )
