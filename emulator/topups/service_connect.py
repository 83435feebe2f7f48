"""ECS Service Connect: the names of services in Cloud Map, and what ECS refuses about a service."""

from collections.abc import Mapping
from typing import Any

from ministack.services import ecs

from emulator.conform import conform
from emulator.loopback import api
from emulator.resources.base import Attributes, Properties
from emulator.topups.base import TopUp

CONFIGURATION = "ServiceConnectConfiguration"


class ServiceConnect(TopUp):
    """Makes a Cloud Map service for each name, as ECS does; no proxy runs, so no name can be called.

    The names go with the service. A namespace that still has one cannot be deleted, as on AWS.
    """

    type_name = "AWS::ECS::Service"

    def prepare(self, properties: Properties) -> Properties:
        """Refuse what ECS refuses and MiniStack takes."""
        if properties.get("HealthCheckGracePeriodSeconds") is not None and not properties.get(
            "LoadBalancers"
        ):
            raise ValueError(
                "Health check grace period is only valid for services configured to use load balancers"
            )
        most = int((properties.get("DeploymentConfiguration") or {}).get("MaximumPercent", 200))
        if properties.get("AvailabilityZoneRebalancing") == "ENABLED" and most <= 100:
            raise ValueError("availabilityZoneRebalancing needs a maximumPercent above 100")
        return properties

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Put the configuration into the record, and its names into the namespace."""
        configuration = properties.get(CONFIGURATION)
        (record,) = (one for one in ecs._services.values() if one["serviceArn"] == physical_id)
        if configuration is None:
            return {}
        namespace = _namespace(configuration)
        known = {one["Name"]: one for one in _services(namespace)}
        resources = []
        for name in _names(configuration):
            made = known.get(name) or api("servicediscovery").create_service(
                Name=name, NamespaceId=namespace, Type="HTTP"
            ).get("Service")
            resources.append({"discoveryName": name, "discoveryArn": made["Arn"]})
        record["deployments"][0] |= {
            "serviceConnectConfiguration": _told(configuration),
            "serviceConnectResources": resources,
        }
        return {}

    def before_update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Take names away that the service no longer has."""
        if old.get(CONFIGURATION):
            kept = set(_names(new.get(CONFIGURATION) or {}))
            _forget(old[CONFIGURATION], set(_names(old[CONFIGURATION])) - kept)

    def after_delete(self, physical_id: str, properties: Properties) -> None:
        """Take its names away."""
        if properties.get(CONFIGURATION):
            _forget(properties[CONFIGURATION], set(_names(properties[CONFIGURATION])))


def _names(configuration: Mapping[str, Any]) -> list[str]:
    return [one.get("DiscoveryName", one["PortName"]) for one in configuration.get("Services") or ()]


def _namespace(configuration: Mapping[str, Any]) -> str:
    """Its id, from the ARN that a template gives."""
    return str(configuration["Namespace"]).rpartition("/")[2]


def _services(namespace: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api("servicediscovery").list_services(
        Filters=[{"Name": "NAMESPACE_ID", "Values": [namespace], "Condition": "EQ"}]
    )["Services"]
    return found


def _told(configuration: Mapping[str, Any]) -> Any:
    """The configuration in the words and types of the API."""
    return conform(configuration, api("ecs").meta.service_model.shape_for(CONFIGURATION))


def _forget(configuration: Mapping[str, Any], names: set[str]) -> None:
    for one in _services(_namespace(configuration)):
        if one["Name"] in names:
            api("servicediscovery").delete_service(Id=one["Id"])
