"""A17: every step of every machine of tenants fails in some test, so that a new one cannot be forgotten."""

import json
from typing import Any

import pytest

from support.assembly import Assembly
from support.broken_machine import broken, tasks
from support.broken_steps import CHANGE, CREATE, DELETE, DELETE_ONWARD, TO_POOL, TO_POOL_ONWARD, TO_SILO
from support.broken_twice import (
    CHANGES,
    CLEARINGS,
    CREATIONS,
    DELETIONS,
    LIFTINGS,
    MOVES_TO_POOL,
    MOVES_TO_SILO,
    WAVES,
    Case,
    Clearing,
)

PREFIX = "clinic-production-eu-tenants-"
FORWARD = {
    "create": CREATE,
    "change": CHANGE,
    "delete": (*DELETE, *DELETE_ONWARD),
    "move": (*TO_SILO, *TO_POOL, *TO_POOL_ONWARD),
    "wave": WAVES,
}
OTHERWISE: dict[str, tuple[Case | Clearing, ...]] = {
    "create": CREATIONS,
    "change": CHANGES,
    "delete": DELETIONS,
    "move": (*MOVES_TO_SILO, *MOVES_TO_POOL),
    "clear": (*CLEARINGS, *LIFTINGS),
}


@pytest.fixture(scope="module")
def machines(tenanted: Assembly) -> dict[str, dict[str, Any]]:
    """Definitions by verb, as they are synthesised."""
    found = {}
    for machine in tenanted.of_type("AWS::StepFunctions::StateMachine", "tenants"):
        parts = machine.properties["DefinitionString"]["Fn::Join"][1]
        whole = "".join(part if isinstance(part, str) else "x" for part in parts)
        found[machine.properties["StateMachineName"].removeprefix(PREFIX)] = json.loads(whole)
    return found


def test_a17_every_step_that_calls_something_fails_in_a_test(machines: dict[str, dict[str, Any]]) -> None:
    assert set(machines) == {*FORWARD, *OTHERWISE}
    for verb, definition in machines.items():
        fails = {step for step, _ in FORWARD.get(verb, ())} | {one.step for one in OTHERWISE.get(verb, ())}
        assert fails == tasks(definition), verb


def test_a17_what_leads_to_a_step_is_a_step_of_its_machine(machines: dict[str, dict[str, Any]]) -> None:
    for verb, cases in OTHERWISE.items():
        for case in cases:
            bent = broken(machines[verb], case.steps)
            assert bent != machines[verb]


def test_a17_a_step_that_is_new_is_noticed(machines: dict[str, dict[str, Any]]) -> None:
    definition = broken(machines["clear"], (("Lift its fence", "after"),))
    assert tasks(definition) - tasks(machines["clear"]) == {"Lift its fence: lost"}


def test_a17_no_step_makes_a_stack_anew_that_somebody_may_have_used(
    machines: dict[str, dict[str, Any]],
) -> None:
    made = set()
    for verb, definition in machines.items():
        for name, state in definition["States"].items():
            told = state.get("Parameters", {}).get("Payload", {})
            kept = told.get("existing") or {"changes", "changes.$", "look"} & set(told)
            if "parameters.$" in told and "stack.$" in told and not kept:
                made.add((verb, name))
    # Before a move has copied anything, nothing is in it.
    assert made == {("move", "Make the stack")}
