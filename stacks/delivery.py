"""Where images are pushed, and who may push and deploy."""

from aws_cdk import CfnOutput
from constructs import Construct

from cambium.container_registry import ContainerRegistry
from cambium.deploy_identity import DeployIdentity
from config import names
from config.deployment import Deployment
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
            service_arns=[
                f"apprunner:*:{account}:service/{deployment.system}-*",
                f"ecs:*:{account}:service/*/{deployment.system}-*",
            ],
            systems_stacks=f"{deployment.stack_name('')}*",
        )
        for name, role in {
            "ReleaseRole": identity.release,
            "InfrastructureRole": identity.infrastructure,
            "ReviewRole": identity.review,
        }.items():
            CfnOutput(
                self, name, value=role.role_arn, description="For the variables of the GitHub repository"
            )
