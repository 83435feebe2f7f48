"""The services of a shard, on the platform the environment names."""

from aws_cdk import CfnOutput
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from cambium.app_runner_platform import AppRunnerPlatform
from cambium.bucket import allow_objects
from cambium.connection_pool_door import ConnectionPoolDoor
from cambium.container_platform import ContainerPlatform
from cambium.email import allow_email
from cambium.fargate_platform import FargatePlatform
from cambium.firewall import Firewall
from cambium.web_service import WebService
from config.deployment import Deployment
from config.names import words
from config.region import Region, Shard
from config.service import Service
from stacks.base import CambiumStack
from stacks.container_specs import ContainerSpecs
from stacks.data import DataStack
from stacks.edge import EdgeStack, zone_of
from stacks.fargate_parts import FargateParts
from stacks.front_door import FrontDoor, dns_hint
from stacks.network import NetworkStack


class ComputeStack(CambiumStack):
    """Builds each service, grants what it needs, and says where it can be found.

    Attributes:
        platform: What runs them.
        firewall: What stands before the load balancer, or None.
        pooling: The connection pool with its checks, or None where there is none.
        services: By name.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        region: Region,
        shard: Shard,
        network: NetworkStack,
        data: DataStack,
        edge: EdgeStack | None,
        door: ConnectionPoolDoor | None,
        pool_version: str | None,
    ) -> None:
        super().__init__(
            scope,
            "compute",
            deployment=deployment,
            region=region,
            shard=shard,
            description=f"Services on {deployment.platform}",
        )
        self._region, self._shard = region, shard
        self._network, self._data = network, data
        self._specs = ContainerSpecs(self, region=region, shard=shard, data=data)
        self.platform = self._define_platform(edge.certificate if edge else None)
        self.firewall = self._define_front_door(edge)
        parts = self._define_parts(door, pool_version)
        self.pooling = parts.pooling if parts else None
        self.services = {
            service.name: self._define_service(service)
            for service in deployment.services
            if not service.before_rollout
        }
        if parts is not None:
            parts.before(self.services.values())

    def _define_front_door(self, edge: EdgeStack | None) -> Firewall | None:
        if not isinstance(self.platform, FargatePlatform):
            return None
        return FrontDoor(
            self,
            region=self._region,
            shard=self._shard,
            load_balancer=self.platform.load_balancer.load_balancer,
            zone=zone_of(self, edge),
        ).firewall

    def _define_parts(self, door: ConnectionPoolDoor | None, version: str | None) -> FargateParts | None:
        if not isinstance(self.platform, FargatePlatform):
            return None
        return FargateParts(
            self,
            shard=self._shard,
            platform=self.platform,
            network=self._network,
            data=self._data,
            specs=self._specs,
            door=door,
            pool_version=version,
        )

    def _define_platform(self, certificate: acm.ICertificate | None) -> ContainerPlatform:
        environment = self.deployment.environment
        network, groups = self._network.network, self._network.groups[self._shard.key]
        if self.deployment.platform == "fargate":
            return FargatePlatform(
                self,
                "Platform",
                network=network,
                groups=groups,
                certificate=certificate or self._own_certificate(),
                protected=environment.production,
                shell_access=environment.shell_access,
                session_log_days=self._session_log_days,
            )
        return AppRunnerPlatform(
            self,
            "Platform",
            vpc=network.vpc,
            subnets=network.private_subnets,
            groups=groups,
            members=sorted({service.group for service in self.deployment.services}),
            acknowledgement=environment.app_runner_acknowledgement or "",
        )

    @property
    def _session_log_days(self) -> int | None:
        """Days that sessions of people are kept; None where there can be none."""
        database, environment = self.deployment.database, self.deployment.environment
        people = environment.shell_access or (database is not None and database.shell_role is not None)
        return self.deployment.log_days if people else None

    def _own_certificate(self) -> acm.ICertificate:
        return acm.Certificate.from_certificate_arn(
            self, "Certificate", self.deployment.edge.certificate_arn or ""
        )

    def _define_service(self, service: Service) -> WebService:
        built = self.platform.define_service(self, words(service.name), self._specs.of(service))
        for name in service.writes_buckets:
            allow_objects(built.role, self.deployment.bucket_name(name, self._region.name))
        if service.sends_email:
            allow_email(built.role, self.deployment.edge.domain)
        CfnOutput(
            self,
            f"{words(service.name)}Address",
            value=built.address,
            description=dns_hint(service, self.deployment),
        )
        return built
