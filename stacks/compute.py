"""The services of a shard, on the platform the environment names."""

from aws_cdk import CfnOutput
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from cambium.app_runner_platform import AppRunnerPlatform
from cambium.bucket import allow_objects
from cambium.container_platform import ContainerPlatform
from cambium.fargate_platform import FargatePlatform
from cambium.web_service import ContainerSpec, WebService
from config import names
from config.deployment import Deployment
from config.environment import Platform
from config.names import words
from config.region import Region, Shard
from config.service import BucketName, Computed, QueueUrl, RegionName, Service
from stacks.base import CambiumStack
from stacks.data import DataStack
from stacks.network import NetworkStack


class ComputeStack(CambiumStack):
    """Builds each service, grants what it needs, and says where it can be found.

    Attributes:
        platform: What runs them.
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
        certificate: acm.ICertificate | None,
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
        self.platform = self._define_platform(certificate)
        self.services = {service.name: self._define_service(service) for service in deployment.services}

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

    def _own_certificate(self) -> acm.ICertificate:
        return acm.Certificate.from_certificate_arn(
            self, "Certificate", self.deployment.edge.certificate_arn or ""
        )

    def _define_service(self, service: Service) -> WebService:
        built = self.platform.define_service(self, words(service.name), self._spec(service))
        for name in service.writes_buckets:
            allow_objects(built.role, self.deployment.bucket_name(name, self._region.name))
        CfnOutput(
            self,
            f"{words(service.name)}Address",
            value=built.address,
            description=_dns(service, self.deployment.platform),
        )
        return built

    def _spec(self, service: Service) -> ContainerSpec:
        deployment = self.deployment
        return ContainerSpec(
            service=service,
            name=names.service_name(deployment.system, service.name, self._shard),
            repository=ecr.Repository.from_repository_name(
                self,
                f"{words(service.name)}Repository",
                names.repository_name(deployment.system, service.name),
            ),
            environment={
                **{key: self._value(value) for key, value in service.environment.items()},
                **self._revision(service),
            },
            secret=self._data.service_secrets.get(service.name),
            secret_keys=deployment.secrets_of(service),
            log_days=deployment.log_days,
        )

    def _revision(self, service: Service) -> dict[str, str]:
        # Services read their secret once, when they start. What changes in it by a deployment of ours
        # changes this too, so that the same deployment restarts them.
        if not service.secrets:
            return {}
        version = self.deployment.environment.credentials_version
        return {"CREDENTIALS_REVISION": f"{version}.{self.deployment.replicas}"}

    def _value(self, value: str | Computed) -> str:
        match value:
            case str():
                return value
            case BucketName():
                return self.deployment.bucket_name(value.bucket, self._region.name)
            case RegionName():
                return self._region.name
            case QueueUrl():
                raise ValueError(f"no stack builds queues yet, so queue {value.queue} has no address")


def _dns(service: Service, platform: Platform) -> str:
    if not service.hosts:
        return f"Address of {service.name}"
    hosts = " and ".join(service.hosts)
    first = "after `aws apprunner associate-custom-domain`, " if platform == "app-runner" else ""
    return f"DNS: {first}CNAME {hosts} to this name"
