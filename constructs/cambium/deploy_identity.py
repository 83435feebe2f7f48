"""Who may deploy: GitHub workflows, by short-lived tokens instead of access keys."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from cambium.acknowledge import acknowledge
from config.environment import GitHubRepository

PUSH_AND_PULL = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]
READ_STACKS = [
    "cloudformation:DescribeStackResources",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListStackResources",
]
LIST_SERVICES = "apprunner:ListServices"
LIST_OPERATIONS = "apprunner:ListOperations"
RELEASE: Mapping[str, Sequence[str]] = {
    "apprunner": [
        "apprunner:DescribeService",
        LIST_OPERATIONS,
        "apprunner:StartDeployment",
        "apprunner:UpdateService",
    ],
    "ecs": ["ecs:DescribeServices", "ecs:UpdateService"],
    "states": ["states:DescribeExecution", "states:StartExecution"],
}
"""What a release does to services and migrations, by the AWS service that is asked."""
ISSUER = "token.actions.githubusercontent.com"


class DeployIdentity(Construct):
    """The OIDC provider of the account, and one role per thing a workflow does.

    Attributes:
        provider_arn: The identity provider; an account has one.
        release: Pushes images, starts migrations and deployments of services.
        infrastructure: Runs ``cdk deploy`` through the bootstrap roles; for up to four hours, since a phase
            changes databases and then watches alarms.
        review: Reads templates, for ``cdk diff`` on pull requests, and nothing else.
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
        repository_arns: str,
        released_arns: Sequence[str],
        systems_stacks: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.provider_arn = repository.provider_arn or self._define_provider()
        approved = f"environment:{environment}"
        self.release = self._define_role("Release", application.subjects(approved), hours=1)
        self._allow_pushing(self.release, repository_arns)
        self._released = [f"arn:{Aws.PARTITION}:{arn}" for arn in released_arns]
        self.release.add_to_policy(iam.PolicyStatement(actions=[LIST_SERVICES], resources=["*"]))
        for service, actions in RELEASE.items():
            self._allow(self.release, actions, service)
        self._account = account
        self.infrastructure = self._define_role("Infrastructure", repository.subjects(approved), hours=4)
        self._allow_bootstrap_roles(
            self.infrastructure, "deploy", "file-publishing", "image-publishing", "lookup"
        )
        # CloudFormation calls an update a success that App Runner took back, so the workflow asks itself.
        self.infrastructure.add_to_policy(iam.PolicyStatement(actions=[LIST_SERVICES], resources=["*"]))
        self._allow(self.infrastructure, [LIST_OPERATIONS], "apprunner")
        self.review = self._define_role(
            "Review", repository.subjects("pull_request", "ref:refs/heads/main"), hours=1
        )
        self._allow_reading_templates(self.review, systems_stacks)
        acknowledge(
            self,
            {
                "AwsSolutions-IAM5[Resource::*]": "registry log-in and listing take no resource",
                **{
                    f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:{arn}]": "what this product releases: "
                    "in each region, and AWS adds an id to some names"
                    for arn in released_arns
                },
            },
        )

    def _allow(self, role: iam.Role, actions: Sequence[str], service: str) -> None:
        resources = [arn for arn in self._released if arn.split(":", 2)[-1].startswith(f"{service}:")]
        if resources:
            role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=resources))

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

    def _allow_pushing(self, role: iam.Role, repositories: str) -> None:
        # By name, since an image goes to the repository of every region.
        role.add_to_policy(iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]))
        role.add_to_policy(
            iam.PolicyStatement(actions=PUSH_AND_PULL, resources=[f"arn:{Aws.PARTITION}:{repositories}"])
        )
        acknowledge(
            role,
            {
                f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:{repositories}]": "this product's "
                "repositories in each region"
            },
        )

    def _allow_reading_templates(self, role: iam.Role, stacks: str) -> None:
        # Not the bootstrap's lookup role: it may read every object and every log line, and what runs with
        # this role is the code of a pull request.
        account = self._account
        allowed = {
            f"cloudformation:*:{account}:stack/{stacks}": READ_STACKS,
            f"ssm:*:{account}:parameter/cdk-bootstrap/hnb659fds/version": ["ssm:GetParameter"],
        }
        for resource, actions in allowed.items():
            role.add_to_policy(
                iam.PolicyStatement(actions=actions, resources=[f"arn:{Aws.PARTITION}:{resource}"])
            )
        acknowledge(
            role,
            {
                f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:{resource}]": "in each region; AWS adds "
                "an id to the names of stacks"
                for resource in allowed
            },
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
