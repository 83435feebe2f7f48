"""How runs are interleaved, and what is computed from them."""

from collections.abc import Callable

import pytest

from bench.process import Cost
from bench.rounds import Measured, measure


def _costs(*seconds: float) -> list[Cost]:
    return [Cost(cpu_seconds=one, wall_seconds=one * 2) for one in seconds]


def test_every_program_runs_once_in_each_round_after_an_uncounted_one() -> None:
    order: list[str] = []

    def program(name: str) -> Callable[[], Cost]:
        def once() -> Cost:
            order.append(name)
            return Cost(float(len(order)), 1.0)

        return once

    measured = measure({"a": program("a"), "b": program("b")}, 2, lambda _: None)

    assert order == ["a", "b", "a", "b", "a", "b"]
    assert measured.cpu("a") == pytest.approx((3 + 5) / 2)


def test_says_which_round_is_running() -> None:
    said: list[str] = []
    measure({"a": lambda: Cost(1.0, 1.0)}, 1, said.append)

    assert said == ["warm-up: a", "round 1 of 1: a"]


def test_one_slow_round_does_not_move_the_median() -> None:
    measured = Measured({"a": _costs(1.0, 9.0, 1.2)})

    assert (measured.cpu("a"), measured.wall("a")) == (1.2, 2.4)


def test_a_ratio_compares_runs_of_the_same_round() -> None:
    # The machine was three times slower in the second round, for both.
    measured = Measured({"a": _costs(2.0, 6.0, 2.2), "b": _costs(1.0, 3.0, 1.0)})
    ratio = measured.ratio("a", "b")

    assert (ratio.median, ratio.lowest, ratio.highest) == (2.0, 2.0, 2.2)
    assert str(ratio) == "2.00 (2.00 to 2.20)"


def test_what_a_stage_adds_is_the_median_of_the_differences() -> None:
    measured = Measured({"before": _costs(1.0, 3.0, 1.0), "after": _costs(1.5, 3.5, 1.9)})

    added = measured.added("after", "before")

    assert (added.median, added.lowest, added.highest) == pytest.approx((0.5, 0.5, 0.9))
