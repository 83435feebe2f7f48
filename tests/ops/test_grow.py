"""B9: growing from phase 1 to 2 is a list in an order, and a program sees what is done."""

from dataclasses import replace

import pytest

from config.catalog import load_system
from config.deployment import Deployment
from ops.commands.grow import shards_that_grow
from ops.growth.checklist import Checklist, tick
from ops.growth.facts import Facts, Machine
from ops.growth.steps import steps
from ops.testing import Command

SMALL = Machine(name="db", status="available", instance_class="t4g.medium", storage_gib=50, in_sync=True)
LARGE = replace(SMALL, instance_class="r6g.large", storage_gib=250)
LAUNCH = Facts(
    snapshots={},
    primary=SMALL,
    replicas=(),
    replica_urls={"core-api": 0},
    bounds={
        "restartix-fargate-core-api": (2, 10),
        "restartix-fargate-clinic": (2, 8),
        "restartix-fargate-portal": (2, 8),
    },
)
SNAPSHOT = {"pre-phase-2-upgrade-20261120": "available"}
GROWN = Facts(
    snapshots=SNAPSHOT,
    primary=LARGE,
    replicas=(replace(LARGE, name="one"), replace(LARGE, name="two")),
    replica_urls={"core-api": 2},
    bounds={
        "restartix-fargate-core-api": (3, 15),
        "restartix-fargate-clinic": (2, 15),
        "restartix-fargate-portal": (2, 15),
    },
)
ORDER = ["snapshot", "larger machine", "fleet", "read replicas", "application"]


def deployment(phase: int) -> Deployment:
    return load_system("restartix-fargate").resolve("production", phase)


def look(facts: Facts) -> Checklist:
    shard = deployment(2).home.shards[0]
    return tick("eu-1", steps(deployment(1), deployment(2), shard), facts)


def states(facts: Facts) -> list[str]:
    return [one.finding.state for one in look(facts).ticked]


def test_b9_the_steps_come_in_the_order_of_the_document() -> None:
    assert [one.step.title for one in look(LAUNCH).ticked] == ORDER


def test_b9_at_launch_everything_is_open_and_the_snapshot_is_next() -> None:
    found = look(LAUNCH)

    assert {one.finding.state for one in found.ticked} == {"open"}
    assert found.next is not None
    assert "pre-phase-2-upgrade-" in found.next.step.what
    assert found.out_of_order == ()


def test_b9_after_the_last_step_nothing_is_left() -> None:
    assert set(states(GROWN)) == {"done"}
    assert look(GROWN).next is None


@pytest.mark.parametrize(
    ("facts", "reached"),
    [
        (replace(LAUNCH, snapshots=SNAPSHOT), 1),
        (replace(LAUNCH, snapshots=SNAPSHOT, primary=LARGE), 2),
        (replace(GROWN, replicas=(), replica_urls={"core-api": 0}), 3),
        (replace(GROWN, replica_urls={"core-api": 0}), 4),
    ],
)
def test_b9_each_step_is_seen_by_itself(facts: Facts, reached: int) -> None:
    assert states(facts) == ["done"] * reached + ["open"] * (5 - reached)


@pytest.mark.parametrize(
    ("facts", "number", "found"),
    [
        (replace(LAUNCH, snapshots={"pre-phase-2-upgrade-20261120": "creating"}), 0, "is creating"),
        (replace(LAUNCH, primary=replace(LARGE, status="modifying")), 1, "modifying"),
        (replace(LAUNCH, primary=replace(LARGE, in_sync=False)), 1, "waits for a restart"),
        (replace(GROWN, replicas=(LARGE, replace(LARGE, status="creating"))), 3, "1 of 2 available"),
    ],
)
def test_b9_what_is_not_finished_is_not_done(facts: Facts, number: int, found: str) -> None:
    finding = look(facts).ticked[number].finding

    assert finding.state == "under way"
    assert found in finding.found


def test_b9_a_machine_that_grew_without_a_snapshot_is_out_of_order() -> None:
    assert [one.step.title for one in look(replace(GROWN, snapshots={})).out_of_order] == ORDER[1:]


def test_b9_a_snapshot_of_another_step_does_not_count() -> None:
    assert states(replace(LAUNCH, snapshots={"before-the-holidays": "available"}))[0] == "open"


def test_a_phase_without_steps_says_so(cambium: Command) -> None:
    result = cambium("grow", "--system", "restartix-fargate", "--env", "staging", "--to", "2")

    assert result.exit_code == 0
    assert "no steps to tick off" in result.stdout


def test_nobody_grows_to_the_first_phase(cambium: Command) -> None:
    result = cambium("grow", "--system", "restartix-fargate", "--env", "production", "--to", "1")

    assert result.exit_code == 2
    assert "--to must be 2 or more" in result.stderr


def test_it_needs_something_deployed(cambium: Command) -> None:
    result = cambium("grow", "--system", "restartix-fargate", "--env", "production", "--to", "2")

    assert result.exit_code == 10
    assert "cambium up --system restartix-fargate --env production --phase 1" in result.stderr


def test_a_shard_that_the_step_makes_has_nothing_to_tick_off() -> None:
    system = load_system("restartix")
    before, after = (system.resolve("production", phase) for phase in (3, 4))

    growing = [(region.key, shard.key) for region, shard in shards_that_grow(before, after)]

    assert growing == [("eu", "1")]
    assert len(list(after.shards())) > 1
