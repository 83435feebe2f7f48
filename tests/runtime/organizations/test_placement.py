"""A new organization goes to the least loaded shard of those where its data may be."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.placement import NoRoomError, NoSuchResidencyError, Place, place

RESIDENCIES = {"eu": "EU", "de": "EU", "us": "US"}
Counts = dict[tuple[str, str], int]


def shard(region: str, number: int, capacity: int = 10) -> Place:
    return Place(region, str(number), RESIDENCIES[region], capacity, f"api-{region}-{number}.x.example")


SHARDS = st.lists(
    st.builds(shard, st.sampled_from(sorted(RESIDENCIES)), st.integers(1, 12), st.integers(1, 20)),
    min_size=1,
    max_size=12,
    unique_by=lambda one: one.key,
)


@st.composite
def loaded(draw: st.DrawFn) -> tuple[list[Place], Counts]:
    """Shards, and how full each is; some are full."""
    shards = draw(SHARDS)
    return shards, {one.key: draw(st.integers(0, one.capacity)) for one in shards}


@given(loaded(), st.sampled_from(["EU", "US"]), st.randoms())
def test_a18_it_is_the_least_loaded_with_room_where_the_data_may_be_whatever_the_order(
    given_: tuple[list[Place], Counts], residency: str, random: object
) -> None:
    shards, counts = given_
    free = [one for one in shards if one.residency == residency and counts[one.key] < one.capacity]
    if not free:
        with pytest.raises((NoRoomError, NoSuchResidencyError)):
            place(residency, shards, counts)
        return
    chosen = place(residency, shards, counts)
    shuffled = shards[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert chosen in free
    share = counts[chosen.key] / chosen.capacity
    assert all(share <= counts[one.key] / one.capacity for one in free)
    assert place(residency, shuffled, counts) == chosen


@given(SHARDS, st.integers(1, 60))
def test_a18_shards_fill_evenly_and_never_beyond_what_they_take(shards: list[Place], count: int) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    european = [one for one in shards if one.residency == "EU"]
    room = sum(one.capacity for one in european)
    for _ in range(min(count, room)):
        counts[place("EU", shards, counts).key] += 1

    assert all(counts[one.key] <= one.capacity for one in european)
    assert all(counts[one.key] == 0 for one in shards if one.residency != "EU")
    if len({one.capacity for one in european}) == 1:
        assert max(counts[one.key] for one in european) - min(counts[one.key] for one in european) <= 1


def test_of_equal_shards_the_first_by_number_is_taken() -> None:
    assert place("EU", [shard("eu", 10), shard("eu", 2)], {}).shard == "2"


@pytest.mark.parametrize(
    ("residency", "message"),
    [
        ("US", r"residency must be one with a shard \(EU\), got 'US'"),
        ("UK", "residency must be EU or US, got 'UK'"),
    ],
)
def test_a_residency_without_a_shard_is_refused(residency: str, message: str) -> None:
    with pytest.raises(NoSuchResidencyError, match=message):
        place(residency, [shard("eu", 1)], {})


def test_full_shards_say_how_many_they_take() -> None:
    shards = [shard("eu", 1), shard("eu", 2), shard("us", 1)]

    with pytest.raises(NoRoomError, match="all 2 shards in the EU are full: they take 20 organizations"):
        place("EU", shards, {("eu", "1"): 10, ("eu", "2"): 11})
