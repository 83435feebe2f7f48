"""The services of a shard, on the platform the environment names."""

from aws_cdk import CfnOutput
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_iam as iam
from constructs import Construct

from cambium.app_runner_platform import AppRunnerPlatform
from cambium.bucket import allow_objects
from cambium.connection_pool_door import ConnectionPoolDoor
from cambium.container_platform import ContainerPlatform
from cambium.email import allow_email
from cambium.fargate_platform import FargatePlatform
from cambium.fargate_service import FargateService
from cambium.firewall import Firewall
from cambium.job_queue import allow_receiving, allow_sending
from cambium.service_names import ServiceNames
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
from stacks.host import HostParts
from stacks.network import NetworkStack


class ComputeStack(CambiumStack):
    """Builds each service, grants what it needs, and says where it can be found.

    Attributes:
        platform: What runs them; None where that is a host.
        host: The single host, or None.
        firewall: What stands before the load balancer, or None.
        pooling: The connection pool with its checks, or None where there is none.
        services: By name; none on a host, which runs them itself.
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
        self.platform = self._define_platform(edge)
        self.host = self._define_host(edge)
        self.firewall = self._define_front_door(edge)
        parts = self._define_parts(door, pool_version)
        self.pooling = parts.pooling if parts else None
        self.services = {
            service.name: self._define_service(self.platform, service)
            for service in deployment.services
            if self.platform is not None and not service.before_rollout
        }
        if parts is not None:
            parts.before(self.services.values())
        self._order()

    def _order(self) -> None:
        for service in self.deployment.services:
            for name in service.calls:
                caller, called = self.services[service.name], self.services[name]
                if isinstance(caller, FargateService) and isinstance(called, FargateService):
                    caller.start_after(called)

    def _define_host(self, edge: EdgeStack | None) -> HostParts | None:
        deployment, host = self.deployment, self.deployment.host
        if deployment.platform != "host" or host is None:
            return None
        parts = HostParts(
            self,
            region=self._region,
            shard=self._shard,
            network=self._network,
            data=self._data,
            specs=self._specs,
            zone=zone_of(self, edge),
            config=host,
        )
        for service in deployment.services:
            self._allow(parts.machine.role, service)
        return parts

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

    def _define_platform(self, edge: EdgeStack | None) -> ContainerPlatform | None:
        if self.deployment.platform == "host":
            return None
        environment = self.deployment.environment
        network, groups = self._network.network, self._network.groups[self._shard.key]
        if self.deployment.platform == "fargate":
            return FargatePlatform(
                self,
                "Platform",
                network=network,
                groups=groups,
                certificates=self._certificates(edge),
                protected=environment.production,
                shell_access=environment.shell_access,
                insights=environment.container_insights,
                session_log_days=self._session_log_days,
                names=self._define_names(),
                waiting={name: queue.waiting for name, queue in self._data.queues.items()},
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

    def _define_names(self) -> ServiceNames | None:
        deployment = self.deployment
        if not deployment.service_discovery:
            return None
        name = deployment.stack_name("", self._region, self._shard).removesuffix("-")
        return ServiceNames(self, "Names", name=name, services=list(deployment.services))

    @property
    def _session_log_days(self) -> int | None:
        """Days that sessions of people are kept; None where there can be none."""
        database, environment = self.deployment.database, self.deployment.environment
        people = environment.shell_access or (database is not None and database.shell_role is not None)
        return self.deployment.log_days if people else None

    def _certificates(self, edge: EdgeStack | None) -> list[acm.ICertificate]:
        found = [edge.certificate, edge.shards_certificate] if edge else []
        return [one for one in found if one is not None] or [self._own_certificate()]

    def _own_certificate(self) -> acm.ICertificate:
        return acm.Certificate.from_certificate_arn(
            self, "Certificate", self.deployment.edge.certificate_arn or ""
        )

    def _define_service(self, platform: ContainerPlatform, service: Service) -> WebService:
        built = platform.define_service(self, words(service.name), self._specs.of(service))
        self._allow(built.role, service)
        if built.address is not None:
            CfnOutput(
                self,
                f"{words(service.name)}Address",
                value=built.address,
                description=dns_hint(service, self.deployment),
            )
        return built

    def _allow(self, role: iam.IRole, service: Service) -> None:
        for name in service.writes_buckets:
            allow_objects(role, self.deployment.bucket_name(name, self._region.name))
        if service.sends_email:
            allow_email(role, self.deployment.edge.domain)
        for name in service.sends_queues:
            allow_sending(role, self._data.queues[name].queue)
        for name in service.reads_queues:
            allow_receiving(role, self._data.queues[name].queue)
