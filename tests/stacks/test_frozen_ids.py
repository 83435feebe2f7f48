"""Logical ids of what holds data are a contract: CloudFormation knows resources by nothing else."""

import json
from pathlib import Path

from support.assembly import Assembly
from support.growth import guarded

FROZEN: dict[str, str] = json.loads((Path(__file__).parent / "frozen_ids.json").read_text())

COST = """
{path} was {was} and would become {becomes}.
CloudFormation knows a resource by its logical id only: it would create a new, empty one and delete or
abandon the one with the data, in every environment that is deployed. Give the construct its old id back.
If nothing was ever deployed, or the data was moved by hand first, change tests/stacks/frozen_ids.json."""


def ids(assembly: Assembly) -> dict[str, str]:
    """Stack and construct path to logical id."""
    return {
        f"{assembly.stacks[one.role].name}/{one.path}": one.logical_id for one in guarded(assembly).values()
    }


def changed(frozen: dict[str, str], now: dict[str, str]) -> list[str]:
    """What it would cost, for each id that is not what it was."""
    return [
        COST.format(path=path, was=was, becomes=now.get(path, "nothing"))
        for path, was in frozen.items()
        if now.get(path) != was
    ]


def test_logical_ids_of_what_holds_data_never_change(phase_two: Assembly) -> None:
    assert not (cost := changed(FROZEN, ids(phase_two))), "\n".join(cost)


def test_everything_that_holds_data_is_frozen(phase_two: Assembly) -> None:
    new = ids(phase_two).keys() - FROZEN.keys()

    assert not new, f"add to tests/stacks/frozen_ids.json what now holds data: {sorted(new)}"


def test_a_changed_id_fails_with_what_it_would_cost(phase_two: Assembly) -> None:
    path = "restartix-production-eu-1-data/Database/Instance/Resource"

    (message,) = changed(FROZEN, {**ids(phase_two), path: "DatabaseInstance2"})
    assert f"{path} was {FROZEN[path]} and would become DatabaseInstance2" in message
    assert "a new, empty one" in message
