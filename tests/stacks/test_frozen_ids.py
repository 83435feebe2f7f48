"""Logical ids of what holds data are a contract: CloudFormation knows resources by nothing else."""

import json
from pathlib import Path

import pytest

from support.assembly import Assembly
from support.growth import guarded

FROZEN: dict[str, str] = json.loads((Path(__file__).parent / "frozen_ids.json").read_text())

COST = """
{path} was {was} and would become {becomes}.
CloudFormation knows a resource by its logical id only: it would create a new, empty one and delete or
abandon the one with the data, in every environment that is deployed. Give the construct its old id back.
If nothing was ever deployed, or the data was moved by hand first, change tests/stacks/frozen_ids.json."""


@pytest.fixture(scope="module")
def ids(
    phase_two: Assembly,
    pooled_staging: Assembly,
    pooled_phase_two: Assembly,
    reptidex_dev: Assembly,
    reptidex_grown: Assembly,
) -> dict[str, str]:
    """Stack and construct path to logical id, of every environment when it is largest."""
    return {
        f"{assembly.stacks[one.role].name}/{one.path}": one.logical_id
        for assembly in (phase_two, pooled_staging, pooled_phase_two, reptidex_dev, reptidex_grown)
        for one in guarded(assembly).values()
    }


def changed(frozen: dict[str, str], now: dict[str, str]) -> list[str]:
    """What it would cost, for each id that is not what it was."""
    return [
        COST.format(path=path, was=was, becomes=now.get(path, "nothing"))
        for path, was in frozen.items()
        if now.get(path) != was
    ]


def test_logical_ids_of_what_holds_data_never_change(ids: dict[str, str]) -> None:
    assert not (cost := changed(FROZEN, ids)), "\n".join(cost)


def test_everything_that_holds_data_is_frozen(ids: dict[str, str]) -> None:
    new = ids.keys() - FROZEN.keys()

    assert not new, f"add to tests/stacks/frozen_ids.json what now holds data: {sorted(new)}"


def test_a_changed_id_fails_with_what_it_would_cost(ids: dict[str, str]) -> None:
    path = "restartix-production-eu-1-data/Database/Instance/Resource"

    (message,) = changed(FROZEN, {**ids, path: "DatabaseInstance2"})
    assert f"{path} was {FROZEN[path]} and would become DatabaseInstance2" in message
    assert "a new, empty one" in message
