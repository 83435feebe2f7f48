"""The ratio with and without the pool: both sides of each round, and how sure it is."""

import pytest

from bench.pooling import CLIENTS, Pair, _tps, section
from bench.process import MeasurementError
from ops.drills.plan import Plan, Tasks

PLAN = Plan(
    title="shop production",
    version="17.11",
    parameters={"max_connections": "200"},
    left_out=(),
    settings={},
    poolers=Tasks(largest=2, rollout_percent=200),
    door="load-balancer",
    clients=(),
    owner="owner",
    application="shop",
    client_max_age_seconds=90,
    direct=9,
)


def test_the_ratio_is_that_of_runs_of_the_same_round() -> None:
    pairs = [Pair(1000, 900), Pair(2000, 1600), Pair(500, 600)]

    (row,) = section({("one row read", CLIENTS[0]): pairs}, PLAN, 3, 303).rows

    assert row == ["20, one row read", "1 000", "900", "0.90 (0.80 to 1.20)"]


def test_it_says_what_the_same_clients_meet_without_a_pool() -> None:
    meaning = section({}, PLAN, 3, 303).meaning

    assert "with the 200 of the template and no pool, 303 of 500 clients are refused" in meaning


def test_a_run_that_counted_nothing_is_no_measurement() -> None:
    assert _tps("tps = 1234.5 (without initial connection time)") == 1234.5
    with pytest.raises(MeasurementError, match="counted nothing"):
        _tps("number of transactions actually processed: 0")
