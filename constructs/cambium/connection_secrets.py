"""Database roles of the application, and complete connection URLs in its secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import CfnElement, CustomResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import custom_resources as cr
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.lambda_code import ARCHITECTURE, RUNTIME, libraries_layer, runtime_code

PACKAGE = "connection_secrets"


@dataclass(frozen=True, kw_only=True)
class RoleLogin:
    """A database role that is to exist."""

    name: str
    kind: str
    """``owner``, ``application`` or ``readonly``."""
    secret: secretsmanager.ISecret
    """Holds its password."""


@dataclass(frozen=True, kw_only=True)
class SecretContents:
    """What a service's secret is to hold."""

    words: str
    """The service as a construct id, such as ``CoreApi``."""
    secret: secretsmanager.ISecret
    urls: Mapping[str, Mapping[str, Any]]
    """Key to how its connection URL is composed."""
    operator_keys: Sequence[str]
    """Keys that are created empty and left to a person."""


class ConnectionSecrets(Construct):
    """Runs inside the VPC at deploy time, because only there can the database be reached.

    Passwords go from one secret to another inside the function: never into a template, an
    environment value, an output or a log. Deleting it leaves roles and secrets as they are.
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

    def define_roles(
        self,
        construct_id: str,
        *,
        master: secretsmanager.ISecret,
        host: str,
        port: str,
        database: str,
        roles: Sequence[RoleLogin],
    ) -> CustomResource:
        """Create or update the login roles.

        Args:
            construct_id: Id of the resource.
            master: Login of the master user.
            host: Endpoint of the primary.
            port: Its port.
            database: Name of the database.
            roles: The roles.
        """
        function = self._define_function(f"{construct_id}Function", "roles_handler")
        for secret in [master, *(role.secret for role in roles)]:
            secret.grant_read(function)
        return self._define_resource(
            construct_id,
            function,
            {
                "MasterSecretArn": master.secret_arn,
                "Host": host,
                "Port": port,
                "Database": database,
                "Roles": [
                    {"Name": role.name, "Kind": role.kind, "SecretArn": role.secret.secret_arn}
                    for role in roles
                ],
            },
        )

    def define_urls(
        self,
        construct_id: str,
        *,
        targets: Sequence[SecretContents],
        sources: Sequence[secretsmanager.ISecret],
    ) -> list[CustomResource]:
        """Write connection URLs into the services' secrets, and keep what an operator wrote.

        Args:
            construct_id: Prefix of the resources' ids.
            targets: The secrets to write.
            sources: The secrets the URLs are composed from.
        """
        function = self._define_function(f"{construct_id}Function", "urls_handler")
        for secret in sources:
            secret.grant_read(function)
        resources = []
        for target in targets:
            target.secret.grant_read(function)
            target.secret.grant_write(function)
            resources.append(
                self._define_resource(
                    f"{construct_id}{target.words}",
                    function,
                    {
                        "TargetSecretArn": target.secret.secret_arn,
                        "Urls": target.urls,
                        "OperatorKeys": list(target.operator_keys),
                    },
                    provider_id=f"{construct_id}Provider",
                )
            )
        return resources

    def _define_function(self, construct_id: str, handler: str) -> lambda_.Function:
        return lambda_.Function(
            self,
            construct_id,
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            code=runtime_code(PACKAGE),
            handler=f"{PACKAGE}.{handler}.on_event",
            layers=[self._layer],
            memory_size=256,
            timeout=Duration.minutes(5),
            log_group=self._define_log_group(f"{construct_id}Log"),
            environment={"POWERTOOLS_SERVICE_NAME": PACKAGE, "POWERTOOLS_LOG_LEVEL": "INFO"},
            vpc=self._vpc,
            vpc_subnets=self._subnets,
            security_groups=[self._security_group],
        )

    def _define_log_group(self, construct_id: str) -> logs.LogGroup:
        return logs.LogGroup(
            self, construct_id, retention=logs.RetentionDays.ONE_YEAR, removal_policy=RemovalPolicy.DESTROY
        )

    def _define_resource(
        self,
        construct_id: str,
        function: lambda_.Function,
        properties: dict[str, Any],
        *,
        provider_id: str | None = None,
    ) -> CustomResource:
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
            log_group=self._define_log_group(f"{construct_id}Log"),
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
