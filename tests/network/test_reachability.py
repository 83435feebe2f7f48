"""Who can reach whom is what the access table says: nothing more, and nothing less."""

from collections.abc import Mapping

import pytest

from config.system import System
from network.conftest import Proof, Templates
from ops import reachability
from support.assembly import Assembly
from support.synthesis import PRODUCTS, RESTARTIX

TO_DATABASE = "compute -> database:5432"


@pytest.mark.parametrize("name", PRODUCTS)
def test_a2_b1_the_templates_allow_exactly_what_the_configuration_asks_for(
    deployments: Mapping[str, Assembly], name: str
) -> None:
    deployment = PRODUCTS[name].target.resolve()

    assert reachability.differences(deployment, deployments[name].templates) == []


def test_a2_app_runner_can_reach_database_cache_and_the_internet_and_nobody_can_reach_it(
    phase_one: Assembly,
) -> None:
    deployment = RESTARTIX["phase_one"].target.resolve()
    found = reachability.Reachability(deployment, reachability.Templates(phase_one.templates))

    assert {str(path) for path in found.paths()} == {
        TO_DATABASE,
        "compute -> cache:6379",
        "compute -> internet:443",
    }


def test_a2_on_fargate_the_internet_reaches_the_load_balancer_and_nothing_else(fargate: Assembly) -> None:
    deployment = RESTARTIX["fargate"].target.resolve()
    found = reachability.Reachability(deployment, reachability.Templates(fargate.templates))

    assert {str(path) for path in found.paths() if path.source == "internet"} == {
        "internet -> load-balancer:80",
        "internet -> load-balancer:443",
    }


def test_every_kind_of_member_was_looked_at(phase_one: Assembly, fargate: Assembly) -> None:
    looked_at = set()
    for name, assembly in (("phase_one", phase_one), ("fargate", fargate)):
        templates = reachability.Templates(assembly.templates)
        found = reachability.Reachability(RESTARTIX[name].target.resolve(), templates)
        looked_at |= {(templates.type(member.where), member.role) for member in found.members}

    assert looked_at == {
        ("AWS::AppRunner::Service", "compute"),
        ("AWS::ECS::Service", "compute"),
        ("AWS::ElastiCache::ReplicationGroup", "cache"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "load-balancer"),
        ("AWS::Lambda::Function", "compute"),
        ("AWS::RDS::DBInstance", "database"),
        ("AWS::Scheduler::Schedule", "compute"),
        ("AWS::StepFunctions::StateMachine", "compute"),
    }


def test_a_system_nobody_has_seen_is_proved_too(notes_system: System, notes: Assembly) -> None:
    deployment = notes_system.resolve("production")

    assert reachability.differences(deployment, notes.templates) == []


