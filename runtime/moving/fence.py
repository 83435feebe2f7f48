"""The fence: the database itself refuses writes to one tenant's rows, and nobody else notices.

Triggers with a condition on the literal tenant refuse a row after it was written and before anything can be
committed, so that no trigger of the application changes it behind their back. Making one waits for every
writer of its table that is not done. It waits a quarter of a second, lets everybody else pass, and tries
again. Each table is a transaction of its own: nothing is held while the next one is waited for.
"""

import time
import uuid
from contextlib import suppress
from dataclasses import replace
from functools import partial

from database import log
from moving import record, triggers
from moving.failure import BusyError, RefusedError
from moving.patience import patiently
from moving.place import Place
from moving.record import Record
from moving.table import Table
from moving.tables import Schema

DROP_SECONDS = 2.0
TAKE_DOWN_SECONDS = 30.0


def raise_fence(place: Place, schema: Schema, tenant: str, *, pool: bool, seconds: float) -> float:
    """Refuse writes from now on; return the seconds from the first refusal to the last table.

    When it returns, no transaction that wrote to the tenant's rows before can still commit.

    Raises:
        BusyError: a table could not be locked in time; what was fenced by this run serves again.
    """
    began, deadline = time.monotonic(), time.monotonic() + seconds
    known = _begin(place, tenant, pool=pool)
    try:
        for table in schema.ordered:
            fence_table(place, schema, table, tenant, seconds=deadline - time.monotonic())
    except BusyError:
        if known.state == "fencing":
            log.error("the fence is taken down again")
            lower_fence(place, schema, tenant, seconds=max(seconds, TAKE_DOWN_SECONDS))
        raise
    if known.state == "fencing":
        with place.session.transaction():
            record.write(place, replace(known, state="fenced"))
    return time.monotonic() - began


def fence_table(place: Place, schema: Schema, table: Table, tenant: str, *, seconds: float) -> None:
    """Refuse writes to one table.

    Raises:
        BusyError: it could not be locked in time.
    """
    if missing := tuple(triggers.missing(place, table, tenant)):
        make = partial(triggers.make, place, schema, table, tenant, missing)
        patiently(place, table, make, time.monotonic() + seconds)


def unfence_table(place: Place, table: Table, tenant: str, *, seconds: float) -> bool:
    """Let writes to one table through again; return whether any were refused.

    Raises:
        BusyError: it could not be locked in time, and refuses writes still.
    """
    enabled = [name for name, on in triggers.states(place, table, tenant).items() if on]
    if enabled:
        patiently(place, table, partial(triggers.disable, place, table, enabled), time.monotonic() + seconds)
    return bool(enabled)


def _begin(place: Place, tenant: str, *, pool: bool) -> Record:
    """What is known of the fence; a new one gets an id of its own."""
    with place.session.transaction():
        record.prepare(place)
        triggers.make_function(place)
        known = record.find(place, tenant)
        if known is None or known.side != "source" or known.state == "opening":
            known = Record(side="source", state="fencing", pool=pool, fence=str(uuid.uuid4()), tables={})
            record.write(place, known)
    return known


def lower_fence(place: Place, schema: Schema, tenant: str, *, seconds: float) -> int:
    """Let writes through again; return how many tables were fenced.

    A trigger is disabled first, which waits for nobody who only reads. Dropping it does, so that is tried for
    a moment: one that is disabled and stays does nothing.

    Raises:
        BusyError: a table could not be locked in time, and refuses writes still.
    """
    deadline, count = time.monotonic() + seconds, 0
    for table in schema.ordered:
        count += unfence_table(place, table, tenant, seconds=deadline - time.monotonic())
    for table in schema.ordered:
        if names := list(triggers.states(place, table, tenant)):
            drop = partial(triggers.drop, place, table, names)
            with suppress(BusyError):
                patiently(place, table, drop, time.monotonic() + DROP_SECONDS)
    return count


def open_tables(place: Place, schema: Schema, tenant: str) -> list[str]:
    """Names of the tables that are not fenced, or not in full."""
    return [table.name for table in schema.ordered if any(triggers.missing(place, table, tenant))]


def fenced_tables(place: Place, schema: Schema, tenant: str) -> list[str]:
    """Names of the tables that have a trigger of the fence, enabled or not."""
    return [table.name for table in schema.ordered if triggers.states(place, table, tenant)]


def any_fence(place: Place, schema: Schema, tenant: str) -> bool:
    """Whether some table is fenced."""
    return any(on for table in schema.ordered for on in triggers.states(place, table, tenant).values())


def require_fence(place: Place, schema: Schema, tenant: str, *, verified: bool = False) -> Record:
    """The record of a fence that stands.

    Args:
        place: Where.
        schema: Its tables.
        tenant: Whose rows are fenced.
        verified: Only tables that were verified count, and not what migrations have made since.

    Raises:
        RefusedError: there is none.
    """
    known, gaps = record.find(place, tenant), open_tables(place, schema, tenant)
    if verified and known is not None and known.tables:
        gaps = [name for name in gaps if name in known.tables]
    if known is None or known.side != "source" or known.state == "opening" or gaps:
        which = f": {gaps[0]} takes writes" if gaps else ""
        raise RefusedError(f"{place.where} is not fenced for this tenant{which}; run fence first")
    return known
