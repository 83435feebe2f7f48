"""What AWS shows in us-east-1 only: the bill, and health as seen from outside."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cambium.alarms import Alarms
from cambium.budget import Budget
from cambium.firewall import Firewall
from cambium.notifications import Notifications
from cambium.outside_view import FAILURES, OutsideView
from cambium.slack_channel import SlackChannel
from config.alarms import Alarms as AlarmsConfig
from config.deployment import GLOBAL_REGION, Deployment
from config.hosts import is_asked, outside_hosts
from config.names import shard_host, words
from config.watching import OutsideChecks
from stacks.base import CambiumStack


class GlobalStack(CambiumStack):
    """The budget; and where somebody is to be told, an alarm on the bill and on each public host's health.

    The firewall before CloudFront counts in this region too, so its alarm is here.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment, firewall: Firewall | None = None) -> None:
        super().__init__(
            scope,
            "global",
            deployment=deployment,
            region_name=GLOBAL_REGION,
            description="Budget, bill, and health as visitors see it",
        )
        watching = deployment.environment.alarms
        told = watching.emails if isinstance(watching, AlarmsConfig) else ()
        prefix = deployment.stack_name("").removesuffix("-")
        Budget(self, "Budget", monthly_usd=deployment.monthly_budget_usd, emails=told)
        if isinstance(watching, AlarmsConfig):
            self._watch(watching, prefix)
            if firewall is not None:
                firewall.define_alarms(self._alarms)

    def _watch(self, watching: AlarmsConfig, prefix: str) -> None:
        deployment = self.deployment
        notifications = Notifications(self, "Notifications", name=deployment.topic_name(), config=watching)
        self._alarms = Alarms(
            self, "Alarms", prefix=prefix, action=notifications.action, runbook_url=deployment.runbook_url
        )
        if watching.slack is not None:
            SlackChannel(
                self,
                "Slack",
                name=prefix,
                topic_arns=list(deployment.topic_arns()),
                config=watching.slack,
            )
        self._watch_bill(deployment.monthly_budget_usd)
        checks = deployment.environment.outside_checks
        if isinstance(checks, OutsideChecks):
            self._watch_hosts(checks)

    def _watch_hosts(self, checks: OutsideChecks) -> None:
        deployment = self.deployment
        for service in deployment.services:
            for number, host in enumerate(outside_hosts(deployment, service), start=1):
                name = service.name if number == 1 else f"{service.name}-{number}"
                self._watch_host(name, host, service.health.path, checks)
        if deployment.routing is not None:
            self._watch_shards(checks)

    def _watch_shards(self, checks: OutsideChecks) -> None:
        """Behind the public name stand many; one of them that fails would go unseen."""
        for region, shard in self.deployment.shards():
            for service in self.deployment.services:
                for host in service.hosts[:1] if is_asked(self.deployment, service) else ():
                    name = f"{service.name}-{region.key}-{shard.key}"
                    self._watch_host(name, shard_host(host, region, shard), service.health.path, checks)

    def _watch_bill(self, monthly_usd: int) -> None:
        charges = cloudwatch.Metric(
            namespace="AWS/Billing",
            metric_name="EstimatedCharges",
            dimensions_map={"Currency": "USD"},
            statistic="Maximum",
            # AWS updates the estimate a few times a day.
            period=Duration.hours(6),
        )
        self._alarms.define(
            "MonthlySpend",
            name="monthly-spend",
            metric=charges,
            threshold=monthly_usd,
            periods=1,
            what=f"This month's bill passed {monthly_usd} USD",
            do="open Cost Explorer by service; if growth explains it, raise monthly_budget_usd",
            runbook="monthly-spend",
        )

    def _watch_host(self, name: str, host: str, path: str, checks: OutsideChecks) -> None:
        view = OutsideView(self, f"View{words(name)}", host=host, path=path, config=checks)
        self._alarms.define(
            f"{words(name)}Unhealthy",
            name=f"{name}-unhealthy",
            metric=view.metric,
            threshold=1,
            periods=1,
            comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            missing=cloudwatch.TreatMissingData.BREACHING,
            what=f"https://{host}{path} failed more than {FAILURES} checks in a row from outside",
            do="look at the service's health in the console, then at DNS and certificate",
            runbook="service-unhealthy",
        )
