"""Application Auto Scaling targets and policies; nothing scales by itself."""

from emulator.conform import call
from emulator.loopback import api
from emulator.resources.base import Attributes, Properties, Resource

SERVICE = "application-autoscaling"


class ScalableTarget(Resource):
    """The limits between which a service may scale."""

    type_name = "AWS::ApplicationAutoScaling::ScalableTarget"
    replacing = frozenset({"ResourceId", "ScalableDimension", "ServiceNamespace"})

    def create(self, properties: Properties, name: str) -> str:
        """Register the target; its id names resource, dimension and namespace, as in AWS."""
        call(api(SERVICE), "RegisterScalableTarget", properties)
        parts = ("ResourceId", "ScalableDimension", "ServiceNamespace")
        return "|".join(properties[part] for part in parts)

    def attributes(self, physical_id: str) -> Attributes:
        """Return the id."""
        return {"Id": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the limits; registering again does that."""
        call(api(SERVICE), "RegisterScalableTarget", new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Deregister the target."""
        api(SERVICE).deregister_scalable_target(**_target(physical_id))


class ScalingPolicy(Resource):
    """A scaling policy as a record; it makes no alarms."""

    type_name = "AWS::ApplicationAutoScaling::ScalingPolicy"
    replacing = frozenset(
        {"PolicyName", "ResourceId", "ScalableDimension", "ScalingTargetId", "ServiceNamespace"}
    )

    def create(self, properties: Properties, name: str) -> str:
        """Put the policy."""
        return str(_put(properties)["PolicyARN"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return the ARN."""
        return {"Arn": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the policy; putting it again does that."""
        _put(new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the policy."""
        target = _target_of(properties)
        api(SERVICE).delete_scaling_policy(PolicyName=properties["PolicyName"], **target)


def _put(properties: Properties) -> dict[str, str]:
    result: dict[str, str] = call(api(SERVICE), "PutScalingPolicy", properties, **_target_of(properties))
    return result


def _target_of(properties: Properties) -> dict[str, str]:
    if properties.get("ScalingTargetId"):
        return _target(properties["ScalingTargetId"])
    return {key: properties[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}


def _target(target_id: str) -> dict[str, str]:
    resource, dimension, namespace = target_id.split("|")
    return {
        "ServiceNamespace": namespace,
        "ResourceId": resource,
        "ScalableDimension": dimension,
    }
