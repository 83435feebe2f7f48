"""The network of a region, and the doors of each of its shards."""

import aws_cdk as cdk
from constructs import Construct

from cambium.network import Network
from cambium.security_groups import SecurityGroups
from config.access import HTTPS, INTERNET
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
        out = [rule for rule in deployment.access if rule.target == INTERNET]
        self.network = Network(
            self,
            "Network",
            config=deployment.network_of(region),
            zones=region.zones,
            # The NAT instance itself installs a package, and lets people in through Session Manager.
            ports={HTTPS, *(rule.port for rule in out)},
        )
        self._tell_address()
        self.groups = {
            shard.key: SecurityGroups(
                self,
                f"Access{shard.key}",
                vpc=self.network.vpc,
                rules=(*deployment.access, *deployment.left_access),
                shard_key=shard.key,
            )
            for shard in region.shards
        }

    def _tell_address(self) -> None:
        if self.network.nat_instance is not None:
            cdk.CfnOutput(
                self,
                "WayOutAddress",
                description="Where requests to third parties come from, for those who keep a list",
                value=self.network.nat_instance.address,
            )
