"""What every kind of service can be asked: one vocabulary for alarms and dashboards."""

from abc import ABC, abstractmethod

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch


class ServiceMetrics(ABC):
    """Metrics of a service, whatever runs it, and whether or not anybody calls it."""

    @property
    @abstractmethod
    def instances(self) -> cloudwatch.IMetric:
        """Instances that are running."""

    @property
    @abstractmethod
    def cpu_percent(self) -> cloudwatch.IMetric:
        """CPU in use."""

    @property
    @abstractmethod
    def memory_percent(self) -> cloudwatch.IMetric:
        """Memory in use."""


class RequestMetrics(ServiceMetrics):
    """Metrics of a service behind a front door, which counts what is asked and answered."""

    @property
    @abstractmethod
    def requests(self) -> cloudwatch.IMetric:
        """Requests per minute."""

    @property
    @abstractmethod
    def server_errors(self) -> cloudwatch.IMetric:
        """Responses with a 5xx status per minute."""

    @property
    @abstractmethod
    def client_errors(self) -> cloudwatch.IMetric:
        """Responses with a 4xx status per minute."""

    @abstractmethod
    def latency_ms(self, statistic: str) -> cloudwatch.IMetric:
        """Response time in milliseconds, for a statistic such as ``p99``."""


def error_percent(metrics: RequestMetrics, *, label: str, ids: str = "") -> cloudwatch.MathExpression:
    """5xx responses as a percentage of all; ``ids`` tells several in one graph apart."""
    return cloudwatch.MathExpression(
        expression=f"IF(requests{ids} > 0, 100 * errors{ids} / requests{ids}, 0)",
        using_metrics={f"requests{ids}": metrics.requests, f"errors{ids}": metrics.server_errors},
        label=label,
        period=Duration.minutes(1),
    )
