"""Every template, as it was last reviewed. ``make snapshots`` accepts what changed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from support.assembly import Assembly, text

# Files are named for who reads them, not for the test.
pytestmark = pytest.mark.filterwarnings("ignore:[\\s\\S]*Can not relate snapshot:UserWarning")

BASE = "phase_one"
REVIEWED = Path(__file__).parent / "templates"
NAMES = {
    "phase_one": "restartix-production-1-app-runner",
    "fargate": "restartix-production-1-fargate",
    "phase_two": "restartix-production-2-app-runner",
    "pooled_production": "restartix-fargate-production-1",
    "pooled_phase_two": "restartix-fargate-production-2",
    "pooled_staging": "restartix-fargate-staging-1",
    "reptidex_production": "reptidex-production-1",
    "reptidex_dev": "reptidex-dev-1",
}
BASES = {"pooled_phase_two": "pooled_production"}
"""What a deployment is compared with, where that is not the first."""
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
    "network",
    "observability",
    "pool",
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
    """A template without what changes with every edit of a handler, and with its dashboard unfolded."""
    if isinstance(value, dict):
        return {
            key: json.loads(text(item)) if key == "DashboardBody" else reviewable(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [reviewable(item) for item in value]
    return HASH.sub("<hash of the asset>", value) if isinstance(value, str) else value


def reviewed_as(deployments: dict[str, Assembly], deployment: str, role: str) -> str:
    """The file of a template: what a deployment has in common with the first is reviewed once."""
    base = BASES.get(deployment, BASE)
    stack, first = (deployments[name].stacks.get(role) for name in (deployment, base))
    same = stack and first and reviewable(stack.template) == reviewable(first.template)
    return f"{NAMES[base if same else deployment]}/{role}"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deployment", NAMES)
def test_template_is_reviewed(
    deployments: dict[str, Assembly], snapshot: SnapshotAssertion, deployment: str, role: str
) -> None:
    stack = deployments[deployment].stacks.get(role)
    name = reviewed_as(deployments, deployment, role)

    if stack is not None:
        assert reviewable(stack.template) == snapshot(name=name, extension_class=Template)


def test_no_stack_goes_unreviewed(deployments: dict[str, Assembly]) -> None:
    assert {role for name in NAMES for role in deployments[name].stacks} == set(ROLES)


def test_no_reviewed_template_is_of_nothing(deployments: dict[str, Assembly]) -> None:
    there = {str(path.relative_to(REVIEWED).with_suffix("")) for path in REVIEWED.rglob("*.json")}

    assert there == {
        reviewed_as(deployments, name, role) for name in NAMES for role in deployments[name].stacks
    }
