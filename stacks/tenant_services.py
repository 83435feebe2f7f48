"""What a tenant runs: its services on the environment's platform, its migration, its alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import Aws, Fn
from aws_cdk import aws_apprunner as apprunner
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from cambium.alarms import Alarms
from cambium.app_runner_service import AppRunnerService
from cambium.fargate_service import Door, FargateService, Place
from cambium.security_groups import immutable
from cambium.service_container import service_container
from cambium.service_metrics import RequestMetrics
from cambium.task_definition import define_task
from cambium.tenant_door import SharedDoor, TenantDoor
from cambium.web_service import ContainerSpec, WebService
from cambium.wildcards import acknowledge_wildcards
from config import names
from config.alarms import Alarms as AlarmsConfig
from config.deployment import Deployment
from config.names import words
from config.region import Region
from config.scaling import HealthCheck, Scaling
from config.service import Service
from config.sources import BucketName, Computed, RegionName, ReplicaUrls
from config.tenancy import TenantTier, tenant_host
from stacks.tenant_scaling import fitted_to, scaling_of

if TYPE_CHECKING:
    from stacks.tenant_template import TenantTemplate

PRIVATE = ec2.SubnetSelection(subnet_group_name="Private")
MIGRATION = "migration"
"""Whose secret the one-off task reads that brings the schema up to date."""
MIGRATION_KEY = "DATABASE_URL"


class TenantServices(Construct):
    """Builds them in a tenant's stack."""

    def __init__(
        self, stack: TenantTemplate, *, deployment: Deployment, region: Region, tier: TenantTier
    ) -> None:
        super().__init__(stack, "Services")
        self._stack, self._deployment, self._region, self._tier = stack, deployment, region, tier
        self._fargate = deployment.platform == "fargate"
        self._door = self._import_door() if self._fargate else None
        self._connector = None if self._fargate else self._define_connector()
        self._define_migration(stack.services[0])
        built = {service.name: self._define(service) for service in stack.services}
        self._define_alarms(built)
        first = stack.services[0]
        origin = self._host(first) if self._fargate else built[first.name].address or ""
        (stack.tell if self._fargate else stack.tell_while_serving)("Origin", origin)

    def _define(self, service: Service) -> WebService:
        fitted = fitted_to(self._tier, service)
        spec = self._spec(fitted, service.name, image_tag=self._stack.parameters.image)
        built = self._define_on_fargate(fitted, spec) if self._fargate else self._define_on_app_runner(spec)
        for bucket in service.writes_buckets:
            self._allow_own_objects(built.role, self._deployment.bucket_name(bucket, self._region.name))
        return built

    def _define_on_fargate(self, service: Service, spec: ContainerSpec) -> WebService:
        assert self._door is not None  # noqa: S101 - narrows for the type checker
        slot = [one.name for one in self._stack.services].index(service.name)
        door = TenantDoor(
            self,
            f"{words(service.name)}Door",
            listener_arn=self._door.listener_arn,
            vpc=self._stack.vpc,
            service=service,
            host=self._host(service),
            priority=self._stack.parameters.place(f"Priority{slot + 1}"),
        )
        built = FargateService(
            self,
            words(service.name),
            spec=spec,
            place=Place(
                cluster=self._import_cluster(),
                subnets=PRIVATE,
                security_group=immutable(self, f"{words(service.name)}Group", self._stack.groups.service),
                shell_access=False,
                insights=self._deployment.environment.container_insights,
            ),
            door=Door(load_balancer=self._door, target=door.target),
        )
        built.service.node.add_dependency(door.rule)
        self._stack.tell(f"Target{words(service.name)}", door.target.target_group_arn)
        return built

    def _define_on_app_runner(self, spec: ContainerSpec) -> WebService:
        assert self._connector is not None  # noqa: S101 - narrows for the type checker
        built = AppRunnerService(
            self,
            words(spec.service.name),
            spec=spec,
            vpc_connector=self._connector,
            acknowledgement=self._deployment.environment.app_runner_acknowledgement or "",
            keeps_logs=False,
            scaling_arn=self._stack.parameters.place(scaling_of(spec.service)),
        )
        # A tenant changes its image when its wave comes, and not when a tag moves.
        built.service.add_property_override("SourceConfiguration.AutoDeploymentsEnabled", False)
        self._stack.tell_while_serving(f"Service{words(spec.service.name)}", built.service.attr_service_arn)
        return built

    def _define_connector(self) -> apprunner.CfnVpcConnector:
        return apprunner.CfnVpcConnector(
            self,
            "Connector",
            subnets=[subnet.subnet_id for subnet in self._stack.vpc.private_subnets],
            security_groups=[self._stack.groups.service.security_group_id],
        )

    def _define_migration(self, service: Service) -> None:
        one_off = service.model_copy(
            update={
                "name": MIGRATION,
                "port": None,
                "command": self._tier.migrate,
                "image_of": service.image_of or service.name,
                "scaling": Scaling(),
                "health": HealthCheck(),
            }
        )
        spec = self._spec(
            one_off, MIGRATION, image_tag=self._stack.parameters.migration_image, keys=(MIGRATION_KEY,)
        )
        task = define_task(
            self,
            "Migration",
            family=spec.name,
            cpu=service.cpu,
            memory_mib=service.memory_mib,
            log_days=spec.log_days,
            containers=[service_container(spec)],
            logs_id="MigrationLogs",
        )
        self._stack.tell("MigrationTask", task.task_definition_arn)

    def _spec(
        self, service: Service, name: str, *, image_tag: str, keys: tuple[str, ...] | None = None
    ) -> ContainerSpec:
        told = {key: self._value(value) for key, value in service.environment.items()}
        return ContainerSpec(
            service=service,
            name=self._stack.name(name),
            repository=ecr.Repository.from_repository_name(
                self,
                f"{words(name)}Repository",
                names.repository_name(self._deployment.system, service.image_of or service.name),
            ),
            environment={**told, "TENANT_ID": self._stack.parameters.tenant},
            secret=self._stack.service_secrets[name],
            secret_keys=keys or tenant_keys(service),
            log_days=self._deployment.log_days,
            image_tag=image_tag,
        )

    def _value(self, value: str | Computed) -> str:
        if isinstance(value, BucketName):
            return self._deployment.bucket_name(value.bucket, self._region.name)
        if isinstance(value, RegionName):
            return self._region.name
        if isinstance(value, str):
            return value
        raise ValueError(f"no stack builds queues yet, so queue {value.queue} has no address")

    def _allow_own_objects(self, role: iam.IRole, bucket: str) -> None:
        own = f"arn:{Aws.PARTITION}:s3:::{bucket}/tenants/{self._stack.parameters.tenant}/*"
        role.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:GetObject", "s3:PutObject"], resources=[own])
        )
        acknowledge_wildcards(role, {own: "objects of the one tenant, under names the application chooses"})

    def _import_cluster(self) -> ecs.ICluster:
        found = self.node.try_find_child("Cluster")
        if found is None:
            name = self._stack.parameters.place("Cluster")
            found = ecs.Cluster.from_cluster_attributes(
                self, "Cluster", cluster_name=name, vpc=self._stack.vpc, security_groups=[]
            )
        return cast("ecs.ICluster", found)

    def _import_door(self) -> SharedDoor:
        place = self._stack.parameters.place
        return SharedDoor(
            load_balancer_dns_name=self._host(self._stack.services[0]),
            load_balancer_full_name=place("LoadBalancerName"),
            listener_arn=place("Listener"),
        )

    def _define_alarms(self, built: dict[str, WebService]) -> None:
        if not isinstance(self._deployment.environment.alarms, AlarmsConfig):
            return
        topic = sns.Topic.from_topic_arn(self, "Topic", self._stack.parameters.place("Topic"))
        alarms = Alarms(
            self,
            "Alarms",
            prefix=self._stack.name(self._deployment.environment.name),
            action=actions.SnsAction(topic),
            runbook_url=self._deployment.runbook_url,
        )
        for name, service in built.items():
            metrics = service.metrics
            assert isinstance(metrics, RequestMetrics)  # noqa: S101 - a tenant's services have a front door
            alarms.watch_service(name, metrics)
        self._stack.database.define_alarms(alarms)

    def _host(self, service: Service) -> str:
        before, after = tenant_host("|", service.hosts[0]).split("|")
        return Fn.join("", [before, self._stack.parameters.tenant, after])


def tenant_keys(service: Service) -> tuple[str, ...]:
    """The keys a tenant's service is given: a tenant has no read replicas."""
    return tuple(key for key, source in service.secrets.items() if not isinstance(source, ReplicaUrls))
