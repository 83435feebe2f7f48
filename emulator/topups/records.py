"""Properties that only fit into MiniStack's own records, because its API ignores them too."""

from collections.abc import Mapping
from typing import Any

from ministack.services import cloudwatch, ecs, secretsmanager

from emulator.poolers.tasks import PoolerTasks
from emulator.resources.base import Attributes, Properties
from emulator.topups.base import TopUp
from emulator.topups.private_names import PrivateNames


class EcsService(TopUp):
    """The service discovery registries of an ECS service, and whether its poolers could be started.

    Names lead to poolers, the only tasks that run here. Cloud Map's own list of instances stays empty.
    """

    type_name = "AWS::ECS::Service"

    def __init__(self, poolers: PoolerTasks, names: PrivateNames) -> None:
        self._poolers, self._names = poolers, names

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Complete the record; fail as the circuit breaker of ECS does."""
        registries = [_lower_camel(item) for item in properties.get("ServiceRegistries", [])]
        for service in ecs._services.values():
            if service["serviceArn"] == physical_id:
                service["serviceRegistries"] = registries
                failure = self._poolers.failure(service)
                if failure:
                    raise ValueError(f"{service['serviceName']} has not reached a steady state: {failure}")
                for registry in registries:
                    self._lead(registry["registryArn"], service)
        return {}

    def _lead(self, registry_arn: str, service: Mapping[str, Any]) -> None:
        port = self._poolers.told_port(service)
        if port is not None:
            self._names.lead(registry_arn.rpartition("/")[2], port, self._poolers.places_of(service))


def _lower_camel(registry: dict[str, Any]) -> dict[str, Any]:
    names = {"RegistryArn": "registryArn", "ContainerName": "containerName"}
    numbers = {"ContainerPort": "containerPort", "Port": "port"}
    return {names[key]: value for key, value in registry.items() if key in names} | {
        numbers[key]: int(value) for key, value in registry.items() if key in numbers
    }


class SecretWithoutValue(TopUp):
    """A secret whose template gives it no value has no version on AWS; MiniStack stores an empty one."""

    type_name = "AWS::SecretsManager::Secret"

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Remove the empty version; a value that was stored since stays."""
        versions = secretsmanager._secrets[physical_id]["Versions"]
        for version_id in [key for key, version in versions.items() if version["SecretString"] == ""]:
            del versions[version_id]
        return {}


class MetricMathAlarm(TopUp):
    """Alarms over several metrics; such an alarm is a record and never changes state.

    MiniStack refuses them, so it is given a metric that does not exist, and the record then gets
    the expressions in its place.
    """

    type_name = "AWS::CloudWatch::Alarm"

    def prepare(self, properties: Properties) -> Properties:
        """Hide the expressions from MiniStack."""
        if not properties.get("Metrics"):
            return properties
        stand_in = {"MetricName": "-", "Namespace": "-", "Threshold": 0}
        return {**stand_in, **{key: properties[key] for key in properties if key != "Metrics"}}

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Put the expressions into the record."""
        if properties.get("Metrics"):
            record = cloudwatch._alarms[physical_id]
            record["Metrics"] = [_typed(query) for query in properties["Metrics"]]
            for name in ("MetricName", "Namespace", "Statistic", "Period"):
                record.pop(name)
            if properties.get("ThresholdMetricId"):
                record["ThresholdMetricId"] = properties["ThresholdMetricId"]
                record.pop("Threshold")
        return {}


def _typed(query: dict[str, Any]) -> dict[str, Any]:
    typed = dict(query)
    if "ReturnData" in typed:
        typed["ReturnData"] = str(typed["ReturnData"]).lower() == "true"
    if "Period" in typed:
        typed["Period"] = int(typed["Period"])
    if "MetricStat" in typed:
        typed["MetricStat"] = {**typed["MetricStat"], "Period": int(typed["MetricStat"]["Period"])}
    return typed
