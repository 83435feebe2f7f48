"""A worker on Fargate: no listener, so nothing leads to it."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cambium.service_container import service_container
from cambium.task_definition import define_task
from cambium.web_service import ContainerSpec, Worker


class FargateWorker(Worker):
    """One ECS service without a load balancer.

    A worker of which there is one is ended before the next begins: two schedulers at once would do everything
    twice. It has as many tasks as ``scaling.min`` says, and no scaling: ECS knows nothing of its work.

    Attributes:
        service: The ECS service.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        spec: ContainerSpec,
        cluster: ecs.ICluster,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        shell_access: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        bounds = spec.service.scaling
        alone = bounds.max == 1
        task = define_task(
            self,
            family=spec.name,
            cpu=spec.service.cpu,
            memory_mib=spec.service.memory_mib,
            log_days=spec.log_days,
            containers=[service_container(spec)],
        )
        self.service = ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            service_name=spec.name,
            task_definition=task,
            desired_count=bounds.min,
            vpc_subnets=subnets,
            security_groups=[security_group],
            assign_public_ip=False,
            min_healthy_percent=0 if alone else 100,
            max_healthy_percent=100 if alone else bounds.rollout_percent,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(
                    capacity_provider="FARGATE_SPOT" if spec.service.spot else "FARGATE", weight=1
                )
            ],
            enable_execute_command=shell_access,
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )
        self.service.node.add_dependency(cluster)
        self.service.node.add_dependency(task.obtain_execution_role())
        self.role = task.task_role
        self.least = bounds.min
        # As Container Insights counts them.
        self.running = cloudwatch.Metric(
            namespace="ECS/ContainerInsights",
            metric_name="RunningTaskCount",
            dimensions_map={
                "ClusterName": cluster.cluster_name,
                "ServiceName": self.service.service_name,
            },
            statistic="Minimum",
            period=Duration.minutes(1),
        )
