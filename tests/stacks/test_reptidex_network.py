"""Rows C8 and C9: the network of ReptiDex, and its document's security group matrix rule for rule."""

from collections.abc import Iterator

import pytest

from support.assembly import Assembly, Resource

NOWHERE = "255.255.255.255/32"
ANYWHERE = "0.0.0.0/0"

MATRIX = {
    "ALB-SG": {
        "in": {("HTTP", 80, 80, ANYWHERE), ("HTTPS", 443, 443, ANYWHERE)},
        "out": {("HTTP", 80, 80, "ECS-SG"), ("HTTP", 8000, 8006, "ECS-SG")},
    },
    "ECS-SG": {
        "in": {("HTTP", 80, 80, "ALB-SG"), ("HTTP", 8000, 8006, "ALB-SG")},
        "out": {
            ("HTTPS", 443, 443, ANYWHERE),
            ("PostgreSQL", 5432, 5432, "RDS-SG"),
            ("Redis", 6379, 6379, "Redis-SG"),
        },
    },
    "RDS-SG": {"in": {("PostgreSQL", 5432, 5432, "ECS-SG")}, "out": set()},
    "Redis-SG": {"in": {("Redis", 6379, 6379, "ECS-SG")}, "out": set()},
}
"""The document's table: protocol, first port, last port, peer. The first of its columns is the group."""

OURS = {"ALB-SG": "load-balancer", "ECS-SG": "compute", "RDS-SG": "database", "Redis-SG": "cache"}
"""What the document calls a group, and what its tag says."""

CLOSED = {
    8006: "seven ports for six services: nothing listens on the last one",
}
"""Ports of the document that stay closed, and why."""

ADDED = {
    "dev": {
        "nat": "the NAT instance, which the document has no row for: it counts on NAT gateways, which have "
        "no security group"
    },
    "production": {},
}
"""Groups that the document has no row for, and why."""

INLINE = {"in": "SecurityGroupIngress", "out": "SecurityGroupEgress"}
STANDALONE = {
    "in": ("AWS::EC2::SecurityGroupIngress", "SourceSecurityGroupId"),
    "out": ("AWS::EC2::SecurityGroupEgress", "DestinationSecurityGroupId"),
}
CIDRS = {
    "dev": {"Public": ["10.1.1.0/24", "10.1.2.0/24"], "Private": ["10.1.10.0/24", "10.1.20.0/24"]},
    "production": {
        "Public": ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"],
        "Private": ["10.0.10.0/24", "10.0.20.0/24", "10.0.30.0/24"],
    },
}


def tag(group: Resource) -> str:
    return next(str(pair["Value"]) for pair in group["Tags"] if pair["Key"] == "cambium:group")


def groups(assembly: Assembly) -> dict[str, Resource]:
    return {tag(one): one for one in assembly.of_type("AWS::EC2::SecurityGroup")}


def rules(assembly: Assembly, way: str) -> Iterator[tuple[str, int, str]]:
    """Group, port and peer of every rule, inline and standalone; what leads nowhere is no rule."""
    for name, group in groups(assembly).items():
        for rule in group.properties.get(INLINE[way], []):
            if rule["CidrIp"] != NOWHERE:
                assert (rule["IpProtocol"], rule["FromPort"]) == ("tcp", rule["ToPort"])
                yield name, rule["FromPort"], rule["CidrIp"]
    kind, peer_key = STANDALONE[way]
    for rule in assembly.of_type(kind):
        assert (rule["IpProtocol"], rule["FromPort"]) == ("tcp", rule["ToPort"])
        member, peer = (assembly.target(rule.role, rule[key]) for key in ("GroupId", peer_key))
        assert member
        assert peer
        yield tag(member), rule["FromPort"], tag(peer)


def documented(way: str) -> set[tuple[str, int, str]]:
    """The document's rules, port by port, under our names for its groups."""
    return {
        (OURS[group], port, OURS.get(peer, peer))
        for group, ways in MATRIX.items()
        for _, first, last, peer in ways[way]
        for port in range(first, last + 1)
        if port not in CLOSED
    }


