"""How synthesis with tenants is reported."""

import pytest

from bench.rounds import Spread
from bench.tenants import EACH, STAMPED, TENANTS, section

NAMES = [f"{way} x {number}" for way in (STAMPED, EACH) for number in TENANTS]


@pytest.mark.parametrize(("most", "verdict"), [(1.1, "met"), (1.2, "missed")])
def test_the_aim_is_about_the_number_of_tenants_with_which_it_grows_most(most: float, verdict: str) -> None:
    growth = [Spread(1.0, 0.9, 1.3), Spread(most, 0.9, 1.3)]

    told = section(dict.fromkeys(NAMES, 2.0), dict.fromkeys(NAMES, 16), growth)

    assert f"the aim of 1.1 is {verdict}" in told.meaning
    assert [row[1] for row in told.rows] == ["0", "10", "1000"] * 2
