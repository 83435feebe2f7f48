"""EC2 instances and volumes; nothing boots."""

from typing import Any

from ministack.services import ec2

from emulator.conform import call
from emulator.loopback import api
from emulator.resources.base import Attributes, Properties, Resource, retag, tag_specifications


class Instance(Resource):
    """An EC2 instance as a record; its user data never runs."""

    type_name = "AWS::EC2::Instance"
    replacing = frozenset({"ImageId", "SubnetId", "KeyName", "AvailabilityZone", "LaunchTemplate"})

    def create(self, properties: Properties, name: str) -> str:
        """Run the instance."""
        extra: dict[str, Any] = tag_specifications(properties, "instance")
        if properties.get("IamInstanceProfile"):
            # MiniStack answers a reference to a profile with its ARN, CloudFormation with its name.
            extra["IamInstanceProfile"] = {"Name": properties["IamInstanceProfile"].rpartition("/")[2]}
        result = call(api("ec2"), "RunInstances", properties, MinCount=1, MaxCount=1, **extra)
        instance_id = str(result["Instances"][0]["InstanceId"])
        _complete(instance_id, properties)
        if not _asks_for_address(properties):
            # MiniStack gives every machine a public address.
            ec2._instances[instance_id].update(PublicIpAddress="", PublicDnsName="")
        return instance_id

    def attributes(self, physical_id: str) -> Attributes:
        """Return addresses and place."""
        found = api("ec2").describe_instances(InstanceIds=[physical_id])
        instance = found["Reservations"][0]["Instances"][0]
        return {
            "InstanceId": physical_id,
            "PrivateIp": instance.get("PrivateIpAddress", ""),
            "PrivateDnsName": instance.get("PrivateDnsName", ""),
            "PublicIp": instance.get("PublicIpAddress", ""),
            "PublicDnsName": instance.get("PublicDnsName", ""),
            "AvailabilityZone": instance.get("Placement", {}).get("AvailabilityZone", ""),
            "VpcId": instance.get("VpcId", ""),
        }

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change size, security groups and tags in place."""
        retag(physical_id, old, new)
        _complete(physical_id, new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Terminate the instance."""
        api("ec2").terminate_instances(InstanceIds=[physical_id])


def _asks_for_address(properties: Properties) -> bool:
    interfaces = properties.get("NetworkInterfaces", [])
    stated = [one["AssociatePublicIpAddress"] for one in interfaces if "AssociatePublicIpAddress" in one]
    if stated:
        return any(str(value).lower() == "true" for value in stated)
    subnets = [one["SubnetId"] for one in (properties, *interfaces) if "SubnetId" in one]
    found = api("ec2").describe_subnets(SubnetIds=subnets)["Subnets"] if subnets else []
    return any(subnet["MapPublicIpOnLaunch"] for subnet in found) or not subnets


def _complete(instance_id: str, properties: Properties) -> None:
    # In the record itself, because MiniStack's API has no ModifyInstanceAttribute.
    record = ec2._instances[instance_id]
    record["InstanceType"] = properties.get("InstanceType", record["InstanceType"])
    record["SourceDestCheck"] = str(properties.get("SourceDestCheck", True)).lower() == "true"
    if properties.get("SecurityGroupIds"):
        found = api("ec2").describe_security_groups(GroupIds=list(properties["SecurityGroupIds"]))
        record["SecurityGroups"] = [
            {name: group[name] for name in ("GroupId", "GroupName")} for group in found["SecurityGroups"]
        ]


class Volume(Resource):
    """An EBS volume without data."""

    type_name = "AWS::EC2::Volume"
    replacing = frozenset({"AvailabilityZone", "Encrypted", "KmsKeyId", "SnapshotId"})

    def create(self, properties: Properties, name: str) -> str:
        """Create the volume."""
        tags = tag_specifications(properties, "volume")
        return str(call(api("ec2"), "CreateVolume", properties, **tags)["VolumeId"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return the id."""
        return {"VolumeId": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change size, type and performance in place."""
        retag(physical_id, old, new)
        call(api("ec2"), "ModifyVolume", new, VolumeId=physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the volume."""
        api("ec2").delete_volume(VolumeId=physical_id)


class VolumeAttachment(Resource):
    """Ties a volume to an instance."""

    type_name = "AWS::EC2::VolumeAttachment"
    replacing = frozenset({"Device", "InstanceId", "VolumeId"})

    def create(self, properties: Properties, name: str) -> str:
        """Attach the volume."""
        call(api("ec2"), "AttachVolume", properties)
        return f"{properties['VolumeId']}|{properties['InstanceId']}"

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Detach the volume."""
        api("ec2").detach_volume(VolumeId=properties["VolumeId"])
