"""What a stack knows of a service, whichever platform runs it."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.file_volume import FileVolume
from cambium.rollout import Rollout
from cambium.service_metrics import ServiceMetrics
from config.service import Service


@dataclass(frozen=True, kw_only=True)
class ContainerSpec:
    """One service's container: what runs, how large, and what it is told."""

    service: Service
    name: str
    """Physical name: it is in log groups and in the console."""
    repository: ecr.IRepository
    environment: Mapping[str, str]
    secret: secretsmanager.ISecret | None
    secret_keys: tuple[str, ...]
    """Keys of the secret that become environment values of the container."""
    log_days: int
    registry_login: secretsmanager.ISecret | None = None
    """User name and password for an image of ours that lies elsewhere."""
    image_tag: str = "latest"
    volume: FileVolume | None = None
    """Files that outlive its task."""

    @property
    def secret_values(self) -> list[tuple[secretsmanager.ISecret, str]]:
        """Each key with the secret it is in."""
        return [(self.secret, key) for key in self.secret_keys] if self.secret else []


class WebService(Construct):
    """A container that serves. ``AppRunnerService`` and ``FargateService`` are its kinds.

    Attributes:
        role: What the application may do in AWS.
        metrics: Its health in numbers; ``RequestMetrics`` where a front door counts requests.
        address: The host name AWS gave its front door; a DNS record of the product's own points there. None
            where nothing outside calls it.
        rollout: How it is restarted.
    """

    role: iam.IRole
    metrics: ServiceMetrics
    address: str | None
    rollout: Rollout
