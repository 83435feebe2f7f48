"""Shards of one region share a network, and nothing of one reaches anything of another."""

import copy
import runpy
from typing import Any

import pytest

from config.catalog import load_system
from config.deployment import Deployment
from config.system import System
from ops import reachability
from ops.assembly import manifest
from support.assembly import Assembly
from support.synthesis import WORLDWIDE
from support.synths import Synths

Templates = dict[str, dict[str, Any]]
NETWORK = "atlas-production-se-network"


@pytest.fixture(scope="module")
def worldwide(synths: Synths) -> Templates:
    """Two regions on Fargate, one of them with two shards."""
    return templates_of(synths["worldwide"])


@pytest.fixture(scope="module")
def compass(synths: Synths) -> Templates:
    """The same on App Runner, with a routing table."""
    return templates_of(synths["compass"])


def templates_of(assembly: Assembly) -> Templates:
    """Every template by stack name."""
    return {one.name: dict(one.template) for one in manifest.read(assembly.folder).stacks}


def described(name: str) -> Deployment:
    """Production of a system of the tests."""
    system: System = runpy.run_path(str(WORLDWIDE / f"{name}.py"))["SYSTEM"]
    return system.resolve("production")


@pytest.fixture
def atlas(worldwide: Templates) -> Templates:
    """Templates that may be spoilt."""
    return copy.deepcopy(worldwide)


def group(templates: Templates, path: str) -> dict[str, Any]:
    """A reference to a security group of the network, by its construct path."""
    (found,) = [
        name
        for name, one in templates[NETWORK]["Resources"].items()
        if one.get("Metadata", {}).get("aws:cdk:path") == f"{NETWORK}/{path}/Resource"
    ]
    return {"Fn::GetAtt": [found, "GroupId"]}


def test_a2_a18_no_shard_reaches_another_on_fargate(atlas: Templates) -> None:
    assert reachability.differences(described("atlas"), atlas) == []


def test_a2_a18_nor_on_app_runner(compass: Templates) -> None:
    assert reachability.differences(described("compass"), compass) == []


def test_a2_a18_nor_among_the_eight_of_restartix(phase_four: Assembly) -> None:
    deployment = load_system("restartix").resolve("production", 4, platform="app-runner")

    assert reachability.differences(deployment, templates_of(phase_four)) == []


def test_a_way_from_one_shard_into_another_is_found(atlas: Templates) -> None:
    atlas[NETWORK]["Resources"]["Planted"] = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "Properties": {
            "GroupId": group(atlas, "Access2/Compute"),
            "SourceSecurityGroupId": group(atlas, "Access1/LoadBalancer"),
            "IpProtocol": "tcp",
            "FromPort": 8080,
            "ToPort": 8080,
        },
    }

    assert reachability.differences(described("atlas"), atlas) == [
        "eu-north-1: not in the access rules: load-balancer -> compute of shard 2:8080 (way into compute of "
        "shard 2)"
    ]


def test_a_service_with_the_group_of_another_shard_is_found(atlas: Templates) -> None:
    compute = atlas["atlas-production-se-2-compute"]["Resources"]
    others = atlas["atlas-production-se-1-compute"]["Resources"]
    place = ("Properties", "NetworkConfiguration", "AwsvpcConfiguration", "SecurityGroups")

    def groups(resources: dict[str, Any]) -> Any:
        service: Any = next(one for one in resources.values() if one["Type"] == "AWS::ECS::Service")
        for key in place[:-1]:
            service = service[key]
        return service

    groups(compute)[place[-1]] = groups(others)[place[-1]]

    found = reachability.differences(described("atlas"), atlas)
    assert any("carries compute instead of compute of shard 2" in line for line in found)


def test_groups_of_shards_that_cannot_be_told_apart_are_found(atlas: Templates) -> None:
    for one in atlas[NETWORK]["Resources"].values():
        if one["Type"] == "AWS::EC2::SecurityGroup":
            tags = one["Properties"]["Tags"]
            one["Properties"]["Tags"] = [tag for tag in tags if tag["Key"] != "cambium:shard"]

    found = reachability.differences(described("atlas"), atlas)
    assert any("cannot be told apart" in line for line in found)
