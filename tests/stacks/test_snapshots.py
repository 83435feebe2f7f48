"""Every template, as it was last reviewed. ``make snapshots`` accepts what changed."""

import re
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from support.assembly import Assembly

BASE = "phase_one"
REVIEWED = Path(__file__).parent / "templates"
NAMES = {
    "phase_one": "restartix-production-1-app-runner",
    "fargate": "restartix-production-1-fargate",
    "phase_two": "restartix-production-2-app-runner",
}
ROLES = (
    "audit",
    "backup",
    "compute",
    "credentials",
    "data",
    "delivery",
    "edge",
    "global",
    "network",
    "observability",
    "recovery",
    "storage",
)
HASH = re.compile(r"[0-9a-f]{64}")


class Template(JSONSnapshotExtension):
    """One readable file per stack: ``templates/<deployment>/<role>.json``."""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """The folder of the reviewed templates."""
        return str(REVIEWED)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """The name given in the test, which is a path."""
        return str(index)

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:
        """The file of one template."""
        return str(REVIEWED / f"{index}.json")


def reviewable(value: Any) -> Any:
    """A template without what changes with every edit of a handler, or says nothing to a reviewer."""
    if isinstance(value, dict):
        return {key: reviewable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reviewable(item) for item in value]
    return HASH.sub("<hash of the asset>", value) if isinstance(value, str) else value


def deployments(phase_one: Assembly, fargate: Assembly, phase_two: Assembly) -> dict[str, Assembly]:
    return {"phase_one": phase_one, "fargate": fargate, "phase_two": phase_two}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deployment", NAMES)
def test_template_is_reviewed(
    phase_one: Assembly,
    fargate: Assembly,
    phase_two: Assembly,
    snapshot: SnapshotAssertion,
    deployment: str,
    role: str,
) -> None:
    assembly = deployments(phase_one, fargate, phase_two)[deployment]
    if role not in assembly.stacks:
        pytest.skip(f"{deployment} has no {role} stack")
    template = reviewable(assembly.stacks[role].template)
    # What a deployment has in common with the first is reviewed once.
    first = phase_one.stacks.get(role)
    same = first is not None and reviewable(first.template) == template
    name = NAMES[BASE if same else deployment]

    assert template == snapshot(name=f"{name}/{role}", extension_class=Template)


def test_no_stack_goes_unreviewed(phase_one: Assembly, fargate: Assembly, phase_two: Assembly) -> None:
    for assembly in (phase_one, fargate, phase_two):
        assert assembly.stacks.keys() <= set(ROLES)
