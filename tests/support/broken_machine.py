"""State machines whose steps fail on purpose, and which of their steps can."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

Definition = dict[str, Any]
HELD_SECONDS = 100_000
_KEPT = ("Catch", "Next", "End")
"""What a step that fails at once has of the one whose place it takes."""


def broken(whole: Definition, steps: Sequence[tuple[str, str]]) -> Definition:
    """A definition whose steps fail ``before`` they do anything or ``after``, their answer being lost.

    A step that is asked again until it is done is lost after its first answer.
    """
    bent = deepcopy(whole)
    for step, when in steps:
        states = next(states for states in _scopes(bent) if step in states)
        state = states[step]
        fails = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "nobody"},
            **{name: state[name] for name in _KEPT if name in state},
        }
        if when == "before":
            states[step] = fails
        else:
            states[f"{step}: lost"] = fails
            states[step] = {
                **{key: value for key, value in state.items() if key != "End"},
                "Next": f"{step}: lost",
            }
    return bent


def held(whole: Definition, step: str) -> Definition:
    """A definition that waits for longer than any test before a step, to be stopped there."""
    bent, waits = deepcopy(whole), f"{step}: held"
    for state in bent["States"].values():
        for way in ("Next", "Default"):
            if state.get(way) == step:
                state[way] = waits
    bent["States"][waits] = {"Type": "Wait", "Seconds": HELD_SECONDS, "Next": step}
    return bent


def late(whole: Definition, step: str, before: str, *, run: str = "") -> Definition:
    """A definition in which a step that was given up does its work just before another one.

    With ``run``, it is the step of that run, which somebody has stopped.
    """
    bent, comes = deepcopy(whole), f"{step}: late"
    states = bent["States"]
    for state in states.values():
        for one in (state, *state.get("Choices", ()), *state.get("Catch", ())):
            for way in ("Next", "Default"):
                if one.get(way) == before:
                    one[way] = comes
    does = deepcopy(whole["States"][step])
    if run:
        payload = does["Parameters"]["Payload"]
        does["Parameters"]["Payload"] = {
            **{name: value for name, value in payload.items() if name not in ("run.$", "origin.$")},
            **({"origin": "late.example"} if "origin.$" in payload else {}),
            "run": run,
        }
    failed = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.late", "Next": before}
    does.pop("Retry")
    states[comes] = {**does, "Catch": [failed], "ResultPath": "$.late", "Next": before}
    return bent


def tasks(whole: Definition) -> set[str]:
    """Every step that calls something, those of a list's items included."""
    return {name for states in _scopes(whole) for name, state in states.items() if state["Type"] == "Task"}


def _scopes(whole: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The states of a machine, and of each list's items."""
    yield whole["States"]
    for state in whole["States"].values():
        if state["Type"] == "Map":
            yield from _scopes(state["ItemProcessor"])
