"""Logical ids of what holds data are a contract: CloudFormation knows resources by nothing else."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.assembly import Assembly
from support.growth import guarded, guarded_inside
from support.synthesis import PRODUCTS

FILE = Path(__file__).parent / "frozen_ids.json"
FROZEN: dict[str, str] = json.loads(FILE.read_text())

COST = """
{path} was {was} and would become {becomes}.
CloudFormation knows a resource by its logical id only: it would create a new, empty one and delete or
abandon the one with the data, in every environment that is deployed. Give the construct its old id back.
If nothing was ever deployed, or the data was moved by hand first, change tests/stacks/frozen_ids.json."""


Ids = set[tuple[str, str]]


@pytest.fixture(scope="module")
def ids(deployments: Mapping[str, Assembly]) -> Ids:
    """Stack and construct path with logical id, in every phase and on every platform."""
    of_stacks = {
        (f"{deployments[name].stacks[one.role].name}/{one.path}", one.logical_id)
        for name in PRODUCTS
        for one in guarded(deployments[name]).values()
    }
    # Every tenant has a stack of the one template.
    of_tenants = {
        (f"{one.target.system}-{one.target.environment}-{kept.role}/{kept.path}", kept.logical_id)
        for name, one in PRODUCTS.items()
        for kept in guarded_inside(deployments[name])
    }
    return of_stacks | of_tenants


def changed(frozen: dict[str, str], now: Ids) -> list[str]:
    """What it would cost, for each id that is not what it was."""
    there = {path for path, _ in now}
    gone = [(path, "nothing") for path in frozen if path not in there]
    return [
        COST.format(path=path, was=frozen[path], becomes=becomes)
        for path, becomes in gone + sorted(now)
        if frozen.get(path, becomes) != becomes
    ]


def test_logical_ids_of_what_holds_data_never_change(ids: Ids) -> None:
    assert not (cost := changed(FROZEN, ids)), "\n".join(cost)


def test_everything_that_holds_data_is_frozen(ids: Ids, pytestconfig: pytest.Config) -> None:
    new = {path: logical_id for path, logical_id in sorted(ids) if path not in FROZEN}
    if new and pytestconfig.option.update_snapshots:
        FILE.write_text(json.dumps(FROZEN | new, indent=2) + "\n")
        pytest.skip(f"froze {len(new)} logical ids")

    assert not new, f"`make snapshots` freezes what now holds data: {sorted(new)}"


@pytest.mark.parametrize("stack", ["eu-1-data", "tenant-eu"])
def test_a_changed_id_fails_with_what_it_would_cost(ids: Ids, stack: str) -> None:
    path = f"restartix-production-{stack}/Database/Instance/Resource"

    (message,) = changed(FROZEN, (ids - {(path, FROZEN[path])}) | {(path, "DatabaseInstance2")})
    assert f"{path} was {FROZEN[path]} and would become DatabaseInstance2" in message
    assert "a new, empty one" in message


def test_an_id_that_only_another_phase_has_is_a_change(ids: Ids) -> None:
    path = "restartix-production-eu-1-data/Database/Instance/Resource"

    (message,) = changed(FROZEN, ids | {(path, "DatabaseInstance2")})
    assert "would become DatabaseInstance2" in message


def test_a_lost_id_fails_with_what_it_would_cost(ids: Ids) -> None:
    path = "restartix-production-eu-1-data/Database/Instance/Resource"

    (message,) = changed(FROZEN, {one for one in ids if one[0] != path})
    assert f"{path} was {FROZEN[path]} and would become nothing" in message
