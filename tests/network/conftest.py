"""A deployment whose templates may be spoilt, and what the proof says about them."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from config.catalog import load_system
from config.environment import Platform
from ops.reachability import differences
from support.assembly import Assembly

Spoil = Callable[["Templates"], None]
Proof = Callable[..., list[str]]


class Templates:
    """Templates to plant a mistake in."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.all = copy.deepcopy(assembly.templates)

    def resources(self, role: str) -> dict[str, Any]:
        """The resources of a stack, by logical id."""
        resources: dict[str, Any] = self.all[self.assembly.stacks[role].name]["Resources"]
        return resources

    def properties(self, role: str, path: str) -> dict[str, Any]:
        """The properties of the resource at a construct path."""
        properties: dict[str, Any] = self.resources(role)[self.assembly.at(role, path).logical_id][
            "Properties"
        ]
        return properties

    def group(self, name: str) -> dict[str, Any]:
        """A reference, inside the network stack, to a security group."""
        group = self.assembly.at("network", f"Access1/{name}/Resource")
        return {"Fn::GetAtt": [group.logical_id, "GroupId"]}

    def output(self, path: str) -> dict[str, Any]:
        """A reference, from another stack, to something of the network that is not handed out yet."""
        name, found = self.assembly.stacks["network"].name, self.assembly.at("network", path)
        value = (
            {"Fn::GetAtt": [found.logical_id, "GroupId"]}
            if found.type == "AWS::EC2::SecurityGroup"
            else {"Ref": found.logical_id}
        )
        self.all[name]["Outputs"][f"Planted{found.logical_id}"] = {"Value": value}
        return {"Fn::GetStackOutput": {"StackName": name, "OutputName": f"Planted{found.logical_id}"}}


@pytest.fixture
def proof(phase_one: Assembly, fargate: Assembly) -> Proof:
    """What the proof finds in RestartiX's templates after something was spoilt."""

    def run(spoil: Spoil | None = None, platform: Platform = "app-runner") -> list[str]:
        templates = Templates(fargate if platform == "fargate" else phase_one)
        if spoil is not None:
            spoil(templates)
        deployment = load_system("restartix").resolve("production", 1, platform=platform)
        return differences(deployment, templates.all)

    return run
