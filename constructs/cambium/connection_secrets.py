"""Database roles of the application, and complete connection URLs in its secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import CustomResource
from aws_cdk import aws_secretsmanager as secretsmanager

from cambium.deploy_functions import DeployFunctions

PACKAGE = "connection_secrets"
POOL = "connection_pool"


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
    generated_keys: Mapping[str, int] = field(default_factory=dict)
    """Key to how many random characters it gets, once."""

    @property
    def properties(self) -> dict[str, Any]:
        """The same, as the function is told."""
        generated = {"GeneratedKeys": dict(self.generated_keys)} if self.generated_keys else {}
        return {
            "TargetSecretArn": self.secret.secret_arn,
            "Urls": self.urls,
            "OperatorKeys": list(self.operator_keys),
            **generated,
        }


class ConnectionSecrets(DeployFunctions):
    """Passwords go from one secret to another inside a function of it.

    They are never in a template, an environment value, an output or a log. Deleting it leaves roles and
    secrets as they are.
    """

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
        function = self.define_function(
            f"{construct_id}Function", packages=(PACKAGE,), handler="roles_handler.on_event"
        )
        for secret in [master, *(role.secret for role in roles)]:
            secret.grant_read(function)
        return self.define_resource(
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
        function = self.define_function(
            f"{construct_id}Function", packages=(PACKAGE,), handler="urls_handler.on_event"
        )
        for secret in sources:
            secret.grant_read(function)
        resources = []
        for target in targets:
            target.secret.grant_read(function)
            target.secret.grant_write(function)
            resources.append(
                self.define_resource(
                    f"{construct_id}{target.words}",
                    function,
                    target.properties,
                    provider_id=f"{construct_id}Provider",
                )
            )
        return resources

    def define_pool_users(
        self,
        construct_id: str,
        *,
        target: secretsmanager.ISecret,
        roles: Mapping[str, secretsmanager.ISecret],
    ) -> CustomResource:
        """Write what a connection pool lets clients in with; attribute ``VersionId`` is the version written.

        Args:
            construct_id: Id of the resource.
            target: The pool's secret.
            roles: Logins of the roles that go through it, by role.
        """
        function = self.define_function(
            f"{construct_id}Function", packages=(POOL, PACKAGE), handler="users_handler.on_event"
        )
        for secret in roles.values():
            secret.grant_read(function)
        target.grant_read(function)
        target.grant_write(function)
        return self.define_resource(
            construct_id,
            function,
            {
                "SecretArn": target.secret_arn,
                "Roles": [{"Name": name, "SecretArn": secret.secret_arn} for name, secret in roles.items()],
            },
        )
