"""Alarms and dashboard of a shard."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cambium.alarms import Alarms
from cambium.dashboard import Dashboard
from cambium.notifications import Notifications
from config.alarms import Alarms as AlarmsConfig
from config.database import Database as DatabaseConfig
from config.deployment import Deployment
from config.region import Region, Shard
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
    ) -> None:
        super().__init__(
            scope,
            "observability",
            deployment=deployment,
            region=region,
            shard=shard,
            description="Alarms, who hears them, and the dashboard",
        )
        prefix = deployment.stack_name("", region, shard).removesuffix("-")
        metrics = {name: service.metrics for name, service in compute.services.items()}
        dashboard = Dashboard(self, "Dashboard", name=prefix)
        if isinstance(deployment.environment.alarms, AlarmsConfig):
            notifications = Notifications(
                self, "Notifications", name=prefix, config=deployment.environment.alarms
            )
            alarms = Alarms(
                self,
                "Alarms",
                prefix=prefix,
                action=notifications.action,
                runbook_url=deployment.runbook_url,
            )
            for name, service in metrics.items():
                alarms.watch_service(name, service)
            if data.database and isinstance(deployment.database, DatabaseConfig):
                alarms.watch_database(data.database, deployment.database)
            if data.cache:
                alarms.watch_cache(data.cache)
            shown: list[cloudwatch.IAlarm] = list(alarms.alarms)
            dashboard.show_alarms(shown)
        dashboard.show_services(metrics)
        if data.database:
            dashboard.show_database(data.database)
        if data.cache:
            dashboard.show_cache(data.cache)
