"""A web service on Fargate, on ARM64, behind a load balancer."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_logs as logs
from constructs import Construct

from cambium.service_container import service_container
from cambium.service_metrics import ServiceMetrics
from cambium.task_definition import define_task
from cambium.web_service import ContainerSpec, WebService
from cambium.wildcards import acknowledge_wildcards


class FargateService(WebService):
    """One ECS service that rolls forward without a gap, and back by itself when a release does not start.

    Its task count belongs to auto scaling, so no deployment resets it.

    Attributes:
        service: The ECS service.
        task_definition: Its task definition.
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
        load_balancer: elb.ApplicationLoadBalancer,
        target: elb.ApplicationTargetGroup,
        shell_access: bool,
        session_log: logs.ILogGroup | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._spec = spec
        self.task_definition = define_task(
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
            task_definition=self.task_definition,
            vpc_subnets=subnets,
            security_groups=[security_group],
            assign_public_ip=False,
            min_healthy_percent=100,
            max_healthy_percent=spec.service.scaling.rollout_percent,
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.ENABLED,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(
                    capacity_provider="FARGATE_SPOT" if spec.service.spot else "FARGATE", weight=1
                )
            ],
            enable_execute_command=shell_access,
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            health_check_grace_period=Duration.seconds(spec.service.health.grace_seconds),
        )
        # Includes the capacity providers of the cluster, which CDK adds beside it without an order.
        self.service.node.add_dependency(cluster)
        # ECS starts tasks at once, and they need what this role may do.
        self.service.node.add_dependency(self.task_definition.obtain_execution_role())
        if shell_access and session_log is not None:
            stack = Stack.of(self)
            # As the L2 of the service writes it.
            place = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group"
            streams = f"{place}:{session_log.log_group_name}:*"
            acknowledge_wildcards(
                self.task_definition.task_role,
                {streams: "streams of the one log that sessions are written to"},
            )
        target.add_target(self.service)
        self._scale()
        self.role = self.task_definition.task_role
        self.address = load_balancer.load_balancer_dns_name
        self.metrics = FargateMetrics(service=self.service, target=target, load_balancer=load_balancer)

    def _scale(self) -> None:
        bounds = self._spec.service.scaling
        target = self.service.auto_scale_task_count(min_capacity=bounds.min, max_capacity=bounds.max)
        target.scale_on_cpu_utilization(
            "Cpu",
            target_utilization_percent=bounds.cpu_percent,
            scale_out_cooldown=Duration.seconds(bounds.out_cooldown_seconds),
            scale_in_cooldown=Duration.seconds(bounds.in_cooldown_seconds),
        )


class FargateMetrics(ServiceMetrics):
    """What ECS and the load balancer publish about a service."""

    def __init__(
        self,
        *,
        service: ecs.FargateService,
        target: elb.ApplicationTargetGroup,
        load_balancer: elb.ApplicationLoadBalancer,
    ) -> None:
        self._service = service
        # The L2's own metrics cut the balancer's name out of the listener's ARN, which cfn-lint and a
        # reader cannot follow across stacks.
        self._dimensions = {
            "LoadBalancer": load_balancer.load_balancer_full_name,
            "TargetGroup": target.target_group_full_name,
        }

    @property
    def requests(self) -> cloudwatch.IMetric:
        """Requests per minute."""
        return self._metric("RequestCount", "Sum")

    @property
    def server_errors(self) -> cloudwatch.IMetric:
        """Responses with a 5xx status per minute."""
        return self._metric("HTTPCode_Target_5XX_Count", "Sum")

    @property
    def client_errors(self) -> cloudwatch.IMetric:
        """Responses with a 4xx status per minute."""
        return self._metric("HTTPCode_Target_4XX_Count", "Sum")

    def latency_ms(self, statistic: str) -> cloudwatch.IMetric:
        """Response time in milliseconds; the load balancer counts in seconds."""
        return cloudwatch.MathExpression(
            expression=f"seconds_{statistic} * 1000",
            using_metrics={f"seconds_{statistic}": self._metric("TargetResponseTime", statistic)},
            label=f"{statistic} (ms)",
            period=Duration.minutes(1),
        )

    @property
    def instances(self) -> cloudwatch.IMetric:
        """Tasks the load balancer finds healthy."""
        return self._metric("HealthyHostCount", "Maximum")

    @property
    def cpu_percent(self) -> cloudwatch.IMetric:
        """CPU, averaged over the tasks."""
        return self._service.metric_cpu_utilization(period=Duration.minutes(1))

    @property
    def memory_percent(self) -> cloudwatch.IMetric:
        """Memory, averaged over the tasks."""
        return self._service.metric_memory_utilization(period=Duration.minutes(1))

    def _metric(self, name: str, statistic: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/ApplicationELB",
            metric_name=name,
            dimensions_map=self._dimensions,
            statistic=statistic,
            period=Duration.minutes(1),
        )
