"""One page that shows whether the product is well."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cambium.cache import Cache
from cambium.connection_pool import ConnectionPool
from cambium.host_alarms import host_metric
from cambium.job_queue import JobQueue
from cambium.json_log_signals import JsonLogSignals
from cambium.postgres_database import PostgresDatabase
from cambium.service_metrics import RequestMetrics, ServiceMetrics, error_percent
from cambium.single_host import SingleHost

WIDTH = 24


class Dashboard(Construct):
    """Requests, errors, latency, instances, CPU and memory of each service; then database, pool and cache.

    Attributes:
        dashboard: The CloudWatch dashboard.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(scope, construct_id)
        self.dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=name)

    def show_alarms(self, alarms: Sequence[cloudwatch.IAlarm]) -> None:
        """A lamp per alarm."""
        self.dashboard.add_widgets(
            cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=WIDTH, height=3)
        )

    def show_services(self, services: Mapping[str, ServiceMetrics]) -> None:
        """Load of the services, and traffic of those that somebody calls from outside."""
        called = {name: one for name, one in services.items() if isinstance(one, RequestMetrics)}
        rates = [
            error_percent(metrics, label=name, ids=f"{number}")
            for number, (name, metrics) in enumerate(called.items())
        ]
        self._row(
            _graph("Requests per minute", [metrics.requests for metrics in called.values()]),
            _graph("Error rate: 5xx of all (%)", rates),
            _graph("Active instances", [metrics.instances for metrics in services.values()]),
            _graph("Client errors: 4xx per minute", [metrics.client_errors for metrics in called.values()]),
        )
        for name, metrics in services.items():
            self._row(
                *_response_times(name, metrics),
                _graph(f"{name}: CPU (%)", [metrics.cpu_percent]),
                _graph(f"{name}: memory (%)", [metrics.memory_percent]),
            )

    def show_logs(self, signals: JsonLogSignals) -> None:
        """What lines of JSON tell."""
        graphs = [_graph("Logs: errors in 5 minutes", list(signals.errors.values()))]
        if signals.uncorrelated is not None:
            graphs.append(_graph("Logs: lines without a correlation id", [signals.uncorrelated]))
        self._row(*graphs)

    def show_host(self, host: SingleHost, *, namespace: str, system: str) -> None:
        """Load of a single host."""
        disks = [
            host_metric(namespace, system, "disk_used_percent", "Maximum", path=path, fstype="xfs")
            for path in ("/", "/data")
        ]
        self._row(
            _graph("Host: CPU (%)", [host.metric("CPUUtilization", "Average", minutes=5)]),
            _graph("Host: CPU credits", [host.metric("CPUCreditBalance", "Minimum", minutes=5)]),
            _graph("Host: memory (%)", [host_metric(namespace, system, "mem_used_percent", "Maximum")]),
            _graph("Host: disks (%)", disks),
        )

    def show_queues(self, queues: Mapping[str, JobQueue]) -> None:
        """What waits, how long, and what has failed."""
        self._row(
            _graph("Queues: messages that wait", [queue.waiting for queue in queues.values()]),
            _graph("Queues: age of the oldest (s)", [queue.oldest_seconds for queue in queues.values()]),
            _graph("Queues: failed for good", [queue.failed_waiting for queue in queues.values()]),
        )

    def show_database(self, database: PostgresDatabase) -> None:
        """Load of the database."""
        self._row(*(_graph(title, metrics) for title, metrics in database.graphs().items()))

    def show_pool(self, pool: ConnectionPool) -> None:
        """Load of the connection pool."""
        self._row(*(_graph(title, metrics) for title, metrics in pool.graphs().items()))

    def show_cache(self, cache: Cache) -> None:
        """Load of the cache."""
        self._row(
            _graph("Cache: memory (%)", [cache.metric("DatabaseMemoryUsagePercentage", "Maximum")]),
            _graph("Cache: connections", [cache.metric("CurrConnections", "Maximum")]),
            _graph(
                "Cache: hits and misses",
                [cache.metric("CacheHits", "Sum"), cache.metric("CacheMisses", "Sum")],
            ),
            # The engine has one thread: of a node with two processors it can use half.
            _graph("Cache: CPU of the engine (%)", [cache.metric("EngineCPUUtilization", "Maximum")]),
        )
        self._row(
            _graph(
                "Cache: network (bytes per minute)",
                [cache.metric("NetworkBytesIn", "Sum"), cache.metric("NetworkBytesOut", "Sum")],
            )
        )

    def _row(self, *widgets: cloudwatch.GraphWidget) -> None:
        self.dashboard.add_widgets(*widgets)


def _response_times(name: str, metrics: ServiceMetrics) -> list[cloudwatch.GraphWidget]:
    if not isinstance(metrics, RequestMetrics):
        return []
    times = [metrics.latency_ms(statistic) for statistic in ("p50", "p95", "p99")]
    return [_graph(f"{name}: response time (ms)", times)]


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=6, height=6)
