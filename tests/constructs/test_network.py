"""What a Network promises, beyond the one that the rows describe."""

import aws_cdk as cdk
import pytest

from cambium.network import Network
from config.network import NatGateways, NoNat
from config.network import Network as NetworkConfig
from support.scenario import ZONES, BuiltOf, Define, scenario

CIDR = "10.20.0.0/16"


def network(stack: cdk.Stack, **config: object) -> None:
    given = {"cidr": CIDR, "zones": 2, **config}
    Network(stack, "Network", config=NetworkConfig.model_validate(given), zones=ZONES)


@scenario
def two_gateways(stack: cdk.Stack) -> None:
    network(stack, nat=NatGateways(count=2))


@scenario
def no_way_out(stack: cdk.Stack) -> None:
    network(stack, nat=NoNat())


@scenario
def one_zone(stack: cdk.Stack) -> None:
    network(stack, zones=1)


@scenario
def three_zones(stack: cdk.Stack) -> None:
    network(stack, zones=3)


@scenario
def stated_addresses(stack: cdk.Stack) -> None:
    network(
        stack, public_cidrs=("10.20.1.0/24", "10.20.2.0/24"), private_cidrs=("10.20.10.0/24", "10.20.20.0/24")
    )


def addresses(built: BuiltOf, define: Define) -> dict[str, str]:
    """Subnet to its addresses."""
    return {one.logical_id: one["CidrBlock"] for one in built(define).of_type("AWS::EC2::Subnet")}


def test_a_gateway_per_zone_leaves_each_zone_its_own_way_out(built: BuiltOf) -> None:
    template = built(two_gateways)
    gateways = {one.logical_id for one in template.of_type("AWS::EC2::NatGateway")}
    used = {
        route["NatGatewayId"]["Ref"]
        for route in template.of_type("AWS::EC2::Route")
        if "NatGatewayId" in route.properties
    }

    assert len(gateways) == 2
    assert used == gateways


def test_without_nat_private_subnets_lead_nowhere(built: BuiltOf) -> None:
    template = built(no_way_out)
    routes = {name for one in template.of_type("AWS::EC2::Route") for name in one.properties}

    assert not template.of_type("AWS::EC2::NatGateway")
    assert "NatGatewayId" not in routes
    assert {one["VpcEndpointType"] for one in template.of_type("AWS::EC2::VPCEndpoint")} == {"Gateway"}


def test_a_third_zone_moves_no_subnet(built: BuiltOf) -> None:
    one, three = addresses(built, one_zone), addresses(built, three_zones)

    assert len(three) == 6
    assert one.items() <= three.items()


def test_takes_the_addresses_the_configuration_states(built: BuiltOf) -> None:
    assert sorted(addresses(built, stated_addresses).values()) == [
        "10.20.1.0/24",
        "10.20.10.0/24",
        "10.20.2.0/24",
        "10.20.20.0/24",
    ]


@pytest.mark.parametrize("define", [two_gateways, no_way_out, one_zone])
def test_nothing_in_a_subnet_is_given_a_public_address(built: BuiltOf, define: Define) -> None:
    for subnet in built(define).of_type("AWS::EC2::Subnet"):
        assert subnet["MapPublicIpOnLaunch"] is False


@pytest.mark.parametrize("define", [two_gateways, no_way_out, one_zone])
def test_everything_that_passes_is_recorded_and_kept(built: BuiltOf, define: Define) -> None:
    assert built(define).the("AWS::EC2::FlowLog")["TrafficType"] == "ALL"
    assert built(define).the("AWS::Logs::LogGroup").outlives_its_stack
