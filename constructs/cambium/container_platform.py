"""What runs containers, as a stack sees it: something that turns a specification into a service."""

from abc import abstractmethod

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cambium.web_service import ContainerSpec, WebService


class ContainerPlatform(Construct):
    """What the services of a shard share. ``AppRunnerPlatform`` and ``FargatePlatform`` are its kinds."""

    @property
    @abstractmethod
    def front_door_errors(self) -> cloudwatch.IMetric | None:
        """Errors the front door answers by itself because no instance is healthy, counted per minute.

        None where the platform counts them with those of the service.
        """

    @abstractmethod
    def define_service(self, scope: Construct, construct_id: str, spec: ContainerSpec) -> WebService:
        """Define one service of this platform below ``scope``."""
