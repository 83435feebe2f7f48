"""Clients of the embedded AWS, by account and region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from emulator.client import EmulatorSession
from ops.embedded.loopback import require_loopback

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_elasticache import ElastiCacheClient
    from types_boto3_rds import RDSClient
    from types_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True, order=True)
class Place:
    """An account and a region."""

    account: str
    region: str

    def __str__(self) -> str:
        """As the CDK writes it."""
        return f"aws://{self.account}/{self.region}"


class Aws:
    """One place of the embedded AWS; refuses any other endpoint. Makes a client when first asked."""

    def __init__(self, url: str, place: Place) -> None:
        self.place = place
        self._session = EmulatorSession(place.region, place.account, require_loopback(url))
        self._made: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A client of any service."""
        if service not in self._made:
            self._made[service] = self._session.client(service, retries={"max_attempts": 2})
        return self._made[service]

    def resource(self, service: str) -> Any:
        """The resources of a service, whose answers are plain values."""
        return self._session.resource(service)

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        """Stacks."""
        client: CloudFormationClient = self.client("cloudformation")
        return client

    @cached_property
    def ec2(self) -> EC2Client:
        """Networks."""
        client: EC2Client = self.client("ec2")
        return client

    @cached_property
    def rds(self) -> RDSClient:
        """Databases."""
        client: RDSClient = self.client("rds")
        return client

    @cached_property
    def elasticache(self) -> ElastiCacheClient:
        """Caches."""
        client: ElastiCacheClient = self.client("elasticache")
        return client

    @cached_property
    def secretsmanager(self) -> SecretsManagerClient:
        """Secrets."""
        client: SecretsManagerClient = self.client("secretsmanager")
        return client


class Places:
    """All places of one embedded AWS."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._made: dict[Place, Aws] = {}

    def at(self, place: Place) -> Aws:
        """The embedded AWS as seen from ``place``."""
        return self._made.setdefault(place, Aws(self.url, place))