@pytest.mark.parametrize("way", ["in", "out"])
@pytest.mark.parametrize("environment", ["dev", "production"])
def test_c9_the_matrix_of_the_document_rule_for_rule(
    reptidex: dict[str, Assembly], environment: str, way: str
) -> None:
    found = {rule for rule in rules(reptidex[environment], way) if rule[0] not in ADDED[environment]}

    assert found == documented(way)


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_c9_there_are_the_groups_of_the_document_and_no_other(
    reptidex: dict[str, Assembly], environment: str
) -> None:
    assert groups(reptidex[environment]).keys() == {*OURS.values(), *ADDED[environment]}


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_c9_no_group_lets_everything_out_by_itself(reptidex: dict[str, Assembly], environment: str) -> None:
    """AWS adds such a rule to a group that is made without one."""
    for name, group in groups(reptidex[environment]).items():
        assert group["SecurityGroupEgress"], name


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_c9_what_is_in_the_groups_is_what_the_document_applies_them_to(
    reptidex: dict[str, Assembly], environment: str
) -> None:
    assembly = reptidex[environment]

    def of(one: Resource, ids: list[object]) -> set[str]:
        return {tag(group) for value in ids if (group := assembly.target(one.role, value))}

    balancer = assembly.the("AWS::ElasticLoadBalancingV2::LoadBalancer")
    database = assembly.the("AWS::RDS::DBInstance")
    cache = assembly.the("AWS::ElastiCache::ReplicationGroup")
    assert of(balancer, balancer["SecurityGroups"]) == {"load-balancer"}
    assert of(database, database["VPCSecurityGroups"]) == {"database"}
    assert of(cache, cache["SecurityGroupIds"]) == {"cache"}
    for service in assembly.of_type("AWS::ECS::Service"):
        network = service["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert of(service, network["SecurityGroups"]) == {"compute"}


def test_c9_the_nat_instance_of_dev_only_passes_https_on(reptidex_dev: Assembly) -> None:
    into = {(port, peer) for group, port, peer in rules(reptidex_dev, "in") if group == "nat"}
    out = {(port, peer) for group, port, peer in rules(reptidex_dev, "out") if group == "nat"}

    assert into == {(443, cidr) for cidr in CIDRS["dev"]["Private"]}
    assert out == {(443, ANYWHERE)}


@pytest.mark.parametrize(("environment", "cidr"), [("dev", "10.1.0.0/16"), ("production", "10.0.0.0/16")])
def test_c8_the_documents_addresses_in_the_documents_zones(
    reptidex: dict[str, Assembly], environment: str, cidr: str
) -> None:
    assembly = reptidex[environment]

    assert assembly.the("AWS::EC2::VPC")["CidrBlock"] == cidr
    for kind, cidrs in CIDRS[environment].items():
        subnets = [one for one in assembly.of_type("AWS::EC2::Subnet") if f"/{kind}Subnet" in one.path]
        places = [(one["CidrBlock"], one["AvailabilityZone"]) for one in subnets]
        assert sorted(places) == [
            (block, f"us-east-1{letter}") for block, letter in zip(cidrs, "abc", strict=False)
        ]


def test_c8_production_has_a_way_out_of_its_own_in_each_zone(reptidex_production: Assembly) -> None:
    gateways = reptidex_production.of_type("AWS::EC2::NatGateway")
    zones = set()
    for gateway in gateways:
        subnet = reptidex_production.target("network", gateway["SubnetId"])
        assert subnet
        zones.add(subnet["AvailabilityZone"])
    through = [
        reptidex_production.target("network", route["NatGatewayId"])
        for route in reptidex_production.of_type("AWS::EC2::Route")
        if "NatGatewayId" in route.properties
    ]

    assert zones == {"us-east-1a", "us-east-1b", "us-east-1c"}
    assert {one.logical_id for one in through if one} == {one.logical_id for one in gateways}


def test_c8_dev_has_one_nat_instance_and_no_gateway(reptidex_dev: Assembly) -> None:
    assert reptidex_dev.of_type("AWS::EC2::NatGateway") == []
    assert len(reptidex_dev.of_type("AWS::EC2::Instance", "network")) == 1


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_c8_only_the_load_balancer_stands_in_public_subnets(
    reptidex: dict[str, Assembly], environment: str
) -> None:
    assembly = reptidex[environment]
    balancer = assembly.the("AWS::ElasticLoadBalancingV2::LoadBalancer")
    public = {one["CidrBlock"] for one in assembly.targets("compute", balancer["Subnets"])}
    private = {
        one["CidrBlock"]
        for service in assembly.of_type("AWS::ECS::Service")
        for one in assembly.targets(
            "compute", service["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"]
        )
    }

    assert public == set(CIDRS[environment]["Public"])
    assert private == set(CIDRS[environment]["Private"])
