"""Every template, as it was last reviewed. ``make snapshots`` accepts what changed."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from ops.assembly.manifest import Stack
from support.assembly import Assembly, text
from support.synthesis import PRODUCTS

# Files are named for who reads them, not for the test.
pytestmark = pytest.mark.filterwarnings("ignore:[\\s\\S]*Can not relate snapshot:UserWarning")

REVIEWED = Path(__file__).parent / "templates"
NAMES = {name: synth.name for name, synth in PRODUCTS.items() if synth.reviewed}
ROLES = (
    "audit",
    "backup",
    "compute",
    "credentials",
    "data",
    "delivery",
    "distribution",
    "edge",
    "global",
    "hours",
    "lookup",
    "network",
    "observability",
    "pool",
    "recovery",
    "rotation",
    "routing",
    "storage",
    "tenant-eu",
    "tenants",
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
    """A template without what changes with every edit of a handler, and with its dashboard unfolded."""
    if isinstance(value, dict):
        return {
            key: json.loads(text(item)) if key == "DashboardBody" else reviewable(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [reviewable(item) for item in value]
    return HASH.sub("<hash of the asset>", value) if isinstance(value, str) else value


def every(assembly: Assembly) -> dict[str, Stack]:
    """Stacks by role, and the templates that are assets by folder."""
    return {**assembly.stacks, **assembly.inside}


@pytest.fixture(scope="module")
def first(deployments: Mapping[str, Assembly]) -> Mapping[tuple[str, str], str]:
    """The file of each template, by deployment and role: what several have in common is reviewed once."""
    files: dict[tuple[str, str], str] = {}
    names: dict[str, str] = {}
    for name in NAMES:
        for role, stack in every(deployments[name]).items():
            content = json.dumps(reviewable(stack.template), sort_keys=True)
            files[name, role] = names.setdefault(f"{role} {content}", f"{NAMES[name]}/{role}")
    return files


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deployment", NAMES)
def test_template_is_reviewed(
    deployments: Mapping[str, Assembly],
    first: Mapping[tuple[str, str], str],
    snapshot: SnapshotAssertion,
    deployment: str,
    role: str,
) -> None:
    stack = every(deployments[deployment]).get(role)

    if stack is not None:
        name = first[deployment, role]
        assert reviewable(stack.template) == snapshot(name=name, extension_class=Template)


def test_no_stack_goes_unreviewed(first: Mapping[tuple[str, str], str]) -> None:
    assert {role for _, role in first} == set(ROLES)


def test_no_reviewed_template_is_of_nothing(first: Mapping[tuple[str, str], str]) -> None:
    there = {str(path.relative_to(REVIEWED).with_suffix("")) for path in REVIEWED.rglob("*.json")}

    assert there == set(first.values())
