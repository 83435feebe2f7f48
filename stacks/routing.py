"""Where each organization lives: the table, once; and in each region what answers the Worker."""

from aws_cdk import Aws, CfnOutput
from constructs import Construct

from cambium.organizations import Organizations, Place
from cambium.routing_lookup import RoutingCaller, RoutingLookup
from cambium.routing_table import RoutingTable
from config.deployment import Deployment
from config.hosts import origins
from config.region import Region
from stacks.base import CambiumStack


class RoutingStack(CambiumStack):
    """The table, in the home region, with a copy in every other; what fills it, whom the Worker asks as.

    Attributes:
        table: The table.
        organizations: What gives organizations their places.
        caller: The user whose key the Worker has.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment) -> None:
        super().__init__(
            scope,
            "routing",
            deployment=deployment,
            description="Which region and shard an organization is in",
        )
        self.table = RoutingTable(
            self,
            "Routing",
            table_name=deployment.routing_table_name,
            replica_regions=[region.name for region in deployment.regions if region != deployment.home],
        )
        self.organizations = Organizations(
            self,
            "Organizations",
            function_name=deployment.stack_name("organizations"),
            table_name=deployment.routing_table_name,
            places=_places(deployment),
        )
        self.organizations.node.add_dependency(self.table)
        self.caller = RoutingCaller(
            self,
            "Worker",
            user_name=deployment.stack_name("worker"),
            function_arns=[
                f"arn:{Aws.PARTITION}:lambda:{region.name}:{Aws.ACCOUNT_ID}:"
                f"function:{function_name(deployment, region)}"
                for region in deployment.regions
            ],
        )


class LookupStack(CambiumStack):
    """What tells the Worker where an organization lives, in each region from that region's copy.

    Attributes:
        lookup: The function with its address and key.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment, region: Region) -> None:
        super().__init__(
            scope,
            "lookup",
            deployment=deployment,
            region=region,
            description="Answers the Worker: where does an organization live?",
        )
        self.lookup = RoutingLookup(
            self,
            "Lookup",
            function_name=function_name(deployment, region),
            table_name=deployment.routing_table_name,
        )
        CfnOutput(
            self,
            "LookupUrl",
            value=self.lookup.url,
            description=f"For the Worker: cambium worker --lookup {region.key}=<this>",
        )


def function_name(deployment: Deployment, region: Region) -> str:
    """The look-up of a region; rights in another region name it."""
    return deployment.stack_name("lookup", region)


def _places(deployment: Deployment) -> list[Place]:
    """Every shard with what it takes."""
    routing = deployment.routing
    assert routing is not None  # noqa: S101 - the stack exists where there is routing
    hosts, room = origins(deployment), routing.organizations_per_shard
    return [
        (region.key, shard.key, str(region.residency), room, hosts[region.key, shard.key])
        for region, shard in deployment.shards()
    ]
