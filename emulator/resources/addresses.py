"""Elastic IP addresses, NAT gateways and flow logs."""

from ministack.services import ec2

from emulator.conform import call
from emulator.loopback import api
from emulator.resources.base import Attributes, Properties, Resource, retag, tag_specifications


class ElasticIp(Resource):
    """An Elastic IP address; attaching it to an instance is ``AWS::EC2::EIPAssociation``."""

    type_name = "AWS::EC2::EIP"

    def create(self, properties: Properties, name: str) -> str:
        """Allocate an address; its id is the address itself, as in AWS."""
        tags = tag_specifications(properties, "elastic-ip")
        address = api("ec2").allocate_address(Domain=properties.get("Domain", "vpc"), **tags)
        if properties.get("InstanceId"):
            _associate(address["AllocationId"], properties["InstanceId"])
        return str(address["PublicIp"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return the allocation of the address."""
        return {"AllocationId": _allocation(physical_id), "PublicIp": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Retag the address, or move it to another instance."""
        retag(_allocation(physical_id), old, new)
        if new.get("InstanceId") and new["InstanceId"] != old.get("InstanceId"):
            _associate(_allocation(physical_id), new["InstanceId"])

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Release the address."""
        api("ec2").release_address(AllocationId=_allocation(physical_id))


def _allocation(public_ip: str) -> str:
    # MiniStack answers with every address, whichever is asked for by its number.
    for address in api("ec2").describe_addresses()["Addresses"]:
        if address["PublicIp"] == public_ip:
            return str(address["AllocationId"])
    raise LookupError(f"address {public_ip} not found")


def _associate(allocation: str, instance: str) -> None:
    api("ec2").associate_address(AllocationId=allocation, InstanceId=instance)
    _show(allocation, instance)


def _show(allocation: str, instance: str) -> None:
    """Make the address the one that the instance reports, which MiniStack leaves as it was."""
    (address,) = api("ec2").describe_addresses(AllocationIds=[allocation])["Addresses"]
    name = f"ec2-{address['PublicIp'].replace('.', '-')}.compute.amazonaws.com"
    ec2._instances[instance].update(PublicIpAddress=address["PublicIp"], PublicDnsName=name)


class ElasticIpAssociation(Resource):
    """Ties an Elastic IP address to an instance or network interface."""

    type_name = "AWS::EC2::EIPAssociation"
    replacing = frozenset({"AllocationId", "InstanceId", "NetworkInterfaceId", "EIP"})

    def create(self, properties: Properties, name: str) -> str:
        """Associate the address."""
        association = str(call(api("ec2"), "AssociateAddress", properties)["AssociationId"])
        if properties.get("InstanceId") and properties.get("AllocationId"):
            _show(properties["AllocationId"], properties["InstanceId"])
        return association

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Take the address away again."""
        api("ec2").disassociate_address(AssociationId=physical_id)


class NatGateway(Resource):
    """A NAT gateway; the emulator reports no addresses for it."""

    type_name = "AWS::EC2::NatGateway"
    replacing = frozenset({"SubnetId", "AllocationId", "ConnectivityType", "PrivateIpAddress"})

    def create(self, properties: Properties, name: str) -> str:
        """Create the gateway."""
        tags = tag_specifications(properties, "natgateway")
        gateway = call(api("ec2"), "CreateNatGateway", properties, **tags)["NatGateway"]
        return str(gateway["NatGatewayId"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return the id."""
        return {"NatGatewayId": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Retag the gateway."""
        retag(physical_id, old, new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the gateway."""
        api("ec2").delete_nat_gateway(NatGatewayId=physical_id)


class FlowLog(Resource):
    """A flow log; no traffic is recorded."""

    type_name = "AWS::EC2::FlowLog"
    replacing = frozenset(
        {
            *("ResourceId", "ResourceType", "TrafficType", "LogDestinationType", "LogDestination"),
            *("LogGroupName", "LogFormat", "MaxAggregationInterval", "DeliverLogsPermissionArn"),
            "DestinationOptions",
        }
    )

    def create(self, properties: Properties, name: str) -> str:
        """Create the flow log."""
        result = call(
            api("ec2"),
            "CreateFlowLogs",
            properties,
            ResourceIds=[properties["ResourceId"]],
            **tag_specifications(properties, "vpc-flow-log"),
        )
        return str(result["FlowLogIds"][0])

    def attributes(self, physical_id: str) -> Attributes:
        """Return the id."""
        return {"Id": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Retag the flow log."""
        retag(physical_id, old, new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the flow log."""
        api("ec2").delete_flow_logs(FlowLogIds=[physical_id])
