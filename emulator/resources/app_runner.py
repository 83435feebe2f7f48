"""App Runner services and what they refer to; no container runs."""

from emulator.conform import call
from emulator.loopback import api
from emulator.resources.base import Attributes, Properties, Resource


class VpcConnector(Resource):
    """Lets App Runner services reach a VPC."""

    type_name = "AWS::AppRunner::VpcConnector"
    replacing = frozenset({"VpcConnectorName", "Subnets", "SecurityGroups", "Tags"})

    def create(self, properties: Properties, name: str) -> str:
        """Create the connector."""
        own_name = properties.get("VpcConnectorName", name[:40])
        result = call(api("apprunner"), "CreateVpcConnector", properties, VpcConnectorName=own_name)
        return str(result["VpcConnector"]["VpcConnectorArn"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return ARN and revision."""
        found = api("apprunner").describe_vpc_connector(VpcConnectorArn=physical_id)
        revision = found["VpcConnector"]["VpcConnectorRevision"]
        return {"VpcConnectorArn": physical_id, "VpcConnectorRevision": revision}

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the connector."""
        api("apprunner").delete_vpc_connector(VpcConnectorArn=physical_id)


class AutoScalingConfiguration(Resource):
    """Limits between which App Runner services scale; each change is a new revision."""

    type_name = "AWS::AppRunner::AutoScalingConfiguration"
    replacing = frozenset({"AutoScalingConfigurationName", "MaxConcurrency", "MaxSize", "MinSize", "Tags"})

    def create(self, properties: Properties, name: str) -> str:
        """Create a revision."""
        own_name = properties.get("AutoScalingConfigurationName", name[:32])
        result = call(
            api("apprunner"),
            "CreateAutoScalingConfiguration",
            properties,
            AutoScalingConfigurationName=own_name,
        )
        return str(result["AutoScalingConfiguration"]["AutoScalingConfigurationArn"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return ARN and revision."""
        found = api("apprunner").describe_auto_scaling_configuration(AutoScalingConfigurationArn=physical_id)[
            "AutoScalingConfiguration"
        ]
        return {
            "AutoScalingConfigurationArn": physical_id,
            "AutoScalingConfigurationRevision": found["AutoScalingConfigurationRevision"],
            "Latest": found["Latest"],
        }

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the revision."""
        api("apprunner").delete_auto_scaling_configuration(AutoScalingConfigurationArn=physical_id)


class Service(Resource):
    """An App Runner service; its image is not pulled and its URL answers nothing."""

    type_name = "AWS::AppRunner::Service"
    replacing = frozenset({"ServiceName", "EncryptionConfiguration"})

    def create(self, properties: Properties, name: str) -> str:
        """Create the service."""
        own_name = properties.get("ServiceName", name[:40])
        result = call(api("apprunner"), "CreateService", properties, ServiceName=own_name)
        return str(result["Service"]["ServiceArn"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return ARN, id, URL and status."""
        service = api("apprunner").describe_service(ServiceArn=physical_id)["Service"]
        return {key: service[key] for key in ("ServiceArn", "ServiceId", "ServiceUrl", "Status")}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change image, size, network and scaling in place."""
        call(api("apprunner"), "UpdateService", new, ServiceArn=physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the service."""
        api("apprunner").delete_service(ServiceArn=physical_id)
