"""What lines of JSON tell: errors of each service, lines that belong to no request, and all lines of one."""

from collections.abc import Collection, Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from cambium.alarms import Alarms
from config.logs import JsonLogs
from config.names import words

UNCORRELATED = "lines-without-correlation"


class JsonLogSignals(Construct):
    """Metric filters for each log, and saved queries over all of them.

    A line that is not JSON counts as nothing: what a crash prints is for the alarms of the service.

    Lines without a correlation id alarm nobody: a service that starts writes some. The dashboard shows them,
    as one metric of all services, because each metric costs; a query tells whose they are.

    Attributes:
        errors: Lines with an error in 5 minutes, by service.
        uncorrelated: Lines without a correlation id in 5 minutes, of all services in ``correlated``; None
            without such.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        log_groups: Mapping[str, logs.ILogGroup],
        correlated: Collection[str],
        config: JsonLogs,
    ) -> None:
        """``correlated`` are the services that pass ids on; an image of somebody else's knows none."""
        super().__init__(scope, construct_id)
        self._config, self._name = config, name
        self.errors = {service: self._count_errors(service, group) for service, group in log_groups.items()}
        ours = {service: group for service, group in log_groups.items() if service in correlated}
        counted = [self._count_uncorrelated(service, group) for service, group in ours.items()]
        # All add to one metric.
        self.uncorrelated = counted[0] if counted else None
        self._save_queries(list(log_groups.values()), list(ours.values()))

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

    def _count_errors(self, service: str, group: logs.ILogGroup) -> cloudwatch.Metric:
        levels = [
            logs.FilterPattern.string_value(f"$.{self._config.level_key}", "=", level)
            for level in self._config.error_levels
        ]
        return self._count(
            f"{words(service)}Errors", group, logs.FilterPattern.any(*levels), metric=f"{service}-errors"
        )

    def _count_uncorrelated(self, service: str, group: logs.ILogGroup) -> cloudwatch.Metric:
        # Only lines with a level are the service's own: what a library prints as JSON is not.
        pattern = logs.FilterPattern.all(
            logs.FilterPattern.exists(f"$.{self._config.level_key}"),
            logs.FilterPattern.not_exists(f"$.{self._config.correlation_key}"),
        )
        return self._count(f"{words(service)}Uncorrelated", group, pattern, metric=UNCORRELATED)

    def _count(
        self, construct_id: str, group: logs.ILogGroup, pattern: logs.IFilterPattern, *, metric: str
    ) -> cloudwatch.Metric:
        found = logs.MetricFilter(
            self,
            construct_id,
            log_group=group,
            filter_pattern=pattern,
            metric_namespace=self._name,
            metric_name=metric,
            metric_value="1",
            default_value=0,
        )
        return found.metric(statistic="Sum", period=Duration.minutes(5))

    def _save_queries(self, every: list[logs.ILogGroup], correlated: list[logs.ILogGroup]) -> None:
        level, key = self._config.level_key, self._config.correlation_key
        logs.QueryDefinition(
            self,
            "ByCorrelation",
            query_definition_name=f"{self._name}/by {key}",
            log_groups=every,
            query_string=logs.QueryString(
                fields=["@timestamp", "@log", level, "@message"],
                filter_statements=[f"{key} = 'paste the id here'"],
                sort="@timestamp asc",
                limit=1000,
            ),
        )
        if correlated:
            logs.QueryDefinition(
                self,
                "Uncorrelated",
                query_definition_name=f"{self._name}/without {key}",
                log_groups=correlated,
                query_string=logs.QueryString(
                    filter_statements=[f"ispresent({level}) and not ispresent({key})"],
                    stats="count(*) as lines, latest(@message) as newest by @log",
                    sort="lines desc",
                ),
            )
