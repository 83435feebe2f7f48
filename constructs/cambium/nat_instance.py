"""The way out of private subnets through one small machine: cheap, and cut while it is replaced."""

import hashlib
from collections.abc import Collection, Sequence

from aws_cdk import Duration, Stack, Tags
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.nat_set_up import nat_set_up
from cambium.session_role import session_role
from config import network as model
from config.access import GROUP_TAG

DISK_GIB = 8
"""What Amazon Linux 2023 needs, with room for the swap file."""


class NatInstance(Construct):
    """Amazon Linux 2023 that passes on what private subnets send, from an address of its own.

    EC2 moves it to other hardware by itself when its own fails. It is not highly available: a new image, or
    another set-up, makes a new machine, and the way out is cut until that has booted, two or three minutes.
    The address outlives the machine, and so do the routes. It installs its one package from Amazon's own
    repository, through its own way out; nothing updates it but a newer ``image_id``.

    Its security group is made here and not from the access table, since no other member names it: it lets in
    what the table lets out of the private subnets, from their addresses.

    Attributes:
        instance: The machine.
        address: What the outside sees: an Elastic IP address.
        description: Size and image, for people.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        public_subnet: ec2.ISubnet,
        private_subnets: Sequence[ec2.ISubnet],
        private_cidrs: Sequence[str],
        ports: Collection[int],
        config: model.NatInstance,
    ) -> None:
        super().__init__(scope, construct_id)
        set_up = nat_set_up(private_cidrs)
        # Whatever makes a new machine is in here, so that what names the machine is told of it.
        self.description = f"{config.instance_type}, {config.image_id}, set-up {_digest(set_up.render())}"
        self.instance = ec2.Instance(
            self,
            "Instance",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=[public_subnet]),
            security_group=self._define_group(vpc, private_cidrs, ports),
            role=session_role(self, "Role", of="The NAT instance"),
            instance_type=ec2.InstanceType(config.instance_type),
            machine_image=ec2.MachineImage.generic_linux(
                {Stack.of(self).region: config.image_id}, user_data=set_up
            ),
            # A changed set-up runs on a new machine only.
            user_data_causes_replacement=True,
            # EC2 drops what is neither from a machine nor for it, which is all that a NAT passes on.
            source_dest_check=False,
            http_tokens=ec2.HttpTokens.REQUIRED,
            block_devices=[
                ec2.BlockDevice(
                    device_name="/dev/xvda",
                    volume=ec2.BlockDeviceVolume.ebs(
                        DISK_GIB, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3
                    ),
                )
            ],
            propagate_tags_to_volume_on_creation=True,
        )
        self.address = self._define_address(public_subnet)
        for subnet in private_subnets:
            _lead_out(subnet, self.instance)
        replaceable = "it holds nothing: a new one takes its place, its address and its routes"
        acknowledge(
            self.instance,
            {
                "AwsSolutions-EC28": "EC2 counts failed checks every minute without it, and they are watched",
                "HIPAA.Security-EC2InstanceDetailedMonitoringEnabled": "as above: the checks are what counts",
                "AwsSolutions-EC29": replaceable,
                "CloudFormation-Validate::W9010": "pinned in the configuration, so that nothing replaces it",
            },
        )

    @property
    def failed_checks(self) -> cloudwatch.Metric:
        """EC2's own checks of machine and hardware: 0 is good, silence is a machine that does not run."""
        return cloudwatch.Metric(
            namespace="AWS/EC2",
            metric_name="StatusCheckFailed",
            dimensions_map={"InstanceId": self.instance.instance_id},
            statistic="Maximum",
            period=Duration.minutes(1),
        )

    def _define_group(
        self, vpc: ec2.IVpc, private_cidrs: Sequence[str], ports: Collection[int]
    ) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "Group",
            vpc=vpc,
            description=f"Members of {model.NAT_GROUP}: see the access table",
            allow_all_outbound=False,
        )
        for port in sorted(ports):
            for cidr in private_cidrs:
                # Groups instead of addresses are documented for what is meant for a machine, not for what
                # passes through it.
                group.add_ingress_rule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(port), "passed on to the internet")
            group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(port), "for the private subnets")
        Tags.of(group).add(GROUP_TAG, model.NAT_GROUP)
        return group

    def _define_address(self, public_subnet: ec2.ISubnet) -> str:
        # Given the machine here, and not by an association, the address moves to the next one in place.
        address = ec2.CfnEIP(self, "Address", domain="vpc", instance_id=self.instance.instance_id)
        address.node.add_dependency(public_subnet.internet_connectivity_established)
        return address.ref


def _lead_out(subnet: ec2.ISubnet, instance: ec2.Instance) -> None:
    assert isinstance(subnet, ec2.Subnet)  # noqa: S101 - narrows jsii's union for the type checker
    # The id a NAT gateway's route has: going from one to the other changes the route in place.
    subnet.add_route(
        "DefaultRoute",
        router_type=ec2.RouterType.INSTANCE,
        router_id=instance.instance_id,
        enables_internet_connectivity=True,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
