"""What an earlier run has left: a target that was verified, and what was written there since.

Rows never say which side serves: a job of the silo's services, or one of the whole pool, may write to a side
that nobody was led to. Only who has looked at the line can tell, and says so with ``MOVE_SERVED_BY``. Unless
it is said, a target that was written to is taken for what serves, and nothing of it is lost.
"""

from typing import Literal

from moving import record
from moving.failure import RefusedError
from moving.fence import require_fence
from moving.kept import changes
from moving.move import Move
from moving.record import Record

Found = Literal["nothing", "same", "discarded"]
CLEARED = ("clearing", "cleared")
"""States of a source that has deleted its rows, because the target served."""


def find(move: Move) -> Found:
    """What is left of a target that was verified against the fence that stands.

    Returns:
        ``nothing`` where it was not; ``same`` where nothing has changed since, so that nothing is to be
        copied; ``discarded`` where somebody wrote to it and it has never served, so that it is to be made
        equal to the source again.

    Raises:
        RefusedError: the target was written to and may serve; or the fence has gaps.
    """
    mine = record.find(move.source, move.tenant)
    if mine is None or mine.state == "opening" or _verified(move, mine) is None:
        return "nothing"
    require_fence(move.source, move.here, move.tenant)
    if not written_since(move):
        return "same"
    if not may_discard(move, mine):
        raise RefusedError(
            f"{move.target.where} was written to after it was verified, so it may serve: its rows would be "
            "overwritten"
        )
    return "discarded"


def written_since(move: Move) -> int:
    """How many tables of the target have changed since they were verified against the fence on record."""
    mine = record.find(move.source, move.tenant)
    there = _verified(move, mine) if mine else None
    return sum(1 for _ in changes(move.target, move.there, move.tenant, there.tables)) if there else 0


def may_discard(move: Move, mine: Record) -> bool:
    """Whether what was written to the target is nobody's: the source has all rows, and only it served."""
    return move.settings.source_serves and mine.state not in CLEARED


def _verified(move: Move, mine: Record) -> Record | None:
    there = record.find(move.target, move.tenant)
    if there is None or (there.side, there.state, there.fence) != ("target", "verified", mine.fence):
        return None
    return there
