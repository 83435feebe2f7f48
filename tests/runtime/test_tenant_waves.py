"""A17: who gets a new image when, and what a failed step says."""

import json

import pytest

from asked.check import RefusedError
from tenants.failure import reason
from tenants.request import parse_wave
from tenants.wave import groups, skew

FLEET = [f"t{number:02}" for number in range(1, 26)]


def test_a17_canaries_come_first_then_a_tenth_then_the_rest() -> None:
    canaries, tenth, rest = groups(FLEET, ["t09"])
    assert canaries == ["t09"]
    assert tenth == ["t01", "t02", "t03"]
    assert sorted([*canaries, *tenth, *rest]) == FLEET


def test_a17_a_canary_that_is_named_twice_is_refused_since_two_runs_of_it_would_meet() -> None:
    with pytest.raises(
        RefusedError, match=r"a list of active tenants, each of them once, got .'t09', 't09'."
    ):
        parse_wave({"image": "v2", "canaries": ["t09", "t09"]})


@pytest.mark.parametrize("many", [0, 1, 2, 3, 10, 11, 1000])
def test_a17_everybody_is_in_one_group_whatever_the_number(many: int) -> None:
    names = [f"t{number}" for number in range(many)]
    found = [name for group in groups(names, []) for name in group]
    assert sorted(found) == sorted(names)


def test_a17_skew_counts_tenants_by_image() -> None:
    assert skew([{"image": "a"}, {"image": "b"}, {"image": "a"}]) == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            {"Error": "X", "Cause": json.dumps({"errorMessage": "stack s is DELETE_FAILED"})},
            "stack s is DELETE_FAILED",
        ),
        (
            {
                "Error": "States.TaskFailed",
                "Cause": json.dumps(
                    {"Containers": [{"Name": "migration", "ExitCode": 3}], "StoppedReason": "over"}
                ),
            },
            "the task ended: migration with exit code 3; over",
        ),
        ({"Error": "States.Timeout", "Cause": ""}, "States.Timeout"),
        ({}, "AWS gives no reason"),
    ],
)
def test_a17_a_failed_step_says_why_in_words(failure: dict[str, str], said: str) -> None:
    assert reason(failure) == said
