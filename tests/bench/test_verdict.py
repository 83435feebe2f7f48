"""The sentence above the ratios says what the numbers below it say."""

import pytest

from bench.rounds import Spread
from bench.synthesis import verdict


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (Spread(1.27, 1.13, 1.29), "met by the median (1.270), and by every round."),
        (Spread(1.27, 1.13, 1.36), "met by the median (1.270), though not by every round."),
        (Spread(1.304, 1.2, 1.5), "missed by the median (1.304)."),
    ],
)
def test_says_whether_the_aim_is_met_by_the_median(ratio: Spread, said: str) -> None:
    assert verdict(ratio) == f"The aim of at most 1.3 for the same checks is {said}"
