"""The functions behind the steps of a tenant's state machines, each allowed what its step does."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.lambda_code import libraries_layer
from cambium.lambda_function import define_function
from cambium.tenant_rights import explain

PACKAGES = ("tenants", "routing", "asked")
"""Steps; the table in which they say who is served where; and what checks requests."""


class TenantFunctions(Construct):
    """What ``runtime/tenants`` has, one function per handler; none is inside the VPC."""

    def __init__(self, scope: Construct, construct_id: str, *, told: Mapping[str, str]) -> None:
        super().__init__(scope, construct_id)
        self._told = told
        self._layer = libraries_layer(self, "Libraries")
        waits = "a state machine calls it, waits for the answer, and takes its failure back"
        acknowledge(
            self,
            {
                "HIPAA.Security-LambdaConcurrency": waits,
                "HIPAA.Security-LambdaDLQ": waits,
                "HIPAA.Security-LambdaInsideVPC": "it calls AWS, never a database",
                "AwsSolutions-L1": "the runtime the tests of its libraries ran on",
            },
        )

    def define(
        self, construct_id: str, handler: str, statements: list[iam.PolicyStatement], **told: str
    ) -> lambda_.Function:
        """One function.

        Args:
            construct_id: Its id.
            handler: Module and function in the package, such as ``stack.on_request``.
            statements: What it may do.
            told: What it is told besides what all are.
        """
        function = define_function(
            self,
            construct_id,
            packages=PACKAGES,
            handler=handler,
            layer=self._layer,
            timeout_minutes=1,
            environment={**self._told, **told},
            tracing=lambda_.Tracing.ACTIVE,
        )
        for statement in statements:
            function.add_to_role_policy(statement)
        explain(function, [*statements, iam.PolicyStatement(actions=["xray:Put"], resources=["*"])])
        return function
