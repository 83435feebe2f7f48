"""What all stacks have in common: a name from the model, a fixed account and region, protection."""

import aws_cdk as cdk
from constructs import Construct

from config.deployment import Deployment
from config.region import Region, Shard


class CambiumStack(cdk.Stack):
    """A stack of one deployment.

    Attributes:
        deployment: What it is built from.
    """

    def __init__(
        self,
        scope: Construct,
        role: str,
        *,
        deployment: Deployment,
        description: str,
        region: Region | None = None,
        shard: Shard | None = None,
        region_name: str | None = None,
    ) -> None:
        name = deployment.stack_name(role, region, shard)
        super().__init__(
            scope,
            name,
            stack_name=name,
            description=description,
            env=cdk.Environment(
                account=deployment.environment.account,
                region=region_name or (region or deployment.home).name,
            ),
            termination_protection=deployment.environment.production,
            # References are weak (cdk.json): one across regions is a look-up at deployment, without a custom
            # resource.
            cross_region_references=True,
        )
        self.deployment = deployment
