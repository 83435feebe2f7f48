"""The look-up that the Worker calls: a function behind a URL of its own, for one IAM user and nobody else."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.lambda_code import libraries_layer
from cambium.lambda_function import define_function
from cambium.routing_table import READ, grant

CONCURRENCY = 50
"""Calls at once: enough for a burst of a Worker without answers in its cache, and a bound on its cost."""


class RoutingLookup(Construct):
    """Reads the copy of the routing table in its own region, and so answers when another region is down.

    AWS refuses a request that is not signed by somebody with the right to call it.

    Attributes:
        function: The function.
        url: Its address.
    """

    def __init__(self, scope: Construct, construct_id: str, *, function_name: str, table_name: str) -> None:
        super().__init__(scope, construct_id)
        self.function = define_function(
            self,
            "Function",
            packages=("routing",),
            handler="lookup_handler.on_request",
            layer=libraries_layer(self, "Libraries"),
            timeout_minutes=1,
            environment={"ROUTING_TABLE": table_name},
            # The Worker's rights name it, from another region.
            function_name=function_name,
            reserved_concurrent_executions=CONCURRENCY,
        )
        grant(self.function, table_name, READ)
        self.url = self.function.add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM).url
        acknowledge(
            self,
            {
                "AwsSolutions-L1": "the runtime the tests of its libraries ran on",
                "HIPAA.Security-LambdaDLQ": "the Worker waits for the answer; nothing is queued",
                "HIPAA.Security-LambdaInsideVPC": "it reads one table outside the VPC, and must answer when "
                "the VPC's way out does not",
            },
        )


class RoutingCaller(Construct):
    """The IAM user that the Worker signs its look-ups as: it may call them, and nothing else.

    Outside AWS there is no role to take on without an access key. The key is in no template: an operator
    makes it, puts it into the Worker's secrets, and changes it by the runbook.

    Attributes:
        user: The user.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, user_name: str, function_arns: Sequence[str]
    ) -> None:
        super().__init__(scope, construct_id)
        group = iam.Group(self, "Group")
        self.user = iam.User(self, "User", user_name=user_name, groups=[group])
        group.add_to_policy(
            iam.PolicyStatement(
                # AWS asks for both since October 2025.
                actions=["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
                resources=list(function_arns),
            )
        )
