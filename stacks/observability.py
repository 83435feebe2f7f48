"""Alarms and dashboard of a shard."""

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cambium.alarms import Alarms
from cambium.dashboard import Dashboard
from cambium.event_notices import EventNotices
from cambium.fargate_service import FargateService
from cambium.host_alarms import watch_host, watch_snapshots
from cambium.json_log_signals import JsonLogSignals
from cambium.notifications import Notifications
from cambium.pool_alarms import watch_pool
from cambium.queue_alarms import watch_queue
from cambium.recovery_alarms import watch_backup, watch_drill, watch_restorable_time
from cambium.routing_alarms import watch_copy, watch_lookup
from cambium.service_metrics import RequestMetrics, ServiceMetrics
from cambium.task_alarms import watch_tasks
from cambium.tenant_alarms import watch_tenants
from config.alarms import Alarms as AlarmsConfig
from config.deployment import Deployment
from config.region import Region, Shard
from stacks.backup import BackupStack
from stacks.base import CambiumStack
from stacks.compute import ComputeStack
from stacks.data import DataStack


class ObservabilityStack(CambiumStack):
    """Watches what the other stacks of the shard built."""

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        region: Region,
        shard: Shard,
        compute: ComputeStack,
        data: DataStack,
        backup: BackupStack | None,
    ) -> None:
        super().__init__(
            scope,
            "observability",
            deployment=deployment,
            region=region,
            shard=shard,
            description="Alarms, who hears them, and the dashboard",
        )
        self._prefix = deployment.stack_name("", region, shard).removesuffix("-")
        self._region = region
        self._first_of_region = shard == region.shards[0]
        self._topic_name = deployment.topic_name(region, shard)
        self._data, self._pooling, self._firewall = data, compute.pooling, compute.firewall
        self._host, self._backup = compute.host, backup
        metrics = {name: service.metrics for name, service in compute.services.items()}
        self._signals = self._define_signals(compute)
        dashboard = Dashboard(self, "Dashboard", name=self._prefix)
        if isinstance(deployment.environment.alarms, AlarmsConfig):
            dashboard.show_alarms(
                self._define_alarms(
                    deployment.environment.alarms,
                    metrics,
                    compute.platform.front_door_errors if compute.platform else None,
                )
            )
        self._show(dashboard, compute)

    def _show(self, dashboard: Dashboard, compute: ComputeStack) -> None:
        metrics = {name: service.metrics for name, service in compute.services.items()}
        if metrics:
            dashboard.show_services(metrics)
        if self._signals is not None:
            dashboard.show_logs(self._signals)
        if compute.host:
            system = self.deployment.system
            dashboard.show_host(compute.host.machine, namespace=compute.host.namespace, system=system)
        self._show_stores(dashboard)

    def _show_stores(self, dashboard: Dashboard) -> None:
        if self._data.database:
            dashboard.show_database(self._data.database)
        if self._pooling:
            dashboard.show_pool(self._pooling.pool)
        if self._data.cache:
            dashboard.show_cache(self._data.cache)
        if self._data.queues:
            dashboard.show_queues(self._data.queues)

    def _define_signals(self, compute: ComputeStack) -> JsonLogSignals | None:
        config = self.deployment.json_logs
        if config is None:
            return None
        groups = {
            name: service.log_group
            for name, service in compute.services.items()
            if isinstance(service, FargateService)
        }
        return JsonLogSignals(
            self,
            "LogSignals",
            name=self._prefix,
            log_groups=groups,
            correlated={service.name for service in self.deployment.services if service.image is None},
            config=config,
        )

    def _define_alarms(
        self,
        config: AlarmsConfig,
        metrics: Mapping[str, ServiceMetrics],
        front_door: cloudwatch.IMetric | None,
    ) -> list[cloudwatch.Alarm]:
        notifications = Notifications(self, "Notifications", name=self._topic_name, config=config)
        if self._first_of_region:
            # Events are those of the whole region, so one shard passes them on.
            EventNotices(self, "Notices", topic=notifications.topic)
        alarms = Alarms(
            self,
            "Alarms",
            prefix=self._prefix,
            action=notifications.action,
            runbook_url=self.deployment.runbook_url,
        )
        self._watch_services(alarms, metrics)
        self._watch_stores(alarms)
        self._watch_recovery(alarms)
        if front_door is not None:
            alarms.watch_front_door(front_door)
        if self._firewall is not None:
            self._firewall.define_alarms(alarms)
        self._watch_host(alarms)
        if self._first_of_region:
            self._watch_way_out(alarms)
            self._watch_routing(alarms)
            self._watch_tenants(alarms)
        return alarms.alarms

    def _watch_services(self, alarms: Alarms, metrics: Mapping[str, ServiceMetrics]) -> None:
        least = {service.name: service.scaling.min for service in self.deployment.services}
        for name, service in metrics.items():
            if isinstance(service, RequestMetrics):
                alarms.watch_service(name, service)
            else:
                watch_tasks(alarms, name, service, least=least[name])
        if self._signals is not None:
            self._signals.define_alarms(alarms)

    def _watch_stores(self, alarms: Alarms) -> None:
        if self._data.database:
            self._data.database.define_alarms(alarms)
        if self._data.cache:
            alarms.watch_cache(self._data.cache)
        if self._pooling and self.deployment.pool:
            watch_pool(alarms, self._pooling.pool, self.deployment.pool, probed=self._pooling.probed)
        for queue in self.deployment.queues:
            watch_queue(alarms, self._data.queues[queue.name], queue)

    def _watch_host(self, alarms: Alarms) -> None:
        if self._host is not None:
            system = self.deployment.system
            watch_host(alarms, self._host.machine, namespace=self._host.namespace, system=system)
        if self._data.data_volume is not None:
            watch_snapshots(alarms, self._data.data_volume.plan)

    def _watch_routing(self, alarms: Alarms) -> None:
        if self.deployment.routing is None:
            return
        watch_lookup(alarms, self.deployment.stack_name("lookup", self._region))
        for other in self.deployment.regions[1:] if self._region == self.deployment.home else ():
            watch_copy(alarms, self.deployment.routing_table_name, other.name)

    def _watch_tenants(self, alarms: Alarms) -> None:
        # As in stacks/composition.py: beside shard one, where the phase has such a tier.
        if self.deployment.tenants is not None:
            watch_tenants(alarms, self.deployment.stack_name("tenants", self._region))

    def _watch_recovery(self, alarms: Alarms) -> None:
        for dump, watched in self._backup.watched.items() if self._backup else ():
            watch_backup(alarms, dump, watched.backup)
            if watched.records and self.deployment.recovery:
                days = self.deployment.recovery.drill_days
                watch_drill(alarms, dump, watched.backup, drill_days=days)
        if self._backup and self._backup.restorable and self.deployment.recovery:
            watch_restorable_time(alarms, self._backup.restorable.name, self.deployment.recovery)

    def _watch_way_out(self, alarms: Alarms) -> None:
        nat_instance = self._data.network.network.nat_instance
        if nat_instance is not None:
            alarms.watch_nat_instance(nat_instance)
