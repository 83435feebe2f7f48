"""Steps that let a side take writes again, and that delete a copy. Each may be killed and run again."""

from typing import Any

from database.failure import DifferenceError
from moving import record, standing
from moving.failure import RefusedError
from moving.fence import any_fence, fence_table, lower_fence, require_fence, unfence_table
from moving.kept import added, changes
from moving.move import Move
from moving.record import Record
from moving.removal import remove
from moving.rows import summary

Result = dict[str, Any]


def do_unfence(move: Move) -> Result:
    """The source serves again; nothing is to be served by the target any more."""
    known = record.find(move.source, move.tenant)
    left = known is not None and known.side == "source"
    if known is not None and left and known.state in standing.CLEARED:
        raise RefusedError(f"{move.source.where} was cleared of this tenant's rows: it has nothing to serve")
    written = standing.written_since(move) if left else 0
    if known is not None and written and not standing.may_discard(move, known):
        raise RefusedError(
            f"{move.target.where} was written to after it was verified, so it may serve: what it has that "
            f"{move.source.where} lacks would be lost; move the tenant back instead"
        )
    if known is not None and known.side == "target" and known.state != "verified":
        raise RefusedError(f"{move.source.where} is being copied to and was not verified: run verify first")
    if known is not None and left:
        # What was verified says nothing any more once a table takes writes: the next fence is another one.
        _mark(move, known, "opening")
    count = lower_fence(move.source, move.here, move.tenant, seconds=move.settings.fence_seconds)
    if left:
        with move.source.session.transaction():
            record.forget(move.source.session, move.tenant)
    return {"tables": count, "written_in_target": written}


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
    known = require_fence(move.source, move.here, move.tenant, verified=True)
    there = record.find(move.target, move.tenant)
    if known.state not in ("verified", "clearing", "cleared"):
        raise RefusedError(f"{move.source.where} was never verified against the target; run verify")
    if there is None or there.side != "target" or there.state != "verified" or there.fence != known.fence:
        raise RefusedError(
            f"{move.target.where} is not the one that {move.source.where} was verified against"
        )
    _fence_what_was_added(move, known)
    if known.state == "verified":
        for change in changes(move.source, move.here, move.tenant, known.tables):
            raise DifferenceError(
                f"{move.source.where} was changed after it was verified, and nothing was deleted: {change}"
            )
    _mark(move, known, "clearing")
    rows = remove(move.source, move.here)
    _mark(move, known, "cleared")
    return {"rows": rows}


def _mark(move: Move, known: Record, state: str) -> None:
    record.prepare(move.source)
    with move.source.session.transaction():
        marked = Record(side="source", state=state, pool=known.pool, fence=known.fence, tables=known.tables)
        record.write(move.source, marked)


def _fence_what_was_added(move: Move, known: Record) -> None:
    """Tables that a migration made since are fenced like the others, if they hold nothing of this tenant."""
    for table in added(move.here, known.tables):
        fence_table(move.source, move.here, table, move.tenant, seconds=move.settings.fence_seconds)
        with move.source.seeing_all() as session:
            count, _ = summary(session, move.here, table, move.tenant)
        if count:
            unfence_table(move.source, table, move.tenant, seconds=move.settings.fence_seconds)
            raise RefusedError(
                f"{table.name} was made in {move.source.where} after the move, and holds {count} rows of "
                "this tenant, which nobody compared: delete them, and nothing else was deleted"
            )
