"""The one secret of a service: a JSON object whose values never pass through a template."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.database import PASSWORD_EXCLUDES


class ServiceSecret(Construct):
    """An empty JSON secret. ``ConnectionSecrets`` writes the connection URLs into it, an operator the rest.

    A value in the template would overwrite the operator's at the next change, so there is none. Without a
    name AWS makes one up, which a stack that was deleted does not keep from being made again.

    Attributes:
        secret: The secret.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, secret_name: str | None, description: str
    ) -> None:
        super().__init__(scope, construct_id)
        resource = secretsmanager.CfnSecret(self, "Resource", name=secret_name, description=description)
        resource.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        self.secret = secretsmanager.Secret.from_secret_complete_arn(self, "Secret", resource.ref)
        by_hand = "third-party keys change at the third party; an operator puts the new one in"
        acknowledge(
            self,
            {
                "AwsSolutions-SMG4": by_hand,
                "HIPAA.Security-SecretsManagerRotationEnabled": by_hand,
            },
        )


class RoleSecret(Construct):
    """User name and generated password of one database role.

    Attributes:
        secret: The secret.
    """

    def __init__(self, scope: Construct, construct_id: str, *, secret_name: str, username: str) -> None:
        super().__init__(scope, construct_id)
        self.secret = secretsmanager.Secret(
            self,
            "Secret",
            secret_name=secret_name,
            description=f"Login of database role {username}",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=f'{{"username":"{username}"}}',
                generate_string_key="password",
                exclude_characters=PASSWORD_EXCLUDES,
                password_length=40,
            ),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        runbook = "rotated by the runbook, which rolls the services in the same step"
        acknowledge(
            self.secret,
            {
                "AwsSolutions-SMG4": runbook,
                "HIPAA.Security-SecretsManagerRotationEnabled": runbook,
            },
        )
