"""The way through a NAT instance: what the private subnets may send, and nothing else."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from config.deployment import Deployment
from ops import reachability
from support.assembly import Assembly
from support.synthesis import SYNTHS

Spoil = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    return SYNTHS["pooled_staging"].target.resolve()


def differences(deployment: Deployment, pooled_staging: Assembly, spoil: Spoil) -> list[str]:
    """What the proof says when the NAT instance's resources were spoilt."""
    templates = copy.deepcopy(pooled_staging.templates)
    spoil(templates[pooled_staging.stacks["network"].name]["Resources"])
    return reachability.differences(deployment, templates)


def of(resources: dict[str, Any], type_name: str, part: str = "") -> dict[str, Any]:
    (found,) = [one for name, one in resources.items() if one["Type"] == type_name and part in name]
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_b6_private_subnets_reach_the_internet_through_it_on_443_and_nobody_reaches_it(
    pooled_staging: Assembly, deployment: Deployment
) -> None:
    found = reachability.Reachability(deployment, reachability.Templates(pooled_staging.templates))
    paths = {str(path) for path in found.paths()}

    assert reachability.differences(deployment, pooled_staging.templates) == []
    assert {"nat -> internet:443", "compute -> internet:443"} <= paths
    assert not [path for path in paths if path.startswith("internet -> nat")]


def test_b6_a_private_subnet_that_it_does_not_let_in_is_found(
    pooled_staging: Assembly, deployment: Deployment
) -> None:
    def spoil(resources: dict[str, Any]) -> None:
        of(resources, "AWS::EC2::SecurityGroup", "NatInstance")["SecurityGroupIngress"].pop()

    found = differences(deployment, pooled_staging, spoil)

    assert "missing private-subnets -> nat:443 (way into nat)" in found


def test_b6_a_way_in_from_outside_is_found(pooled_staging: Assembly, deployment: Deployment) -> None:
    def spoil(resources: dict[str, Any]) -> None:
        ssh = {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
        of(resources, "AWS::EC2::SecurityGroup", "NatInstance")["SecurityGroupIngress"].append(ssh)

    found = differences(deployment, pooled_staging, spoil)

    assert "not in the access rules: internet -> nat:22 (way into nat)" in found
    assert "internet -> nat:22 is possible, and nobody asked for it" in found


def test_b6_a_nat_instance_without_an_address_leads_nowhere(
    pooled_staging: Assembly, deployment: Deployment
) -> None:
    def spoil(resources: dict[str, Any]) -> None:
        del of(resources, "AWS::EC2::EIP")["InstanceId"]

    assert "nat -> internet:443 is asked for, and not possible" in differences(
        deployment, pooled_staging, spoil
    )


def test_b6_a_private_subnet_without_a_route_to_it_is_found(
    pooled_staging: Assembly, deployment: Deployment
) -> None:
    def spoil(resources: dict[str, Any]) -> None:
        (name, _) = [
            name
            for name, one in resources.items()
            if one["Type"] == "AWS::EC2::Route" and "InstanceId" in one["Properties"]
        ]
        del resources[name]

    assert "compute -> internet:443 is asked for, and not possible" in differences(
        deployment, pooled_staging, spoil
    )
