"""A web ACL: rules of AWS and of our own, each of which blocks or counts."""

from collections.abc import Sequence
from typing import Literal

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from cambium.alarms import Alarms
from cambium.firewall_log import FirewallLog
from cambium.firewall_rules import WINDOW_SECONDS, rules, visibility
from config.firewall import Firewall as FirewallConfig

Reach = Literal["CLOUDFRONT", "REGIONAL"]


class Firewall(Construct):
    """A web ACL that lets through what no rule stops, and records what one did.

    With reach ``CLOUDFRONT`` its stack must be in us-east-1. It filters nothing until it is attached: a
    distribution names its ARN, a load balancer is given to ``protect``. It opens and closes no port.

    Attributes:
        arn: For a distribution.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        reach: Reach,
        config: FirewallConfig,
        unlimited_hosts: Sequence[str] = (),
    ) -> None:
        """Make it.

        Args:
            scope: Where.
            construct_id: Its id.
            name: Its name, by which people find it, and that of its metrics.
            reach: What it can stand before.
            config: What it refuses.
            unlimited_hosts: Hosts whose requests arrive through CloudFront, so from few addresses: the
                firewall there limits each visitor, and this one would stop all of them at once.
        """
        super().__init__(scope, construct_id)
        self._name, self._reach, self._config = name, reach, config
        acl = waf.CfnWebACL(
            self,
            "WebAcl",
            name=name,
            scope=reach,
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=visibility(name),
            rules=rules(config, metric=name, unlimited_hosts=unlimited_hosts),
        )
        self.arn = acl.attr_arn
        FirewallLog(self, "Log", name=name, web_acl_arn=self.arn, days=config.log_days)

    def protect(self, construct_id: str, load_balancer_arn: str) -> None:
        """Stand before a load balancer."""
        waf.CfnWebACLAssociation(self, construct_id, resource_arn=load_balancer_arn, web_acl_arn=self.arn)

    @property
    def blocked(self) -> cloudwatch.Metric:
        """Requests blocked in 5 minutes."""
        # Before CloudFront the metric has no region, and is in us-east-1.
        place = {"Region": Stack.of(self).region} if self._reach == "REGIONAL" else {}
        return cloudwatch.Metric(
            namespace="AWS/WAFV2",
            metric_name="BlockedRequests",
            dimensions_map={"WebACL": self._name, "Rule": "ALL", **place},
            statistic="Sum",
            period=Duration.seconds(WINDOW_SECONDS),
        )

    def define_alarms(self, alarms: Alarms) -> None:
        """Whether it suddenly blocks many: an attack, or a release it does not understand."""
        most = self._config.alarm_blocked_per_5_minutes
        place = "CloudFront" if self._reach == "CLOUDFRONT" else "the load balancer"
        alarms.define(
            "FirewallBlocks",
            name="firewall-blocks",
            metric=self.blocked,
            threshold=most,
            periods=1,
            what=f"The firewall before {place} blocked more than {most} requests in 5 minutes",
            do="see which rule in its log: if it stops visitors, let that rule only count",
            runbook="firewall-blocks",
        )
