"""The services of a shard, on the platform the environment names."""

from abc import abstractmethod

from aws_cdk import CfnOutput
from aws_cdk import aws_apprunner as apprunner
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cambium.app_runner_service import AppRunnerService
from cambium.bucket import allow_objects
from cambium.fargate_service import FargateService
from cambium.load_balancer import LoadBalancer
from cambium.security_groups import SecurityGroups, immutable
from cambium.web_service import ContainerSpec, WebService
from config import names
from config.access import LOAD_BALANCER
from config.deployment import Deployment
from config.region import Region, Shard
from config.service import BucketName, Computed, RegionName, Service
from stacks.base import CambiumStack, words
from stacks.data import DataStack
from stacks.network import NetworkStack


class ComputeStack(CambiumStack):
    """Builds each service, grants what it needs, and says where it can be found.

    Attributes:
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
        self.prepare()
        self.services = {service.name: self._define(service) for service in deployment.services}

    @abstractmethod
    def prepare(self) -> None:
        """Define what the services share."""

    @abstractmethod
    def define_service(self, construct_id: str, spec: ContainerSpec) -> WebService:
        """Define one service."""

    @property
    def groups(self) -> SecurityGroups:
        """Security groups of the shard."""
        return self._network.groups[self._shard.key]

    def _define(self, service: Service) -> WebService:
        built = self.define_service(words(service.name), self._spec(service))
        for name in service.writes_buckets:
            allow_objects(built.role, self.deployment.bucket_name(name, self._region.name))
        for host in service.hosts:
            CfnOutput(
                self,
                f"{words(service.name)}Dns",
                value=built.address,
                description=f"DNS: CNAME {host} to this name, proxied",
            )
        return built

    def _spec(self, service: Service) -> ContainerSpec:
        deployment = self.deployment
        return ContainerSpec(
            service=service,
            name=names.service_name(deployment.system, service.name, self._shard),
            repository=ecr.Repository.from_repository_name(
                self, f"{words(service.name)}Repository", names.repository_name(deployment.system, service.name)
            ),
            environment={key: self._value(value) for key, value in service.environment.items()},
            secret=self._data.service_secrets.get(service.name),
            secret_keys=deployment.secrets_of(service),
            log_days=deployment.log_days,
        )

    def _value(self, value: str | Computed) -> str:
        if isinstance(value, BucketName):
            return self.deployment.bucket_name(value.bucket, self._region.name)
        if isinstance(value, RegionName):
            return self._region.name
        return value


class AppRunnerComputeStack(ComputeStack):
    """Services on App Runner: it brings load balancing and certificates along."""

    def prepare(self) -> None:
        """One VPC connector per security group: the tunnel into the private subnets."""
        subnets = self._network.network.vpc.select_subnets(
            subnet_group_name=self._network.network.private_subnets.subnet_group_name
        )
        self._connectors = {
            group: apprunner.CfnVpcConnector(
                self,
                f"Connector{words(group)}",
                subnets=subnets.subnet_ids,
                security_groups=[self.groups.group(group).security_group_id],
            )
            for group in sorted({service.group for service in self.deployment.services})
        }

    def define_service(self, construct_id: str, spec: ContainerSpec) -> WebService:
        """One App Runner service."""
        return AppRunnerService(
            self,
            construct_id,
            spec=spec,
            vpc_connector=self._connectors[spec.service.group],
            acknowledgement=self.deployment.environment.app_runner_acknowledgement or "",
        )


class FargateComputeStack(ComputeStack):
    """Services on Fargate behind one load balancer."""

    def __init__(self, scope: Construct, *, certificate: acm.ICertificate, **collaborators: object) -> None:
        self._certificate = certificate
        super().__init__(scope, **collaborators)  # type: ignore[arg-type]

    def prepare(self) -> None:
        """Cluster and front door."""
        self._cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=self._network.network.vpc,
            enable_fargate_capacity_providers=True,
            container_insights_v2=ecs.ContainerInsights.ENABLED,
        )
        self._door = LoadBalancer(
            self,
            "LoadBalancer",
            vpc=self._network.network.vpc,
            subnets=self._network.network.public_subnets,
            security_group=immutable(self, "LoadBalancerGroup", self.groups.group(LOAD_BALANCER)),
            certificates=[self._certificate],
            deletion_protection=self.deployment.environment.production,
        )

    def define_service(self, construct_id: str, spec: ContainerSpec) -> WebService:
        """One Fargate service and its way through the front door."""
        return FargateService(
            self,
            construct_id,
            spec=spec,
            cluster=self._cluster,
            subnets=self._network.network.private_subnets,
            security_group=immutable(self, f"{construct_id}Group", self.groups.group(spec.service.group)),
            load_balancer=self._door.load_balancer,
            target=self._door.define_target(f"{construct_id}Target", spec.service),
            shell_access=self.deployment.environment.shell_access,
        )
