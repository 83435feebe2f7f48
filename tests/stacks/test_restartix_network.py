"""Rows A1 to A3: the network of RestartiX, as its document draws it."""

import pytest

from support.assembly import Assembly, Resource, text

RULES = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")


def subnets(assembly: Assembly, kind: str) -> list[Resource]:
    return [one for one in assembly.of_type("AWS::EC2::Subnet") if f"/{kind}Subnet" in one.path]


def group(assembly: Assembly, name: str) -> Resource:
    tag = {"Key": "cambium:group", "Value": name}
    (found,) = [one for one in assembly.of_type("AWS::EC2::SecurityGroup") if tag in one["Tags"]]
    return found


def ways(assembly: Assembly, name: str) -> dict[str, set[str]]:
    """The rules of one group as ``port peer``, inline and standalone."""
    of = group(assembly, name)
    found: dict[str, set[str]] = {"in": set(), "out": set()}
    for way, inline in (("in", "SecurityGroupIngress"), ("out", "SecurityGroupEgress")):
        for rule in of.properties.get(inline, []):
            if rule["CidrIp"] != "255.255.255.255/32":
                found[way].add(f"{rule['FromPort']} {rule['CidrIp']}")
    for rule in [one for type_name in RULES for one in assembly.of_type(type_name)]:
        if assembly.target("network", rule["GroupId"]) == of:
            way, key = ("in", "Source") if rule.type.endswith("Ingress") else ("out", "Destination")
            peer = assembly.target("network", rule[f"{key}SecurityGroupId"])
            tags = {tag["Key"]: tag["Value"] for tag in peer["Tags"]} if peer else {}
            found[way].add(f"{rule['FromPort']} {tags['cambium:group']}")
    return found


def default_route(assembly: Assembly, subnet: Resource) -> Resource:
    (table,) = [
        assembly.target("network", one["RouteTableId"])
        for one in assembly.of_type("AWS::EC2::SubnetRouteTableAssociation")
        if assembly.target("network", one["SubnetId"]) == subnet
    ]
    (route,) = [
        one
        for one in assembly.of_type("AWS::EC2::Route")
        if assembly.target("network", one["RouteTableId"]) == table
        and one["DestinationCidrBlock"] == "0.0.0.0/0"
    ]
    return route


def test_a1_the_vpc_has_the_documents_addresses(phase_one: Assembly) -> None:
    assert phase_one.the("AWS::EC2::VPC")["CidrBlock"] == "10.0.0.0/16"


@pytest.mark.parametrize("kind", ["Public", "Private"])
def test_a1_two_subnets_of_each_kind_in_two_zones(phase_one: Assembly, kind: str) -> None:
    zones = {subnet["AvailabilityZone"] for subnet in subnets(phase_one, kind)}

    assert zones == {"eu-central-1a", "eu-central-1b"}
    assert len(subnets(phase_one, kind)) == 2


def test_a1_public_subnets_lead_to_the_internet_gateway(phase_one: Assembly) -> None:
    gateway = phase_one.the("AWS::EC2::InternetGateway")

    for subnet in subnets(phase_one, "Public"):
        assert phase_one.target("network", default_route(phase_one, subnet)["GatewayId"]) == gateway


def test_a1_private_subnets_lead_out_through_the_one_nat_gateway(phase_one: Assembly) -> None:
    nat = phase_one.the("AWS::EC2::NatGateway")

    assert phase_one.target("network", nat["SubnetId"]) in subnets(phase_one, "Public")
    for subnet in subnets(phase_one, "Private"):
        assert phase_one.target("network", default_route(phase_one, subnet)["NatGatewayId"]) == nat


def test_a1_s3_is_reached_without_the_nat_gateway(phase_one: Assembly) -> None:
    endpoint = phase_one.the("AWS::EC2::VPCEndpoint")
    tables = phase_one.targets("network", endpoint["RouteTableIds"])

    assert endpoint["VpcEndpointType"] == "Gateway"
    assert text(endpoint["ServiceName"]).endswith(".s3")
    for subnet in subnets(phase_one, "Private"):
        assert phase_one.target("network", default_route(phase_one, subnet)["RouteTableId"]) in tables


def test_a1_every_connection_is_logged(phase_one: Assembly) -> None:
    log = phase_one.the("AWS::EC2::FlowLog")
    group_of_log = phase_one.target("network", log["LogGroupName"])

    assert log["TrafficType"] == "ALL"
    assert phase_one.target("network", log["ResourceId"]) == phase_one.the("AWS::EC2::VPC")
    assert group_of_log
    assert group_of_log["RetentionInDays"] == 90


@pytest.mark.parametrize(("name", "port"), [("database", 5432), ("cache", 6379)])
def test_a2_a_store_is_open_to_compute_only_and_has_no_way_out(
    phase_one: Assembly, name: str, port: int
) -> None:
    assert ways(phase_one, name) == {"in": {f"{port} compute"}, "out": set()}


def test_a2_compute_reaches_database_cache_and_https_and_is_not_called_from_inside(
    phase_one: Assembly,
) -> None:
    out = {"5432 database", "6379 cache", "443 0.0.0.0/0"}

    assert ways(phase_one, "compute") == {"in": set(), "out": out}


def test_a2_on_fargate_only_the_load_balancer_faces_the_internet(fargate: Assembly) -> None:
    assert ways(fargate, "load-balancer") == {
        "in": {"80 0.0.0.0/0", "443 0.0.0.0/0"},
        "out": {"9000 compute", "4000 compute"},
    }
    assert ways(fargate, "compute")["in"] == {"9000 load-balancer", "4000 load-balancer"}


def test_a2_rules_name_single_tcp_ports(phase_one: Assembly, fargate: Assembly) -> None:
    for assembly in (phase_one, fargate):
        for rule in [one for type_name in RULES for one in assembly.of_type(type_name)]:
            assert rule["IpProtocol"] == "tcp"
            assert rule["FromPort"] == rule["ToPort"]


def test_a2_the_default_security_group_is_emptied(phase_one: Assembly) -> None:
    emptied = phase_one.the("Custom::VpcRestrictDefaultSG")["DefaultSecurityGroupId"]

    assert phase_one.target("network", emptied) == phase_one.the("AWS::EC2::VPC")


def test_a3_the_connector_stands_in_the_private_subnets_as_compute(phase_one: Assembly) -> None:
    connector = phase_one.the("AWS::AppRunner::VpcConnector")

    assert phase_one.targets("compute", connector["Subnets"]) == subnets(phase_one, "Private")
    assert phase_one.targets("compute", connector["SecurityGroups"]) == [group(phase_one, "compute")]


@pytest.mark.parametrize(
    ("service", "bounds"), [("restartix-core-api", (1, 5, 100)), ("restartix-telemetry-api", (1, 3, 200))]
)
def test_a3_each_service_has_a_scaling_configuration_whose_name_keeps_revisions(
    phase_one: Assembly, service: str, bounds: tuple[int, int, int]
) -> None:
    scaling = phase_one.the("AWS::AppRunner::AutoScalingConfiguration", AutoScalingConfigurationName=service)
    runs = phase_one.the("AWS::AppRunner::Service", ServiceName=service)

    assert (scaling["MinSize"], scaling["MaxSize"], scaling["MaxConcurrency"]) == bounds
    # By ARN, so that the service follows each new revision.
    assert phase_one.target("compute", runs["AutoScalingConfigurationArn"]) == scaling
