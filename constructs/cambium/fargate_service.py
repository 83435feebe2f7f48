"""A service on Fargate, on ARM64: behind a load balancer, found by name inside the network, or a worker."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_logs as logs
from constructs import Construct

from cambium.fargate_metrics import DoorMetrics, NamedLoadBalancer, TaskMetrics, running_tasks
from cambium.rollout import ecs_rollout
from cambium.service_container import service_container
from cambium.service_names import ServiceNames
from cambium.task_container import TaskContainer
from cambium.task_definition import define_task
from cambium.task_scaling import scale
from cambium.trace_collector import allow_traces, trace_collector
from cambium.web_service import ContainerSpec, WebService
from cambium.wildcards import acknowledge_wildcards
from config.watching import ContainerInsights

FILES = "files"
"""What the volume is called inside a task."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """The way from the internet to a service."""

    load_balancer: NamedLoadBalancer
    target: elb.ApplicationTargetGroup


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where tasks run, and who may open a shell in them."""

    cluster: ecs.ICluster
    subnets: ec2.SubnetSelection
    security_group: ec2.ISecurityGroup
    shell_access: bool
    insights: ContainerInsights
    """What CloudWatch measures of them."""
    session_log: logs.ILogGroup | None = None
    names: ServiceNames | None = None
    """By which services find each other; None where they do not."""
    waiting: Mapping[str, cloudwatch.IMetric] = field(default_factory=dict)
    """Messages that wait, by queue."""


class FargateService(WebService):
    """One ECS service that rolls forward without a gap, and back by itself when a release does not start.

    Its task count belongs to auto scaling, so no deployment resets it. A service of which there must never be
    two tasks at once is the exception to "without a gap": the old one stops first.

    Attributes:
        service: The ECS service.
        task_definition: Its task definition.
        log_group: Where its containers log to.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        spec: ContainerSpec,
        place: Place,
        door: Door | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._spec, self._place = spec, place
        self.task_definition = define_task(
            self,
            family=spec.name,
            cpu=spec.service.cpu,
            memory_mib=spec.service.memory_mib,
            log_days=spec.log_days,
            containers=self._containers(),
        )
        log_group = self.node.find_child("Logs")
        assert isinstance(log_group, logs.LogGroup)  # noqa: S101 - narrows jsii's type
        self.log_group = log_group
        self._mount_files()
        self.service = self._define_service(door)
        self._open_shell()
        if door is not None:
            door.target.add_target(self.service)
        self.role = self.task_definition.task_role
        scale(
            self,
            self.service,
            spec.service.scaling,
            running=running_tasks(self.service, place.insights),
            waiting=place.waiting,
        )
        self.rollout = ecs_rollout(
            cluster_name=place.cluster.cluster_name, cluster_arn=place.cluster.cluster_arn, service=spec.name
        )
        self.address = door.load_balancer.load_balancer_dns_name if door else None
        self.metrics = (
            DoorMetrics(
                service=self.service,
                target=door.target,
                load_balancer=door.load_balancer,
                insights=place.insights,
            )
            if door
            else TaskMetrics(self.service, place.insights)
        )

    def start_after(self, other: "FargateService") -> None:
        """Start once ``other`` is there: a name is known to tasks that start after it."""
        self.service.node.add_dependency(other.service)

    def _containers(self) -> list[TaskContainer]:
        called = self._place.names is not None and self._place.names.is_called(self._spec.service)
        main = service_container(self._spec, port_name=self._spec.service.name if called else None)
        return [main, trace_collector()] if self._spec.service.tracing else [main]

    def _mount_files(self) -> None:
        if self._spec.service.tracing:
            allow_traces(self.task_definition.task_role)
        volume, main = self._spec.volume, self.task_definition.default_container
        if volume is None or main is None:
            return
        self.task_definition.add_volume(name=FILES, efs_volume_configuration=volume.for_ecs())
        main.add_mount_points(
            ecs.MountPoint(container_path=volume.mount_path, source_volume=FILES, read_only=False)
        )
        volume.allow(self.task_definition.task_role)

    def _define_service(self, door: Door | None) -> ecs.FargateService:
        spec, place = self._spec, self._place
        alone = spec.service.one_at_a_time
        rebalancing = ecs.AvailabilityZoneRebalancing
        service = ecs.FargateService(
            self,
            "Service",
            cluster=place.cluster,
            service_name=spec.name,
            task_definition=self.task_definition,
            vpc_subnets=place.subnets,
            security_groups=[place.security_group],
            assign_public_ip=False,
            min_healthy_percent=0 if alone else 100,
            max_healthy_percent=100 if alone else spec.service.scaling.rollout_percent,
            # ECS moves a task to another zone by starting a second one first.
            availability_zone_rebalancing=rebalancing.DISABLED if alone else rebalancing.ENABLED,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(
                    capacity_provider="FARGATE_SPOT" if spec.service.spot else "FARGATE", weight=1
                )
            ],
            enable_execute_command=place.shell_access,
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            # ECS refuses it for a service that no load balancer asks.
            health_check_grace_period=Duration.seconds(spec.service.health.grace_seconds) if door else None,
            service_connect_configuration=place.names.of(spec.service, self.log_group)
            if place.names
            else None,
        )
        # Includes the capacity providers of the cluster, which CDK adds beside it without an order.
        service.node.add_dependency(place.cluster)
        # ECS starts tasks at once, and they need what this role may do.
        service.node.add_dependency(self.task_definition.obtain_execution_role())
        return service

    def _open_shell(self) -> None:
        log = self._place.session_log
        if not self._place.shell_access or log is None:
            return
        stack = Stack.of(self)
        # As the L2 of the service writes it.
        place = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group"
        acknowledge_wildcards(
            self.task_definition.task_role,
            {
                f"{place}:{log.log_group_name}:*": "streams of the one log that sessions are written to",
                "*": "actions of Session Manager's channels and DescribeLogGroups take no resource",
            },
        )
