"""Who may deploy: GitHub workflows, by short-lived tokens instead of access keys."""

from collections.abc import Iterable, Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from cambium.acknowledge import acknowledge
from config.environment import GitHubRepository

LIST_SERVICES = "apprunner:ListServices"
UPDATE_SERVICES = [
    "apprunner:DescribeService",
    "apprunner:ListOperations",
    "apprunner:StartDeployment",
    "apprunner:UpdateService",
    "ecs:DescribeServices",
    "ecs:UpdateService",
]
ISSUER = "token.actions.githubusercontent.com"


class DeployIdentity(Construct):
    """The OIDC provider of the account, and one role per thing a workflow does.

    Attributes:
        provider_arn: The identity provider; an account has one.
        release: Pushes images and starts deployments of services.
        infrastructure: Runs ``cdk deploy`` through the bootstrap roles; for up to four hours, since a phase
            changes databases and then watches alarms.
        review: Reads, for ``cdk diff`` on pull requests.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository: GitHubRepository,
        application: GitHubRepository,
        environment: str,
        account: str,
        images: Iterable[ecr.IRepository],
        service_arns: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self.provider_arn = repository.provider_arn or self._define_provider()
        on_main = "ref:refs/heads/main"
        self.release = self._define_role(
            "Release", application.subjects(f"environment:{environment}", on_main), hours=1
        )
        for image in images:
            image.grant_pull_push(self.release)
        self.release.add_to_policy(iam.PolicyStatement(actions=[LIST_SERVICES], resources=["*"]))
        self.release.add_to_policy(
            iam.PolicyStatement(
                actions=UPDATE_SERVICES, resources=[f"arn:{Aws.PARTITION}:{arn}" for arn in service_arns]
            )
        )
        self._account = account
        self.infrastructure = self._define_role(
            "Infrastructure", repository.subjects(f"environment:{environment}"), hours=4
        )
        self._allow_bootstrap_roles(
            self.infrastructure, "deploy", "file-publishing", "image-publishing", "lookup"
        )
        self.review = self._define_role("Review", repository.subjects("pull_request", on_main), hours=1)
        self._allow_bootstrap_roles(self.review, "lookup")
        acknowledge(
            self,
            {
                "AwsSolutions-IAM5[Resource::*]": "registry log-in and listing take no resource",
                **{
                    f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:{arn}]": "services of this product: "
                    "AWS adds an id to their names"
                    for arn in service_arns
                },
            },
        )

    def _define_provider(self) -> str:
        provider = iam.OidcProviderNative(
            self, "GitHub", url=f"https://{ISSUER}", client_ids=["sts.amazonaws.com"]
        )
        return provider.oidc_provider_arn

    def _define_role(self, construct_id: str, subjects: Sequence[str], *, hours: int) -> iam.Role:
        return iam.Role(
            self,
            construct_id,
            max_session_duration=Duration.hours(hours),
            assumed_by=iam.WebIdentityPrincipal(
                self.provider_arn,
                {
                    "StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"},
                    "StringLike": {f"{ISSUER}:sub": list(subjects)},
                },
            ),
        )

    def _allow_bootstrap_roles(self, role_for: iam.Role, *names: str) -> None:
        account = self._account
        roles = [f"iam::{account}:role/cdk-hnb659fds-{name}-role-{account}-*" for name in names]
        role_for.add_to_policy(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"],
                resources=[f"arn:{Aws.PARTITION}:{role}" for role in roles],
            )
        )
        acknowledge(
            role_for,
            {
                f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:{role}]": "one for each region"
                for role in roles
            },
        )
