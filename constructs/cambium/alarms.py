"""Alarms that say what to do: thresholds from the configuration, a runbook page each."""

from collections.abc import Callable
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cambium.cache import Cache
from cambium.nat_instance import NatInstance
from cambium.service_metrics import RequestMetrics, error_percent
from config.names import words

ERROR_PERCENT = 1
LATENCY_MS = 1000
FRONT_DOOR_ERRORS = 5
CACHE_MEMORY_PERCENT = 80

ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


class Alarms(Construct):
    """Watches what it is shown, and tells ``action``.

    Names carry ``prefix``, so that a message says which environment and shard it is about.

    Attributes:
        alarms: Every alarm defined so far.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        action: cloudwatch.IAlarmAction,
        runbook_url: Callable[[str], str],
    ) -> None:
        super().__init__(scope, construct_id)
        self._prefix = prefix
        self._action = action
        self._runbook_url = runbook_url
        self.alarms: list[cloudwatch.Alarm] = []

    def watch_service(self, name: str, metrics: RequestMetrics) -> None:
        """Error rate and latency of one service."""
        role = words(name)
        self.define(
            f"{role}Errors",
            name=f"{name}-errors",
            metric=error_percent(metrics, label="5xx (%)"),
            threshold=ERROR_PERCENT,
            periods=5,
            what=f"More than {ERROR_PERCENT} % of the requests to {name} failed for 5 minutes",
            do="read its log; if a release went out just before, go back to the image before it",
            runbook="service-errors",
        )
        self.define(
            f"{role}Latency",
            name=f"{name}-latency",
            metric=metrics.latency_ms("p99"),
            threshold=LATENCY_MS,
            periods=5,
            what=f"1 in 100 requests to {name} took longer than {LATENCY_MS} ms for 5 minutes",
            do="look at database CPU and connections first, then at the number of instances",
            runbook="service-latency",
        )

    def watch_front_door(self, errors: cloudwatch.IMetric) -> None:
        """Errors that the front door gives itself: no service's own metrics show them."""
        self.define(
            "FrontDoorErrors",
            name="front-door-errors",
            metric=errors,
            threshold=FRONT_DOOR_ERRORS,
            periods=3,
            what=f"The load balancer itself failed over {FRONT_DOOR_ERRORS} requests a minute for 3 minutes",
            do="a service has no healthy instance: look at its events and its log",
            runbook="service-unhealthy",
        )

    def watch_cache(self, cache: Cache) -> None:
        """Memory of the cache."""
        self.define(
            "CacheMemory",
            name="cache-memory",
            metric=cache.metric("DatabaseMemoryUsagePercentage", "Maximum"),
            threshold=CACHE_MEMORY_PERCENT,
            periods=10,
            what=f"The cache used more than {CACHE_MEMORY_PERCENT} % of its memory for 10 minutes",
            do="look for keys without expiry; if all are needed, take the next node type",
            runbook="cache-memory",
        )

    def watch_nat_instance(self, nat: NatInstance) -> None:
        """Whether the NAT instance runs and answers AWS's own checks.

        Which machine it is stands in the message, so that this stack is deployed again when the machine is
        replaced, and looks at the new one.
        """
        self.define(
            "NatInstance",
            name="nat-instance",
            metric=nat.failed_checks,
            threshold=0,
            periods=3,
            what=f"The NAT instance ({nat.description}) has failed AWS's checks, or not run, for 3 minutes: "
            "nothing in the private subnets reaches the internet",
            # A machine that is gone says nothing.
            missing=cloudwatch.TreatMissingData.BREACHING,
            do="AWS moves it to other hardware by itself when its own fails; else reboot it",
            runbook="nat-instance",
        )

    def define(
        self,
        construct_id: str,
        *,
        name: str,
        metric: cloudwatch.IMetric,
        threshold: float,
        periods: int,
        what: str,
        do: str,
        runbook: str,
        comparison: cloudwatch.ComparisonOperator = ABOVE,
        missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
        **options: Any,
    ) -> cloudwatch.Alarm:
        """One alarm.

        Args:
            construct_id: Its id.
            name: What follows the prefix in its name.
            metric: What is watched; its period is a minute unless it says otherwise.
            threshold: The last good value.
            periods: For how many periods of the metric in a row it must be bad.
            what: What happened, for the person who is woken.
            do: What to do first.
            runbook: Page in ``docs/runbooks``.
            comparison: Which side of the threshold is bad.
            missing: What silence means.
            options: Anything else the L2 takes.
        """
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            alarm_name=f"{self._prefix}-{name}",
            alarm_description=f"{what}. What to do: {do}. Runbook: {self._runbook_url(runbook)}",
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=comparison,
            treat_missing_data=missing,
            **options,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)
        self.alarms.append(alarm)
        return alarm
