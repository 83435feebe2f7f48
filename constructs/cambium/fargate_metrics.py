"""What ECS and the load balancer publish about a service on Fargate."""

from typing import Protocol

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb

from cambium.service_metrics import RequestMetrics, ServiceMetrics
from config.watching import ContainerInsights, NoContainerInsights


class NamedLoadBalancer(Protocol):
    """A load balancer of this stack, or of another by its names."""

    @property
    def load_balancer_dns_name(self) -> str:
        """Where requests arrive."""

    @property
    def load_balancer_full_name(self) -> str:
        """As its metrics are named."""


class TaskMetrics(ServiceMetrics):
    """A service that no load balancer knows: only its tasks can be counted."""

    def __init__(self, service: ecs.FargateService, insights: ContainerInsights) -> None:
        self._service, self._insights = service, insights

    @property
    def instances(self) -> cloudwatch.IMetric:
        """Tasks that run."""
        return running_tasks(self._service, self._insights)

    @property
    def cpu_percent(self) -> cloudwatch.IMetric:
        """CPU, averaged over the tasks."""
        return self._service.metric_cpu_utilization(period=Duration.minutes(1))

    @property
    def memory_percent(self) -> cloudwatch.IMetric:
        """Memory, averaged over the tasks."""
        return self._service.metric_memory_utilization(period=Duration.minutes(1))


def running_tasks(service: ecs.FargateService, insights: ContainerInsights) -> cloudwatch.Metric:
    """Tasks of ``service`` that run: by Container Insights, or without it by how many report their CPU.

    Each task reports once a minute, so AWS counts tasks by the samples too ("Service RUNNING task count").
    """
    if isinstance(insights, NoContainerInsights):
        return service.metric_cpu_utilization(statistic="SampleCount", period=Duration.minutes(1))
    return cloudwatch.Metric(
        namespace="ECS/ContainerInsights",
        metric_name="RunningTaskCount",
        dimensions_map={"ClusterName": service.cluster.cluster_name, "ServiceName": service.service_name},
        statistic="Average",
        period=Duration.minutes(1),
    )


class DoorMetrics(TaskMetrics, RequestMetrics):
    """A service behind a load balancer, which counts requests, answers and healthy tasks."""

    def __init__(
        self,
        *,
        service: ecs.FargateService,
        target: elb.ApplicationTargetGroup,
        load_balancer: NamedLoadBalancer,
        insights: ContainerInsights,
    ) -> None:
        super().__init__(service, insights)
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

    def _metric(self, name: str, statistic: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/ApplicationELB",
            metric_name=name,
            dimensions_map=self._dimensions,
            statistic=statistic,
            period=Duration.minutes(1),
        )
