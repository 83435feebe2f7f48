"""The functions around a migration. None is inside the VPC: they only call AWS, never the database."""

from collections.abc import Mapping

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.lambda_code import libraries_layer
from cambium.lambda_function import define_function

PACKAGE = "migrations"


class MigrationFunctions(Construct):
    """What ``runtime/migrations`` has, one function per handler."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._layer = libraries_layer(self, "Libraries")
        waits = "its caller waits for the answer, and its failure is that of the deployment or the run"
        acknowledge(
            self,
            {
                "HIPAA.Security-LambdaConcurrency": waits,
                "HIPAA.Security-LambdaDLQ": waits,
                "HIPAA.Security-LambdaInsideVPC": "it calls AWS, never the database",
                "AwsSolutions-L1": "the runtime the tests of its libraries ran on",
            },
        )

    def define(
        self, construct_id: str, handler: str, environment: Mapping[str, str] | None = None
    ) -> lambda_.Function:
        """One function.

        Args:
            construct_id: Its id.
            handler: Module and function in the package, such as ``deploy_handler.on_event``.
            environment: What it is told.
        """
        return define_function(
            self,
            construct_id,
            packages=(PACKAGE,),
            handler=handler,
            layer=self._layer,
            timeout_minutes=1,
            environment=environment,
        )
