"""ECR repositories: scanned on push, and cleaned up by themselves."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from config.names import words

UNTAGGED_DAYS = 30
TAGGED_IMAGES_KEPT = 10


class ContainerRegistry(Construct):
    """One repository per service.

    Tags are mutable: ``latest`` moves with each release, and App Runner follows it. The tag of the
    commit stays beside it for going back.

    Attributes:
        repositories: By service name.
    """

    def __init__(self, scope: Construct, construct_id: str, *, names: dict[str, str]) -> None:
        super().__init__(scope, construct_id)
        self.repositories = {service: self._define(service, name) for service, name in names.items()}

    def _define(self, service: str, name: str) -> ecr.Repository:
        repository = ecr.Repository(
            self,
            words(service),
            repository_name=name,
            encryption=ecr.RepositoryEncryption.AES_256,
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.MUTABLE,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        repository.add_lifecycle_rule(
            rule_priority=1,
            description="Untagged images go",
            tag_status=ecr.TagStatus.UNTAGGED,
            max_image_age=Duration.days(UNTAGGED_DAYS),
        )
        repository.add_lifecycle_rule(
            rule_priority=2,
            description="The newest tagged images stay",
            tag_status=ecr.TagStatus.TAGGED,
            tag_pattern_list=["*"],
            max_image_count=TAGGED_IMAGES_KEPT,
        )
        return repository
