"""Health as a visitor sees it: asked from outside, over the public host name."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53
from constructs import Construct

from config.watching import OutsideChecks

FAILURES = 3
"""So many failed checks in a row are forgiven; one more is an alarm."""


class OutsideView(Construct):
    """A Route 53 health check of one host. Its metric exists in us-east-1 only, so it lives there.

    Attributes:
        health_check: The health check.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, host: str, path: str, config: OutsideChecks
    ) -> None:
        super().__init__(scope, construct_id)
        self.health_check = route53.CfnHealthCheck(
            self,
            "HealthCheck",
            health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
                type="HTTPS",
                fully_qualified_domain_name=host,
                port=443,
                resource_path=path,
                request_interval=config.interval_seconds,
                failure_threshold=FAILURES + 1,
                enable_sni=True,
                measure_latency=False,
            ),
        )

    @property
    def metric(self) -> cloudwatch.Metric:
        """1 while the host is healthy, 0 after more than ``FAILURES`` failed checks in a row."""
        return cloudwatch.Metric(
            namespace="AWS/Route53",
            metric_name="HealthCheckStatus",
            dimensions_map={"HealthCheckId": self.health_check.attr_health_check_id},
            statistic="Minimum",
            period=Duration.minutes(1),
        )
