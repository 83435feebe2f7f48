"""A17: whatever fails on a way back, or is not recorded: a tenant is in one place, a second run finishes."""

from collections.abc import Iterator
from itertools import zip_longest

import pytest

from support.broken_twice import (
    CHANGES,
    CLEARINGS,
    CREATIONS,
    DELETIONS,
    LIFTINGS,
    MOVES_TO_POOL,
    MOVES_TO_SILO,
    WAVES,
    Clearing,
)
from support.embedded_tenants import NEW, Region
from support.tenant_lives import Life, Lives, Planned

pytestmark = [pytest.mark.embedded, pytest.mark.database]


def _made(life: Life) -> None:
    life.region.run("create", tenant=life.tenant, **NEW)


def _in_its_own(number: int, create: object, change: object, delete: object) -> Planned:
    stages = [create or _made, change, delete or Life.end]
    return Planned(f"made-{number}", tuple(stage for stage in stages if stage))  # type: ignore[misc]


def _moved(number: int, out: object, then: object, back: object) -> Planned:
    # Who is deleted must have been cleared, and only then its fence is lifted.
    before = [then or Life.clear, Life.end] if isinstance(back, Clearing) else [then]
    stages = [Life.begin_in_the_pool, out, *before, back]
    return Planned(f"moved-{number}", tuple(stage for stage in stages if stage))  # type: ignore[misc]


_OF_MOVES = zip_longest(MOVES_TO_SILO, CLEARINGS, (*MOVES_TO_POOL, *LIFTINGS))
_OF_OTHERS = zip_longest(CREATIONS, CHANGES, DELETIONS)
LIVES = (
    *(_moved(number, *stages) for number, stages in enumerate(_OF_MOVES)),
    *(_in_its_own(number, *stages) for number, stages in enumerate(_OF_OTHERS)),
)
NAMES = [stage.name for life in LIVES for stage in life.stages if hasattr(stage, "name")]


@pytest.fixture(scope="module")
def lives(region: Region, request: pytest.FixtureRequest) -> Iterator[Lives]:
    """All lives of which a stage is tested."""
    chosen = (getattr(item, "callspec", None) for item in request.session.items)
    lives = Lives(region, LIVES, {one.params["stage"] for one in chosen if one and "stage" in one.params})
    yield lives
    lives.close()


@pytest.mark.parametrize("stage", NAMES)
def test_a17_it_is_in_one_place_and_a_second_run_finishes(lives: Lives, stage: str) -> None:
    lives.wait(stage)


def test_a17_a_wave_that_was_cut_off_is_finished_by_the_next(region: Region) -> None:
    region.run("create", tenant="waved", **NEW)
    for number, (step, when) in enumerate(WAVES, start=2):
        image = f"v{number}"
        with region.beside("wave", (step, when)) as verb:
            region.fail(verb, image=image)
        assert region.known("waved")["state"] == "active"
        region.is_whole("waved", image=str(region.known("waved")["image"]))
        region.run("wave", image=image)
        region.is_whole("waved", image=image)
