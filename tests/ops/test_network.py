"""What the comparison of security groups with the access rules finds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.access import GROUP_TAG, NOWHERE, AccessRule
from emulator.testing import Emulator, started
from ops.embedded.aws import Place, Places
from ops.reachability.connections import Connection, Half, Way, expected, half
from ops.verify import network
from ops.verify.inventory import Inventory, Resource
from ops.verify.network import FoundGroups

RULES = (
    AccessRule(source="compute", target="database", port=5432, why="PostgreSQL"),
    AccessRule(source="compute", target="internet", port=443, why="AWS"),
)
HERE = Place("123456789012", "us-east-1")
TO_DATABASE = Connection("compute", "database", (5432, 5432))
FROM_ANYWHERE = Connection("internet", "database", (5432, 5432))


def found(*halves: Half) -> FoundGroups:
    return FoundGroups(HERE, frozenset(halves), ())


def test_groups_that_match_the_rules_have_no_differences() -> None:
    assert network.differences(RULES, found(*expected(RULES))) == []


@pytest.mark.parametrize("way", ["in", "out"])
def test_a_missing_half_is_reported_by_the_side_it_is_missing_on(way: Way) -> None:
    missing = Half(TO_DATABASE, way)

    differences = network.differences(RULES, found(*(expected(RULES) - {missing})))

    assert len(differences) == 1
    assert "missing compute -> database:5432" in differences[0]
    assert ("way into database" if way == "in" else "way out of compute") in differences[0]


def test_a_door_nobody_asked_for_is_reported() -> None:
    extra = Half(FROM_ANYWHERE, "in")

    differences = network.differences(RULES, found(*expected(RULES), extra))

    assert differences == [
        "us-east-1: not in the access rules: internet -> database:5432 (way into database)"
    ]


@pytest.mark.parametrize(
    ("protocol", "ports", "spoken"),
    [
        ("tcp", (5432, 5432), "5432"),
        ("6", ("5432", "5432"), "5432"),
        ("udp", (53, 53), "53 udp"),
        ("tcp", (1024, 2048), "1024-2048"),
        ("-1", (0, 0), "all"),
        (-1, (None, None), "all"),
    ],
)
def test_a_rule_means_the_same_in_whichever_words_aws_wrote_it(
    protocol: object, ports: tuple[object, object], spoken: str
) -> None:
    assert str(half("web", "in", "::/0", protocol, ports)) == f"internet -> web:{spoken} (way into web)"


def test_a_rule_to_nowhere_lets_nothing_through() -> None:
    assert half("web", "out", NOWHERE, "icmp", (252, 87)) is None


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder: Path = tmp_path_factory.mktemp("aws")
    with started(folder) as emulator:
        yield emulator


@pytest.mark.embedded
def test_groups_are_read_by_tag_with_planted_differences(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    groups = {}
    for name in ("compute", "database", "untagged"):
        group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
        if name != "untagged":
            ec2.create_tags(Resources=[group], Tags=[{"Key": GROUP_TAG, "Value": name}])
        groups[name] = group
    postgres = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
    to_database = {**postgres, "UserIdGroupPairs": [{"GroupId": groups["database"]}]}
    from_anywhere = {**postgres, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_egress(GroupId=groups["compute"], IpPermissions=[to_database])
    ec2.authorize_security_group_ingress(GroupId=groups["database"], IpPermissions=[from_anywhere])
    inventory = Inventory(
        tuple(Resource("s", HERE, name, "AWS::EC2::SecurityGroup", group) for name, group in groups.items())
    )

    (read,) = network.read(inventory, Places(aws.url), {})
    differences = "\n".join(network.differences(RULES, read))

    assert read.halves == {
        Half(TO_DATABASE, "out"),
        Half(FROM_ANYWHERE, "in"),
    }
    assert f"{groups['untagged']} (untagged) has no tag cambium:group" in differences
    assert f"the default security group of {vpc} lets traffic through" in differences
    assert "missing compute -> database:5432 (way into database)" in differences
    assert "missing compute -> internet:443 (way out of compute)" in differences
    assert "not in the access rules: internet -> database:5432" in differences