def test_a_way_in_that_nobody_asked_for_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        group = templates.properties("network", "Access1/Database/Resource")
        everybody = {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
        group["SecurityGroupIngress"] = [everybody]

    assert proof(spoil) == ["not in the access rules: internet -> database:5432 (way into database)"]


def test_a_way_in_on_any_port_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        templates.resources("network")["Planted"] = {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {
                "GroupId": templates.group("Cache"),
                "SourceSecurityGroupId": templates.group("Compute"),
                "IpProtocol": "-1",
            },
        }

    assert "not in the access rules: compute -> cache:all (way into cache)" in proof(spoil)


def test_a_way_out_that_nobody_asked_for_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        group = templates.properties("network", "Access1/Compute/Resource")
        smtp = {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 25, "ToPort": 25}
        group["SecurityGroupEgress"].append(smtp)

    assert proof(spoil) == [
        "compute -> internet:25 is possible, and nobody asked for it",
        "not in the access rules: compute -> internet:25 (way out of compute)",
    ]


def test_a_group_without_any_way_out_written_down_has_one_to_everywhere(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        del templates.properties("network", "Access1/Database/Resource")["SecurityGroupEgress"]

    assert "database -> internet:all is possible, and nobody asked for it" in proof(spoil)


@pytest.mark.parametrize(
    ("kind", "way"), [("Egress", "way out of compute"), ("Ingress", "way into database")]
)
def test_a_missing_half_deploys_green_and_serves_nobody_so_it_is_found(
    proof: Proof, kind: str, way: str
) -> None:
    def spoil(templates: Templates) -> None:
        resources = templates.resources("network")
        (name,) = [
            name
            for name, one in resources.items()
            if one["Type"] == f"AWS::EC2::SecurityGroup{kind}" and one["Properties"]["FromPort"] == 5432
        ]
        del resources[name]

    assert proof(spoil) == [
        f"{TO_DATABASE} is asked for, and not possible",
        f"missing {TO_DATABASE} ({way})",
    ]


def test_a_public_database_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        templates.properties("data", "Database/Instance/Resource")["PubliclyAccessible"] = True

    (found,) = proof(spoil)
    assert found.endswith("has a public address")


def test_a_database_in_a_public_subnet_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        subnet = templates.output("Network/Vpc/PublicSubnet1/Subnet")
        templates.properties("data", "Database/Subnets/Default")["SubnetIds"][0] = subnet

    (found,) = proof(spoil)
    assert "/DatabaseInstance" in found
    assert "stands in public subnet" in found


def test_a_private_subnet_that_leads_to_the_internet_gateway_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        gateway = templates.assembly.the("AWS::EC2::InternetGateway").logical_id
        route = templates.properties("network", "Network/Vpc/PrivateSubnet1/DefaultRoute")
        del route["NatGatewayId"]
        route["GatewayId"] = {"Ref": gateway}

    found = proof(spoil)
    assert len([one for one in found if "stands in public subnet" in one]) >= 2
    # No public address, so no answer comes back either.
    assert "compute -> internet:443 is asked for, and not possible" in found


def test_a_missing_route_to_the_nat_gateway_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        route = templates.assembly.at("network", "Network/Vpc/PrivateSubnet2/DefaultRoute")
        del templates.resources("network")[route.logical_id]

    assert proof(spoil) == ["compute -> internet:443 is asked for, and not possible"]


def test_a_second_group_on_the_database_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        compute = templates.output("Access1/Compute/Resource")
        templates.properties("data", "Database/Instance/Resource")["VPCSecurityGroups"].append(compute)

    found = proof(spoil)
    assert any("carries compute, database instead of database" in one for one in found)
    assert "database -> cache:6379 is possible, and nobody asked for it" in found


def test_a_group_from_outside_the_templates_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        templates.properties("data", "Cache/Group")["SecurityGroupIds"].append("sg-0123456789abcdef0")

    (found,) = proof(spoil)
    assert found.endswith("carries a security group that is in no template")


def test_a_member_of_a_kind_nobody_knows_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        templates.resources("network")["Planted"] = {
            "Type": "AWS::MSK::Cluster",
            "Properties": {"BrokerNodeGroupInfo": {"SecurityGroups": [templates.group("Compute")]}},
        }

    (found,) = proof(spoil)
    assert found.endswith("/Planted is a AWS::MSK::Cluster: nobody knows what it can reach")


def test_an_app_runner_service_outside_the_network_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        service = templates.properties("compute", "CoreApi/Service")
        service["NetworkConfiguration"]["EgressConfiguration"] = {"EgressType": "DEFAULT"}

    assert any("carries no group instead of compute" in one for one in proof(spoil))


def test_a_task_with_a_public_address_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        service = templates.properties("compute", "CoreApi/Service/Service")
        service["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] = "ENABLED"

    (found,) = proof(spoil, "fargate")
    assert found.endswith("has a public address")


def test_an_internal_load_balancer_leaves_visitors_outside_and_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        templates.properties("compute", "Platform/LoadBalancer/LoadBalancer/Resource")["Scheme"] = "internal"

    assert "internet -> load-balancer:443 is asked for, and not possible" in proof(spoil, "fargate")


def test_a_load_balancer_that_cannot_call_a_service_is_found(proof: Proof) -> None:
    def spoil(templates: Templates) -> None:
        resources = templates.resources("network")
        for name in [
            name
            for name, one in resources.items()
            if one["Type"].endswith("Egress") and one["Properties"]["FromPort"] == 9000
        ]:
            del resources[name]

    assert "load-balancer -> compute:9000 is asked for, and not possible" in proof(spoil, "fargate")
