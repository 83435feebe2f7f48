"""The steps of a move. Each may be killed at any moment and run again."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from database import log
from moving import record, standing
from moving.backward import do_clear, do_empty, do_open, do_unfence
from moving.check import check, no_rows, require_rows
from moving.copied import Copied
from moving.copying import copy
from moving.failure import RefusedError
from moving.fence import raise_fence, require_fence
from moving.kept import remembered
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
    found = standing.find(move)
    if found == "same":
        return _brought(move, found)
    require_rows(move.source, move.here, move.settings)
    record.prepare(move.target)
    with move.target.session.transaction():
        fresh = Record(side="target", state="copying", pool=pool, fence=None, tables={})
        record.write(move.target, fresh)
    return _brought(move, found)


def _brought(move: Move, found: standing.Found) -> Result:
    """Make the target equal to the source, unless it is; count what is discarded by that."""
    if found == "same":
        return asdict(Copied())
    copied = copy(move.source, move.target, move.here)
    if found == "discarded":
        copied.discarded = copied.inserted + copied.updated + copied.deleted
        log.info("what was written to the target, which never served, is discarded", rows=copied.discarded)
    return asdict(copied)


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
    copied = _brought(move, standing.find(move))
    sequences = go_on(move.source, move.target, move.here, move.there, seconds=move.settings.fence_seconds)
    return {**copied, "sequences": sequences}


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
