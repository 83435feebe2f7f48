"""C1: what a further service costs is a ratio of runs of the same round."""

from bench.parts import PARTS
from bench.process import Cost
from bench.rounds import Measured
from bench.services import FEW, MANY, section


def test_c1_the_cost_of_a_service_is_compared_round_by_round() -> None:
    costs = {
        FEW.system: [Cost(wall_seconds=1, cpu_seconds=cpu) for cpu in (4.0, 5.0, 4.0)],
        MANY.system: [Cost(wall_seconds=1, cpu_seconds=cpu) for cpu in (10.0, 10.0, 12.0)],
    }

    rows = section(Measured(costs), {FEW: 2, MANY: 10}, 3).rows

    assert rows == [
        ["restartix production", "2", "4.00", "2.00"],
        ["reptidex production", "10", "10.00", "1.00"],
        ["reptidex / restartix", "5.0", "2.50 (2.00 to 3.00)", "0.50 (0.40 to 0.60)"],
    ]


def test_c1_make_bench_measures_it() -> None:
    assert "services" in PARTS


def test_c1_the_products_have_two_and_ten_services() -> None:
    assert [len(target.resolve().services) for target in (FEW, MANY)] == [2, 10]
