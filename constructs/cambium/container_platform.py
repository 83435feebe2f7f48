"""What runs containers, as a stack sees it: something that turns a specification into a service."""

from abc import abstractmethod

from constructs import Construct

from cambium.web_service import ContainerSpec, WebService


class ContainerPlatform(Construct):
    """What the services of a shard share. ``AppRunnerPlatform`` and ``FargatePlatform`` are its kinds."""

    @abstractmethod
    def define_service(self, scope: Construct, construct_id: str, spec: ContainerSpec) -> WebService:
        """Define one service of this platform below ``scope``."""
