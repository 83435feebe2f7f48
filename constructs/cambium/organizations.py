"""The function that gives an organization its shard: the least loaded of those where its data may be."""

import json
from collections.abc import Sequence

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.lambda_code import libraries_layer
from cambium.lambda_function import define_function
from cambium.routing_table import COUNT, READ, grant

PLACING = ["dynamodb:PutItem"]
Place = tuple[str, str, str, int, str]
"""Region, shard, residency, organizations it takes, and the host that answers for it."""


class Organizations(Construct):
    """Places, shows, suspends and resumes organizations of the shared tier.

    It cannot take a line out of the table: whose data are in a shard stays known.

    Attributes:
        function: The function; who may invoke it is IAM's to say.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function_name: str,
        table_name: str,
        places: Sequence[Place],
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = define_function(
            self,
            "Function",
            packages=("routing", "asked"),
            handler="organizations_handler.on_request",
            layer=libraries_layer(self, "Libraries"),
            timeout_minutes=1,
            environment={"ROUTING_TABLE": table_name, "PLACES": json.dumps(places)},
            # Sign-up's rights name it, and operators do.
            function_name=function_name,
            tracing=lambda_.Tracing.ACTIVE,
        )
        grant(self.function, table_name, [*READ, *COUNT, *PLACING])
        acknowledge(
            self,
            {
                "AwsSolutions-L1": "the runtime the tests of its libraries ran on",
                "AwsSolutions-IAM5[Resource::*]": "X-Ray has no resources to name",
                "HIPAA.Security-LambdaConcurrency": "organizations join a few a day",
                "HIPAA.Security-LambdaDLQ": "who asks waits for the answer; nothing is queued",
                "HIPAA.Security-LambdaInsideVPC": "it reads and writes one table outside the VPC",
            },
        )
