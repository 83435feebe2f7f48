"""The steps of a move. Each may be killed at any moment and run again."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from moving import record
from moving.backward import do_clear, do_empty, do_open, do_unfence
from moving.check import check, no_rows, require_rows
from moving.copied import Copied
from moving.copying import copy
from moving.failure import RefusedError
from moving.fence import raise_fence, require_fence
from moving.kept import changes, remembered
from moving.move import Move
from moving.record import Record
from moving.sequences import go_on
from moving.verify import compare, digest

Result = dict[str, Any]


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
    require_rows(move.source, move.here, move.settings)
    record.prepare(move.target)
    with move.target.session.transaction():
        fresh = Record(side="target", state="copying", pool=pool, fence=None, tables={})
        record.write(move.target, fresh)
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
    if any(changes(move.target, move.there, move.tenant, there.tables)):
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
    rows = sum(one["rows"] for one in tables.values())
    if not rows:
        raise RefusedError(no_rows(move.source, move.settings))
    record.prepare(move.target)
    for place, side in ((move.target, "target"), (move.source, "source")):
        with place.session.transaction():
            done = Record(
                side=side,
                state="verified",
                pool=pool if side == "target" else not pool,
                fence=fence.fence,
                tables=remembered(tables, move.there if side == "target" else move.here),
            )
            record.write(place, done)
    return {"rows": rows, "tables": tables, "seconds": round(time.monotonic() - began, 3)}


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
