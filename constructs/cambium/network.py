"""A region's VPC: addresses from the configuration, one way out, everything that passes recorded."""

from collections.abc import Collection, Sequence
from typing import Any

import jsii
from aws_cdk import RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.nat_instance import NatInstance
from cambium.retention import retention
from config import network as model


@jsii.implements(ec2.IIpAddresses)
class _StatedAddresses:
    """Gives each subnet the addresses the configuration states, so that adding a zone moves none."""

    def __init__(self, config: model.Network) -> None:
        self._config = config

    def allocate_vpc_cidr(self) -> ec2.VpcIpamOptions:
        """Addresses of the whole VPC."""
        return ec2.VpcIpamOptions(cidr_block=self._config.cidr)

    # jsii looks keyword arguments up by these names.
    def allocate_subnets_cidr(
        self,
        *,
        requested_subnets: Sequence[ec2.RequestedSubnet | dict[str, Any]],
        vpc_cidr: str,
    ) -> ec2.SubnetIpamOptions:
        """Addresses of the subnets, in the order they are asked for."""
        # The VPC asks group by group in the order of its subnet configuration, as the model lists them.
        stated = [subnet.cidr for subnet in self._config.subnets()]
        if len(stated) != len(requested_subnets):
            raise ValueError(f"{len(requested_subnets)} subnets must have addresses, got {len(stated)}")
        return ec2.SubnetIpamOptions(allocated_subnets=[ec2.AllocatedSubnet(cidr=cidr) for cidr in stated])


class Network(Construct):
    """A VPC with public and private subnets.

    It opens no door: security groups are made by ``SecurityGroups`` from the access table. A NAT instance
    passes on ``ports`` alone, which are those the table lets out; a NAT gateway cannot be told.

    Attributes:
        vpc: The VPC.
        nat_instance: The machine that is the way out, or None where there is another or none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: model.Network,
        zones: tuple[str, ...],
        ports: Collection[int] = (443,),
    ) -> None:
        super().__init__(scope, construct_id)
        way_out = not isinstance(config.nat, model.NoNat)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=_StatedAddresses(config),
            availability_zones=list(zones[: config.zones]),
            nat_gateways=config.nat.count if isinstance(config.nat, model.NatGateways) else 0,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Public", subnet_type=ec2.SubnetType.PUBLIC, map_public_ip_on_launch=False
                ),
                ec2.SubnetConfiguration(
                    name="Private",
                    subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
                    if way_out
                    else ec2.SubnetType.PRIVATE_ISOLATED,
                ),
            ],
            # Free, and keeps S3 traffic off the NAT gateway, which bills by the gigabyte.
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
        )
        self._record_traffic(config.flow_log_days)
        self.nat_instance = self._define_nat_instance(config, ports)
        acknowledge(
            self.vpc,
            {
                "HIPAA.Security-VPCNoUnrestrictedRouteToIGW": "the public subnets hold only NAT and the load "
                "balancer, which need the route"
            },
        )

    @property
    def private_subnets(self) -> ec2.SubnetSelection:
        """Subnets nothing outside can address."""
        return ec2.SubnetSelection(subnet_group_name="Private")

    @property
    def public_subnets(self) -> ec2.SubnetSelection:
        """Subnets with addresses on the internet."""
        return ec2.SubnetSelection(subnet_group_name="Public")

    def _define_nat_instance(self, config: model.Network, ports: Collection[int]) -> NatInstance | None:
        if not isinstance(config.nat, model.NatInstance):
            return None
        return NatInstance(
            self,
            "NatInstance",
            vpc=self.vpc,
            public_subnet=self.vpc.public_subnets[0],
            private_subnets=self.vpc.private_subnets,
            private_cidrs=config.cidrs_of("Private"),
            ports=ports,
            config=config.nat,
        )

    def _record_traffic(self, days: int) -> None:
        group = logs.LogGroup(
            self,
            "FlowLogGroup",
            retention=retention(days),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        role = iam.Role(self, "FlowLogRole", assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com"))
        self.vpc.add_flow_log(
            "FlowLog",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, role),
            traffic_type=ec2.FlowLogTrafficType.ALL,
        )
