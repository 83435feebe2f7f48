"""Where images are pushed, and who may push and deploy."""

from collections.abc import Iterator

from aws_cdk import CfnOutput
from constructs import Construct

from cambium.container_registry import ContainerRegistry
from cambium.deploy_identity import DeployIdentity
from cambium.host_release import allow_host_release
from config import names
from config.deployment import Deployment
from config.host import HOST_TAG
from config.region import Region
from stacks.base import CambiumStack


class DeliveryStack(CambiumStack):
    """Container repositories of a region; in the home region the identities of the workflows too.

    Attributes:
        registry: The repositories.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment, region: Region) -> None:
        super().__init__(
            scope,
            "delivery",
            deployment=deployment,
            region=region,
            description="Container repositories, and the roles of the deployment workflows",
        )
        self.registry = ContainerRegistry(
            self,
            "Registry",
            names={
                service.name: names.repository_name(deployment.system, service.name)
                for service in deployment.services
                if service.image is None and service.image_of is None
            },
        )
        github = deployment.environment.github
        if github is None or region != deployment.home:
            return
        account = deployment.environment.account
        identity = DeployIdentity(
            self,
            "Identity",
            repository=github,
            application=deployment.environment.application or github,
            environment=deployment.environment.name,
            repository_arns=f"ecr:*:{account}:repository/{deployment.system}-*",
            account=account,
            released_arns=list(_released(deployment)),
            systems_stacks=f"{deployment.stack_name('')}*",
        )
        if deployment.host is not None:
            prefix = deployment.stack_name("")
            allow_host_release(identity.release, account=account, prefix=prefix, tag=HOST_TAG)
        for name, role in {
            "ReleaseRole": identity.release,
            "InfrastructureRole": identity.infrastructure,
            "ReviewRole": identity.review,
        }.items():
            CfnOutput(
                self, name, value=role.role_arn, description="For the variables of the GitHub repository"
            )


def _released(deployment: Deployment) -> Iterator[str]:
    """What a release changes or starts, without partition; on both platforms: one word switches them."""
    account, system = deployment.environment.account, deployment.system
    yield f"apprunner:*:{account}:service/{system}-*"
    yield f"ecs:*:{account}:service/*/{system}-*"
    if any(service.before_rollout for service in deployment.services):
        yield f"states:*:{account}:stateMachine:{system}-*"
        yield f"states:*:{account}:execution:{system}-*:*"
