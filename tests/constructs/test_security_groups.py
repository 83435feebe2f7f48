"""What SecurityGroups promises."""

import aws_cdk as cdk
import pytest

from cambium.security_groups import SecurityGroups, immutable
from config.access import AccessRule
from support.scenario import BuiltOf, scenario, some_vpc

RULES = (
    AccessRule(source="internet", target="front", port=443, why="visitors"),
    AccessRule(source="front", target="back", port=9000, why="calls"),
    AccessRule(source="front", target="internet", port=443, why="APIs"),
)


@scenario
def table(stack: cdk.Stack) -> None:
    groups = SecurityGroups(stack, "Access", vpc=some_vpc(stack), rules=RULES)
    # What an L2 of another stack would try.
    elsewhere = immutable(stack, "Elsewhere", groups.group("back"))
    elsewhere.connections.allow_from_any_ipv4(cdk.aws_ec2.Port.tcp(22))
    with pytest.raises(KeyError):
        groups.group("nobody")


def test_a_connection_has_both_halves(built: BuiltOf) -> None:
    (way_in,) = built(table).of_type("AWS::EC2::SecurityGroupIngress")
    (way_out,) = built(table).of_type("AWS::EC2::SecurityGroupEgress")

    assert way_in["GroupId"] == way_out["DestinationSecurityGroupId"]
    assert way_in["SourceSecurityGroupId"] == way_out["GroupId"]
    assert (way_in["FromPort"], way_in["ToPort"]) == (way_out["FromPort"], way_out["ToPort"]) == (9000, 9000)


def test_each_rule_says_why_it_is_there(built: BuiltOf) -> None:
    assert built(table).the("AWS::EC2::SecurityGroupIngress")["Description"] == "calls"


def test_a_group_that_calls_nobody_has_no_way_out(built: BuiltOf) -> None:
    (back,) = [one for one in built(table).of_type("AWS::EC2::SecurityGroup") if "back" in str(one["Tags"])]

    assert [rule["CidrIp"] for rule in back["SecurityGroupEgress"]] == ["255.255.255.255/32"]
    assert "SecurityGroupIngress" not in back.properties


def test_nobody_opens_a_further_port_behind_the_tables_back(built: BuiltOf) -> None:
    ports = {rule["FromPort"] for rule in built(table).of_type("AWS::EC2::SecurityGroupIngress")}

    assert ports == {9000}


def test_each_group_carries_its_name_for_tools(built: BuiltOf) -> None:
    tags = [one["Tags"] for one in built(table).of_type("AWS::EC2::SecurityGroup")]

    assert sorted(tag["Value"] for group in tags for tag in group) == ["back", "front"]
