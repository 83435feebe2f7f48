"""The steps of a move. Each may be killed at any moment and run again."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from database.failure import DifferenceError
from moving import record
from moving.check import check, require_tables
from moving.copying import Copied, copy
from moving.failure import RefusedError
from moving.fence import any_fence, lower_fence, raise_fence, require_fence
from moving.place import Place
from moving.record import Record
from moving.removal import remove
from moving.sequences import go_on
from moving.settings import Settings
from moving.tables import Schema
from moving.verify import compare, digest

Result = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Both databases and their tables."""

    settings: Settings
    source: Place
    target: Place
    here: Schema
    there: Schema

    @classmethod
    def between(cls, source: Place, target: Place, settings: Settings) -> "Move":
        """Look at both."""
        here, there = (Schema.read(place.session, settings.column) for place in (source, target))
        return cls(settings=settings, source=source, target=target, here=here, there=there)

    @property
    def tenant(self) -> str:
        """Whose rows."""
        return self.settings.tenant

    @property
    def into_pool(self) -> bool:
        """Whether the target is shared; unless told, it is where a tenant once moved away from it."""
        if self.settings.into is not None:
            return self.settings.into == "pool"
        known = record.find(self.target, self.tenant)
        return known is not None and known.pool

    def require_tables(self) -> None:
        """Refuse tables that cannot be moved."""
        require_tables(self.source, self.target, self.here, self.there, self.settings)


def do_check(move: Move) -> Result:
    """Everything that could refuse, and nothing is changed."""
    pool = move.into_pool
    warnings = check(move.source, move.target, move.here, move.there, move.settings, pool=pool)
    return {
        "into": "pool" if pool else "silo",
        "tables": [table.name for table in move.here.ordered],
        "rows": sum(one["rows"] for one in digest(move.source, move.here, move.tenant).values()),
        "warnings": warnings,
    }


def do_copy(move: Move) -> Result:
    """A first copy, while the source is written to."""
    move.require_tables()
    pool = move.into_pool
    if _is_done(move):
        return asdict(Copied())
    record.prepare(move.target)
    with move.target.session.transaction():
        fresh = Record(side="target", state="copying", pool=pool, fence=None, tables={})
        record.write(move.target.session, move.tenant, fresh)
    return asdict(copy(move.source, move.target, move.here))


def _is_done(move: Move) -> bool:
    """Whether the target was verified against the fence that stands, so that nothing is left to copy.

    It may serve by now, or a run was stopped before it did: in neither case are its rows touched.

    Raises:
        RefusedError: the target was written to since, so it serves; or the fence has gaps.
    """
    there, mine = record.find(move.target, move.tenant), record.find(move.source, move.tenant)
    if there is None or there.side != "target" or there.state != "verified":
        return False
    if mine is None or mine.fence != there.fence or mine.state == "opening":
        return False
    require_fence(move.source, move.here, move.tenant)
    if digest(move.target, move.there, move.tenant) != there.tables:
        raise RefusedError(
            f"{move.target.where} was written to after it was verified, so it serves: its rows would be "
            "overwritten"
        )
    return True


def do_fence(move: Move) -> Result:
    """From here on the source refuses this tenant's writes."""
    move.require_tables()
    seconds = raise_fence(
        move.source, move.here, move.tenant, pool=not move.into_pool, seconds=move.settings.fence_seconds
    )
    return {"seconds": round(seconds, 3), "tables": len(move.here.ordered)}


def do_catch_up(move: Move) -> Result:
    """What was written since the copy, and where sequences go on."""
    move.require_tables()
    require_fence(move.source, move.here, move.tenant)
    there = record.find(move.target, move.tenant)
    if there is None or there.side != "target":
        raise RefusedError(f"{move.target.where} has no copy of this tenant; run copy first")
    copied = Copied() if _is_done(move) else copy(move.source, move.target, move.here)
    sequences = go_on(move.source, move.target, move.here, move.there, seconds=move.settings.fence_seconds)
    return {**asdict(copied), "sequences": sequences}


