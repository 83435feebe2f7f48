"""What lines of JSON tell: errors as a metric per service, and every line of one request by a saved query."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from cambium.alarms import Alarms
from config.logs import JsonLogs
from config.names import words


class JsonLogSignals(Construct):
    """A metric filter for each log, and one query over all of them.

    A line that is not JSON counts as nothing: what a crash prints is for the alarms of the service.

    Attributes:
        errors: Lines with an error a minute, by service.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        log_groups: Mapping[str, logs.ILogGroup],
        config: JsonLogs,
    ) -> None:
        super().__init__(scope, construct_id)
        self._config = config
        self.errors = {service: self._count(name, service, group) for service, group in log_groups.items()}
        logs.QueryDefinition(
            self,
            "ByCorrelation",
            query_definition_name=f"{name}/by {config.correlation_key}",
            log_groups=list(log_groups.values()),
            query_string=logs.QueryString(
                fields=["@timestamp", "@log", config.level_key, "@message"],
                filter_statements=[f"{config.correlation_key} = 'paste the id here'"],
                sort="@timestamp asc",
                limit=1000,
            ),
        )

    def define_alarms(self, alarms: Alarms) -> None:
        """Tell somebody when a service writes many errors."""
        most = self._config.alarm_errors_per_5_minutes
        for service, metric in self.errors.items():
            alarms.define(
                f"{words(service)}LogErrors",
                name=f"{service}-log-errors",
                metric=metric,
                threshold=most,
                periods=1,
                what=f"{service} wrote more than {most} errors into its log in 5 minutes",
                do=f"read one, copy its {self._config.correlation_key}, and run the saved query with it",
                runbook="log-errors",
            )

    def _count(self, name: str, service: str, group: logs.ILogGroup) -> cloudwatch.Metric:
        levels = [
            logs.FilterPattern.string_value(f"$.{self._config.level_key}", "=", level)
            for level in self._config.error_levels
        ]
        found = logs.MetricFilter(
            self,
            f"{words(service)}Errors",
            log_group=group,
            filter_pattern=logs.FilterPattern.any(*levels),
            metric_namespace=name,
            metric_name=f"{service}-errors",
            metric_value="1",
            default_value=0,
        )
        return found.metric(statistic="Sum", period=Duration.minutes(5))
