"""Functions that run inside the VPC at deploy time, because only there can a database be reached."""

from typing import Any

from aws_cdk import CfnElement, CustomResource, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources as cr
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.lambda_code import libraries_layer
from cambium.lambda_function import define_function, define_log


class DeployFunctions(Construct):
    """What such functions have in common: place, libraries, logs, and resources that call them.

    Deleting it leaves what the functions did as it is.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        version: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._vpc, self._subnets, self._security_group = vpc, subnets, security_group
        self._version = version
        self._layer = libraries_layer(self, "Libraries")
        waits = "CloudFormation calls it, waits for the answer, and reports a failure as that of the stack"
        acknowledge(
            self,
            {
                "HIPAA.Security-LambdaConcurrency": waits,
                "HIPAA.Security-LambdaDLQ": waits,
                "AwsSolutions-L1": "the runtime the tests of its libraries ran on",
            },
        )

    def define_function(
        self, construct_id: str, *, packages: tuple[str, ...], handler: str
    ) -> lambda_.Function:
        """One function.

        Args:
            construct_id: Its id.
            packages: Packages of ``runtime/`` it ships; the first has the handler.
            handler: Module and function in that package, such as ``roles_handler.on_event``.
        """
        return define_function(
            self,
            construct_id,
            packages=packages,
            handler=handler,
            layer=self._layer,
            timeout_minutes=5,
            vpc=self._vpc,
            vpc_subnets=self._subnets,
            security_groups=[self._security_group],
        )

    def define_resource(
        self,
        construct_id: str,
        function: lambda_.Function,
        properties: dict[str, Any],
        *,
        provider_id: str | None = None,
    ) -> CustomResource:
        """A resource that calls ``function`` when it is created, and whenever ``properties`` change.

        Args:
            construct_id: Its id.
            function: What does the work.
            properties: What the function is told; never a secret.
            provider_id: Id of what calls the function, where several resources share it.
        """
        provider = self._provider(provider_id or f"{construct_id}Provider", function)
        return CustomResource(
            self,
            construct_id,
            service_token=provider.service_token,
            resource_type=f"Custom::{construct_id}",
            # CloudFormation runs the function again only when a property changes, and a new password
            # is no property.
            properties={**properties, "Version": str(self._version)},
        )

    def _provider(self, construct_id: str, function: lambda_.Function) -> cr.Provider:
        existing = self.node.try_find_child(construct_id)
        if isinstance(existing, cr.Provider):
            return existing
        provider = cr.Provider(
            self,
            construct_id,
            on_event_handler=function,
            log_group=define_log(self, f"{construct_id}Log"),
        )
        acknowledge(
            provider,
            {
                f"AwsSolutions-IAM5[Resource::<{self._logical_id(function)}.Arn>:*]": "versions of the one "
                "function that CDK's framework calls",
                "HIPAA.Security-LambdaInsideVPC": "CDK's framework only calls the function, which is inside",
            },
        )
        return provider

    def _logical_id(self, function: lambda_.Function) -> str:
        resource = function.node.default_child
        assert isinstance(resource, CfnElement)  # noqa: S101 - narrows jsii's type
        return Stack.of(self).get_logical_id(resource)