def do_verify(move: Move) -> Result:
    """Both sides hold the same; put that on record, so that the rest may trust it."""
    move.require_tables()
    fence = require_fence(move.source, move.here, move.tenant)
    began, pool = time.monotonic(), move.into_pool
    tables = compare(move.source, move.target, move.here, move.there, move.tenant, pool=pool)
    record.prepare(move.target)
    for place, side in ((move.target, "target"), (move.source, "source")):
        with place.session.transaction():
            done = Record(
                side=side,
                state="verified",
                pool=pool if side == "target" else not pool,
                fence=fence.fence,
                tables=tables,
            )
            record.write(place.session, move.tenant, done)
    rows = sum(one["rows"] for one in tables.values())
    return {"rows": rows, "tables": tables, "seconds": round(time.monotonic() - began, 3)}


def do_unfence(move: Move) -> Result:
    """The source serves again; nothing is to be served by the target any more."""
    known = record.find(move.source, move.tenant)
    if known is not None and known.side == "source" and known.state in ("clearing", "cleared"):
        raise RefusedError(f"{move.source.where} was cleared of this tenant's rows: it has nothing to serve")
    if known is not None and known.side == "source" and _was_written_to(move, known):
        raise RefusedError(
            f"{move.target.where} was written to after it was verified, so it serves: what it has that "
            f"{move.source.where} lacks would be lost; move the tenant back instead"
        )
    if known is not None and known.side == "target" and known.state != "verified":
        raise RefusedError(f"{move.source.where} is being copied to and was not verified: run verify first")
    if known is not None and known.side == "source":
        # What was verified says nothing any more once a table takes writes: the next fence is another one.
        _mark(move, known, "opening")
    count = lower_fence(move.source, move.here, move.tenant, seconds=move.settings.fence_seconds)
    if known is not None and known.side == "source":
        with move.source.session.transaction():
            record.forget(move.source.session, move.tenant)
    return {"tables": count}


def _was_written_to(move: Move, known: Record) -> bool:
    """Whether the target has changed since it was verified against the fence that stands."""
    there = record.find(move.target, move.tenant)
    if there is None or there.state != "verified" or there.fence != known.fence:
        return False
    return digest(move.target, move.there, move.tenant) != there.tables


def do_open(move: Move) -> Result:
    """A target that an earlier move had fenced takes writes again: the last step into the pool."""
    mine = require_fence(move.source, move.here, move.tenant)
    known = record.find(move.target, move.tenant)
    if known is None or known.side != "target" or known.state != "verified" or known.fence != mine.fence:
        raise RefusedError(f"{move.target.where} was not verified against {move.source.where}; run verify")
    return {"tables": lower_fence(move.target, move.there, move.tenant, seconds=move.settings.fence_seconds)}


def do_empty(move: Move) -> Result:
    """Nothing of the copy is left in the target; only while the source serves."""
    if any_fence(move.source, move.here, move.tenant):
        raise RefusedError(
            f"{move.source.where} is fenced, so the target may be what serves; run unfence first"
        )
    rows = remove(move.target, move.there)
    if record.find(move.target, move.tenant) is not None:
        with move.target.session.transaction():
            record.forget(move.target.session, move.tenant)
    return {"rows": rows}


def do_clear(move: Move) -> Result:
    """The old copy goes: only one that was fenced, verified, and not changed since."""
    known = require_fence(move.source, move.here, move.tenant)
    there = record.find(move.target, move.tenant)
    if known.state not in ("verified", "clearing", "cleared"):
        raise RefusedError(f"{move.source.where} was never verified against the target; run verify")
    if there is None or there.side != "target" or there.state != "verified" or there.fence != known.fence:
        raise RefusedError(
            f"{move.target.where} is not the one that {move.source.where} was verified against"
        )
    if known.state == "verified" and digest(move.source, move.here, move.tenant) != known.tables:
        raise DifferenceError(f"{move.source.where} was changed after it was verified: nothing was deleted")
    _mark(move, known, "clearing")
    rows = remove(move.source, move.here)
    _mark(move, known, "cleared")
    return {"rows": rows}


def _mark(move: Move, known: Record, state: str) -> None:
    with move.source.session.transaction():
        marked = Record(side="source", state=state, pool=known.pool, fence=known.fence, tables=known.tables)
        record.write(move.source.session, move.tenant, marked)


STEPS: dict[str, Callable[[Move], Result]] = {
    "check": do_check,
    "copy": do_copy,
    "fence": do_fence,
    "catch-up": do_catch_up,
    "verify": do_verify,
    "unfence": do_unfence,
    "open": do_open,
    "empty": do_empty,
    "clear": do_clear,
}
