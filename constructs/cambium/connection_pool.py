"""pgbouncer on Fargate: many clients, few server connections, and no tenant that sees another's rows."""

import json
from collections.abc import Mapping, Sequence

import jsii
from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.connection_pool_door import ConnectionPoolDoor
from cambium.connection_pool_settings import Upstream, host_variable, settings
from cambium.lambda_code import ROOT
from cambium.rollout import ecs_rollout
from cambium.task_container import Liveness, SecretValue, TaskContainer
from cambium.task_definition import define_task
from config.pool import ConnectionPool as PoolConfig
from config.service import LONGEST_STOP_SECONDS

METRICS = "Cambium/ConnectionPool"
OPEN_FILES = 65535
"""A client and a server connection are a file each, and the usual 1024 leave queued clients hanging."""


@jsii.implements(ec2.IConnectable)
class ConnectionPool(Construct):
    """pgbouncer tasks in transaction mode, spread over the zones, behind a ``ConnectionPoolDoor``.

    A session belongs to no client here: what a client sets outlives its transaction and meets the next one.
    Tenants are therefore set with ``SET LOCAL``, advisory locks taken per transaction, and migrations go to
    the database directly.

    The settings of pgbouncer, with the reason of each, are in ``runtime/pgbouncer``.

    Attributes:
        name: Its physical name; its metrics carry it.
        service: The ECS service.
        task_definition: Its task definition.
        log_group: Where the poolers say what they refuse.
        rollout: How its tasks are replaced, so that they read its credentials again.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        cluster: ecs.ICluster,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        door: ConnectionPoolDoor,
        upstreams: Mapping[str, Upstream],
        credentials: secretsmanager.ISecret,
        credentials_version: str | None,
        revision: str,
        log_days: int,
        config: PoolConfig,
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = name
        self._door = door
        self.task_definition = define_task(
            self,
            family=name,
            cpu=config.cpu,
            memory_mib=config.memory_mib,
            log_days=log_days,
            containers=[
                TaskContainer(
                    name="pgbouncer",
                    image=ecs.ContainerImage.from_docker_image_asset(_image(self)),
                    port=config.port,
                    environment={
                        "POOL_SETTINGS": json.dumps(settings(name, config, upstreams)),
                        **{host_variable(alias): one.host for alias, one in upstreams.items()},
                        # Changes the text of the template, so that the CLI looks at this stack at all.
                        "CREDENTIALS_REVISION": revision,
                    },
                    secrets={
                        # An exact version: other passwords are another task definition, which rolls the pool.
                        # Whatever is current where passwords rotate: there the rotation replaces the tasks.
                        "POOL_CREDENTIALS": SecretValue(secret=credentials, version_id=credentials_version)
                    },
                    liveness=Liveness(command=("CMD", "python", "-m", "pgbouncer.alive"), start_seconds=15),
                    # A pooler leaves by itself before that.
                    stop_seconds=LONGEST_STOP_SECONDS,
                    open_files=OPEN_FILES,
                    reaps_processes=True,
                )
            ],
        )
        log_group = self.node.find_child("Logs")
        assert isinstance(log_group, logs.LogGroup)  # noqa: S101 - narrows jsii's type
        self.log_group = log_group
        acknowledge(
            self.task_definition,
            {"AwsSolutions-IAM5[Resource::*]": "ecr:GetAuthorizationToken takes no resource"},
        )
        self.service = ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            service_name=name,
            task_definition=self.task_definition,
            desired_count=config.tasks,
            vpc_subnets=subnets,
            security_groups=[security_group],
            assign_public_ip=False,
            # The budget of connections counts old and new tasks at once.
            min_healthy_percent=100,
            max_healthy_percent=200,
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.ENABLED,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            # Never Spot: two minutes' notice is less than its clients may need.
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(capacity_provider="FARGATE", weight=1)
            ],
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            health_check_grace_period=Duration.seconds(door.grace_seconds) if door.grace_seconds else None,
        )
        # Includes the capacity providers of the cluster, which CDK adds beside it without an order.
        self.service.node.add_dependency(cluster)
        # ECS starts tasks at once, and they need what this role may do.
        self.service.node.add_dependency(self.task_definition.obtain_execution_role())
        self.rollout = ecs_rollout(
            cluster_name=cluster.cluster_name, cluster_arn=cluster.cluster_arn, service=name
        )
        door.admit(self.service)

    @property
    def connections(self) -> ec2.Connections:
        """Network rules of the tasks."""
        return self.service.connections

    @property
    def host(self) -> str:
        """The name clients connect to."""
        return self._door.host

    @property
    def port(self) -> int:
        """The port clients connect to."""
        return self._door.port

    @property
    def healthy_poolers(self) -> cloudwatch.IMetric:
        """Poolers that accept connections: by their door, or else by how many report each minute."""
        return self._door.healthy_poolers or self.metric("ClientConnections", "SampleCount")

    @property
    def cpu_percent(self) -> cloudwatch.IMetric:
        """CPU, averaged over the poolers."""
        return self.service.metric_cpu_utilization(period=Duration.minutes(1))

    def graphs(self) -> Mapping[str, Sequence[cloudwatch.IMetric]]:
        """Four graphs for the dashboard, by what is written above each."""
        return {
            "Pool: clients that wait": [self.metric("ClientsWaiting")],
            "Pool: longest wait (s)": [self.metric("LongestWait")],
            "Pool: clients of a pooler": [self.metric("ClientConnections")],
            "Pool: connections to the database": [self.metric("ServerConnections")],
        }

    def metric(self, name: str, statistic: str = "Maximum") -> cloudwatch.Metric:
        """A number every pooler reports each minute, such as ``ClientsWaiting``."""
        return cloudwatch.Metric(
            namespace=METRICS,
            metric_name=name,
            dimensions_map={"Pool": self.name},
            statistic=statistic,
            period=Duration.minutes(1),
        )


def _image(scope: Construct) -> ecr_assets.DockerImageAsset:
    return ecr_assets.DockerImageAsset(
        scope,
        "Image",
        directory=str(ROOT / "runtime" / "pgbouncer"),
        platform=ecr_assets.Platform.LINUX_ARM64,
        exclude=["**/__pycache__"],
        asset_name="pgbouncer",
    )
