"""A page with a promise about backups that is not kept is not published."""

from dataclasses import replace
from typing import Any

import pytest

from bench.backups import Round, section

SMALL = Round(megabytes=100, piped=10, dump=20, restore=9, dump_peak_mb=120, restore_peak_mb=110)
LARGE = Round(megabytes=1000, piped=100, dump=110, restore=90, dump_peak_mb=125, restore_peak_mb=115)


def test_speed_counts_where_starting_a_program_does_not() -> None:
    assert section([SMALL, LARGE], 1).flaw is None


def test_a_dump_and_then_its_restore_are_held_against_the_whole_pipe() -> None:
    made = section([SMALL, LARGE], 1)
    column = made.header.index("dump + restore / pipe")

    # Both together take 200 s, the pipe 100 s: either ratio alone would hide that.
    assert [row[column] for row in made.rows] == ["0.34", "0.50"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"dump": 130.0}, "0.77 of the speed"),
        ({"restore": 130.0}, "0.77 of the speed"),
        ({"dump_peak_mb": 210.0}, "peak memory is 210 MB"),
        ({"restore_peak_mb": 190.0}, "grew by 80 MB"),
    ],
)
def test_a_promise_that_is_not_kept_is_a_flaw(changed: dict[str, Any], said: str) -> None:
    flaw = section([SMALL, replace(LARGE, **changed)], 1).flaw

    assert flaw is not None
    assert said in flaw
