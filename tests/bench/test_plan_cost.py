"""The cost of a plan is told beside one synthesis, and its aim is not told as met when it is missed."""

import pytest

from bench.plan import PlanCost, largest, section
from config.catalog import load_system, system_names
from ops.assembly.target import Target

TARGET = Target("restartix", "production", 2)


MET = "1.50 (1.50 to 1.50) syntheses; the aim of less than 2 is met"


@pytest.mark.parametrize(("plan", "said"), [(15.0, MET), (25.0, "is missed")])
def test_the_aim_is_told_as_it_is(plan: float, said: str) -> None:
    cost = PlanCost(synthesis=[10.0], cold=[plan], warm=[0.5], proof=[0.1])

    assert said in section(TARGET, cost).meaning
    assert section(TARGET, cost).rows[0] == ["one synthesis", "10.00"]


def test_the_largest_environment_is_measured() -> None:
    size = stacked(largest())

    assert size == max(
        stacked(Target(name, environment.name, len(load_system(name).phases)))
        for name in system_names()
        for environment in load_system(name).environments
    )


def stacked(target: Target) -> int:
    """Services, counted once for each place they run in."""
    deployment = target.resolve()
    return len(deployment.services) * len(list(deployment.shards()))
