"""The address of a connection pool, there before the pool itself."""

from abc import abstractmethod

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from constructs import Construct


class ConnectionPoolDoor(Construct):
    """What clients connect to. ``PoolLoadBalancer`` and ``PoolName`` are its kinds.

    It is a construct of its own since connection URLs name it, and poolers start only when the logins behind
    those URLs exist.

    Attributes:
        grace_seconds: How long ECS lets the door find a new task unwell; None where the door asks nobody.
    """

    grace_seconds: int | None = None

    def __init__(self, scope: Construct, construct_id: str, *, port: int) -> None:
        super().__init__(scope, construct_id)
        self._port = port

    @property
    @abstractmethod
    def host(self) -> str:
        """The name clients connect to."""

    @property
    def port(self) -> int:
        """The port clients connect to."""
        return self._port

    @abstractmethod
    def admit(self, service: ecs.FargateService) -> None:
        """Lead clients to the tasks of ``service``."""

    @property
    @abstractmethod
    def healthy_poolers(self) -> cloudwatch.IMetric | None:
        """Poolers that accept connections; None where only the poolers themselves can say."""
