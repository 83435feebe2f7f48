"""A17: a failure at any step of a move leaves the organization served where it was; a second run finishes."""

import pytest

from support.broken_steps import TO_POOL, TO_POOL_ONWARD, TO_SILO
from support.embedded_moves import Pool
from support.embedded_tenants import NO_TRACES, Region

pytestmark = [pytest.mark.embedded, pytest.mark.database, pytest.mark.long]

MOVE = {"image": "v1", "requested_by": "a test"}


@pytest.fixture(scope="module")
def pool(region: Region) -> Pool:
    """The pool with its tables."""
    pool = Pool(region)
    pool.prepare()
    return pool


def move(region: Region, organization: str, to: str) -> None:
    region.run("move", tenant=organization, to=to, **({**MOVE} if to == "silo" else {}))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def torn(pool: Pool) -> str:
    """One that is to move into a silo, and fails to."""
    pool.add("bent", notes=7)
    return "bent"


@pytest.mark.parametrize(("step", "when"), TO_SILO)
def test_a17_a_failed_move_leaves_the_organization_in_the_pool(
    region: Region, pool: Pool, torn: str, step: str, when: str
) -> None:
    line, notes = pool.line(torn), pool.notes(torn)
    with region.broken("move", (step, when)), pool.migrating(torn):
        said = region.fail("move", tenant=torn, to="silo", image="v1")
    assert said.startswith(f"TenantFailed: move failed at {step}"), said
    assert "nothing of this run is left" in said
    assert pool.line(torn) == line
    assert {**region.traces(torn), "routed": {}} == NO_TRACES
    assert not region.snapshots(torn)
    assert pool.notes(torn) == notes
    assert not pool.refuses(torn), "its users write as before"
    known = region.known(torn)
    assert (known["state"], "operation" in known) == ("pooled", False)
    assert step in known["failure"]


def test_a17_a_second_run_finishes_the_move(region: Region, pool: Pool, torn: str) -> None:
    notes = pool.notes(torn)
    with pool.migrating(torn):
        move(region, torn, "silo")
    region.is_whole(torn)
    assert pool.notes(torn, silo=True) == notes
    assert region.known(torn)["failure"] == ""


@pytest.mark.parametrize(("step", "when"), TO_POOL)
def test_a17_a_failed_way_back_leaves_the_tenant_in_its_silo(
    region: Region, pool: Pool, torn: str, step: str, when: str
) -> None:
    region.is_whole(torn)
    notes, line = pool.notes(torn, silo=True), pool.line(torn)
    with region.broken("move", (step, when)):
        said = region.fail("move", tenant=torn, to="pool")
    assert said.startswith(f"TenantFailed: move failed at {step}"), said
    assert "nothing of this run is left" in said
    assert pool.line(torn) == line
    region.is_whole(torn)
    assert pool.notes(torn, silo=True) == notes
    assert not pool.refuses(torn, silo=True)


def test_a17_once_the_pool_serves_it_again_the_way_is_on(region: Region, pool: Pool, torn: str) -> None:
    notes = pool.notes(torn, silo=True)
    for step, when in TO_POOL_ONWARD:
        with region.broken("move", (step, when)):
            assert "run it again to finish" in region.fail("move", tenant=torn, to="pool")
        assert region.known(torn)["state"] == "moving", (step, when)
        assert (pool.line(torn)["tier"], pool.line(torn)["state"]) == ("shared", "active")
        assert not pool.refuses(torn)
    move(region, torn, "pool")
    assert {**region.traces(torn), "routed": {}} == NO_TRACES
    assert pool.notes(torn)[: len(notes)] == notes
    assert region.known(torn)["last_snapshot"] in region.snapshots(torn)


def test_a17_a_flip_whose_answer_was_lost_has_happened(region: Region, pool: Pool) -> None:
    pool.add("lost", notes=2)
    with region.broken("move", ("Serve it from the silo", "after")), pool.migrating("lost"):
        move(region, "lost", "silo")
    region.is_whole("lost")
    with region.broken("move", ("Serve it from the pool", "after")):
        move(region, "lost", "pool")
    assert pool.line("lost")["tier"] == "shared"


def test_a17_a_move_that_was_stopped_behind_its_fence_is_finished_by_the_next(
    region: Region, pool: Pool
) -> None:
    pool.add("halted-move", notes=2)
    with pool.migrating("halted-move"):
        run = region.start("move", tenant="halted-move", to="silo", image="v1")
        region.until(lambda: pool.refuses("halted-move"))
        region.client("stepfunctions").stop_execution(executionArn=run)
        assert pool.line("halted-move")["state"] == "moving"
        assert "on its way to the silo" in region.fail("move", tenant="halted-move", to="pool")
        move(region, "halted-move", "silo")
    region.is_whole("halted-move")
