"""The network of a region, and the doors of each of its shards."""

from constructs import Construct

from cambium.network import Network
from cambium.security_groups import SecurityGroups
from config.deployment import Deployment
from config.region import Region
from stacks.base import CambiumStack


class NetworkStack(CambiumStack):
    """VPC and security groups.

    Attributes:
        network: The VPC and its subnets.
        groups: Security groups by shard key.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment, region: Region) -> None:
        super().__init__(
            scope,
            "network",
            deployment=deployment,
            region=region,
            description="VPC, way out, flow logs, and who may connect to whom",
        )
        self.network = Network(self, "Network", config=deployment.network_of(region), zones=region.zones)
        self.groups = {
            shard.key: SecurityGroups(
                self, f"Access{shard.key}", vpc=self.network.vpc, rules=deployment.access
            )
            for shard in region.shards
        }
