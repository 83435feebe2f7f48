"""Killed at any request to a database, each step leaves nothing that its next run does not finish."""

import asyncio
import signal

import pytest

from ops.drills import moving
from ops.drills.moving_clients import Crowd
from ops.drills.moving_judge import judge, rows_of_others
from support.tenant_moves import MOVED, OTHER, THIRD, WHOLE, Hall

pytestmark = pytest.mark.database
POINTS = (0.1, 0.35, 0.6, 0.8, 0.95)
"""Of a step's requests."""


def requests_of(hall: Hall, step: str, *, back: bool = False) -> int:
    """How many requests a step makes when nobody kills it."""
    done = hall.killed(1_000_000, step, back=back)
    assert done.returncode == 0, done.stdout
    return int(done.stderr.rsplit("requests ", 1)[1])


@pytest.mark.parametrize("point", POINTS)
def test_every_step_is_finished_by_its_next_run(hall: Hall, point: float) -> None:
    """There, in both orders of the way back, and the clearing of the old copy."""
    before, others = hall.rows(hall.pool), [hall.rows(hall.pool, one) for one in (OTHER, THIRD)]
    for step in (*WHOLE[1:5], "unfence", "empty", *WHOLE[1:], "clear"):
        killed = hall.killed(max(1, int(REQUESTS[step] * point)), step)
        assert killed.returncode == -signal.SIGKILL, f"{step}: {killed.stdout}{killed.stderr}"
        assert hall.run(step) == 0, f"{step}: {hall.said}"
        assert [hall.rows(hall.pool, one) for one in (OTHER, THIRD)] == others
    assert hall.rows(hall.silo) == before
    assert hall.count(hall.pool) == 0


REQUESTS = {
    "copy": 340,
    "fence": 98,
    "catch-up": 400,
    "verify": 93,
    "open": 57,
    "unfence": 90,
    "empty": 78,
    "clear": 87,
}
"""Of each step, measured, and never more than it makes: each run is killed before its end."""


def test_the_steps_are_as_long_as_they_are_killed_for(hall: Hall) -> None:
    found: dict[str, int] = {}
    for step in (*WHOLE[1:5], "unfence", "empty", *WHOLE[1:], "clear"):
        found[step] = min(requests_of(hall, step), found.get(step, 1_000_000))
    wrong = {step for step, count in found.items() if not 0.7 <= REQUESTS[step] / count <= 1}
    assert wrong == set(), str(found)


def test_under_load_nothing_is_lost_though_every_step_is_killed(hall: Hall) -> None:
    found = asyncio.run(_killed_under_load(hall))

    assert found == {"lost": 0, "duplicated": 0, "changed": 0, "never acknowledged": 0, "failures": 0}
    assert rows_of_others(hall.silo, MOVED) == 0


async def _killed_under_load(hall: Hall) -> dict[str, int]:
    tenants = [MOVED, OTHER, THIRD]
    async with Crowd(tenants, 3, dict.fromkeys(tenants, hall.pool.door()), first=1000) as crowd:
        await asyncio.sleep(0.5)
        for step in WHOLE[1:]:
            await asyncio.to_thread(hall.killed, int(REQUESTS[step] * 0.6), step)
            done = await asyncio.to_thread(hall.killed, 1_000_000, step)
            assert done.returncode == 0, done.stdout
        crowd.doors[MOVED] = hall.silo.door()
        await moving.served(crowd.of(MOVED))
        await asyncio.sleep(0.5)
    assert sum(one.counts["written"] for one in crowd.clients) > 50
    mine, others = judge(hall.silo, crowd.of(MOVED)), judge(hall.pool, crowd.others(MOVED))
    words = ("lost", "duplicated", "changed", "never acknowledged")
    failures = sum(len(one.failures) for one in crowd.clients)
    failures += sum(one.counts["refused"] for one in crowd.others(MOVED))
    return {**{word: mine[word] + others[word] for word in words}, "failures": failures}
