"""Which shard a new organization goes to: the least loaded of those where its data may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.entry import RESIDENCIES


class NoRoomError(Exception):
    """Every shard of the residency is full: add one, or raise what a shard takes."""


class NoSuchResidencyError(Exception):
    """No shard lies where the organization's data must stay."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One shard."""

    region: str
    shard: str
    residency: str
    capacity: int
    """Organizations of the shared tier it takes."""
    origin: str

    @property
    def key(self) -> tuple[str, str]:
        """Region and shard, by which it is counted."""
        return self.region, self.shard


def place(residency: str, places: Sequence[Place], counts: Mapping[tuple[str, str], int]) -> Place:
    """The shard with the smallest share of its capacity used; of equals, the first by region and number.

    The same counts give the same answer, whatever the order of ``places``. Two placements at once may read
    the same counts: a shard then gets one more than its neighbour, which the next placement evens out.

    Args:
        residency: Where the data must stay.
        places: Every shard there is.
        counts: Organizations in each, by region and shard; one that is not named has none.

    Raises:
        NoSuchResidencyError: no shard lies there.
        NoRoomError: all of them are full.
    """
    allowed = [one for one in places if one.residency == residency]
    if not allowed:
        known = sorted({one.residency for one in places})
        raise NoSuchResidencyError(
            f"residency must be one with a shard ({', '.join(known)}), got {residency!r}"
            if residency in RESIDENCIES
            else f"residency must be {' or '.join(RESIDENCIES)}, got {residency!r}"
        )
    free = [one for one in allowed if counts.get(one.key, 0) < one.capacity]
    if not free:
        room = sum(one.capacity for one in allowed)
        raise NoRoomError(
            f"all {len(allowed)} shards in the {residency} are full: they take {room} organizations"
        )
    return min(free, key=lambda one: (counts.get(one.key, 0) / one.capacity, one.region, int(one.shard)))
