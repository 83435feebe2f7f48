"""References between stacks are decided before the first deployment and never change their kind.

Turning weak into strong, or back, makes CloudFormation plan the replacement of a database
(https://github.com/aws/aws-cdk/issues/38829).
"""

import json
import tarfile
from pathlib import Path
from typing import Any

import aws_cdk
import pytest

from support.assembly import Assembly, walk

ROOT = Path(__file__).parents[2]
CHOICE = "@aws-cdk/core:defaultCrossStackReferences"


def kinds(assembly: Assembly, role: str) -> set[str]:
    """How a stack refers to others."""
    keys = {key for key, _ in walk(assembly.stacks[role].template["Resources"]) if key}
    return keys & {"Fn::ImportValue", "Fn::GetStackOutput"}


@pytest.fixture(scope="module")
def context() -> dict[str, Any]:
    """The feature flags this app is synthesised with."""
    flags: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return flags


@pytest.fixture(scope="module")
def recommended() -> dict[str, Any]:
    """The flags the installed library recommends to a new app, from the library itself."""
    (package,) = (Path(aws_cdk.__file__).parent / "_jsii").glob("aws-cdk-lib@*.jsii.tgz")
    with tarfile.open(package) as archive:
        for member in archive:
            file = (
                archive.extractfile(member)
                if member.name.endswith("/recommended-feature-flags.json")
                else None
            )
            if file is not None:
                flags: dict[str, Any] = json.load(file)
                return flags
    raise AssertionError("the library ships no recommendation")


def test_references_into_the_data_stack_are_strong(restartix: dict[str, Assembly]) -> None:
    for assembly in restartix.values():
        assert kinds(assembly, "data") == {"Fn::ImportValue"}


def test_all_other_references_are_weak(restartix: dict[str, Assembly]) -> None:
    for assembly in restartix.values():
        strong = [role for role in assembly.stacks if "Fn::ImportValue" in kinds(assembly, role)]
        assert strong == ["data"]


@pytest.mark.parametrize("role", ["compute", "credentials", "observability", "backup"])
def test_the_other_stacks_do_refer_to_each_other(phase_one: Assembly, role: str) -> None:
    assert kinds(phase_one, role) == {"Fn::GetStackOutput"}


def test_what_is_exported_is_what_the_database_and_the_cache_stand_on(phase_one: Assembly) -> None:
    exported = [
        phase_one.target("network", output["Value"])
        for output in phase_one.outputs("network").values()
        if "Export" in output
    ]

    assert sorted(one.path for one in exported if one) == [
        "Access1/Cache/Resource",
        "Access1/Database/Resource",
        "Network/Vpc/PrivateSubnet1/Subnet",
        "Network/Vpc/PrivateSubnet2/Subnet",
    ]


def test_nobody_flips_the_default_kind(context: dict[str, Any]) -> None:
    assert context[CHOICE] == "weak", (
        "changing this after a deployment replaces what refers to another stack, databases included"
    )


def test_feature_flags_are_those_the_library_recommends(
    context: dict[str, Any], recommended: dict[str, Any]
) -> None:
    assert context == recommended
