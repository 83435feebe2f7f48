"""The fence: the database itself refuses writes to one tenant's rows, and nobody else notices.

Triggers with a condition on the literal tenant refuse a row after it was written and before anything can be
committed, so that no trigger of the application changes it behind their back. Making one waits for every
writer of its table that is not done. It waits a quarter of a second, lets everybody else pass, and tries
again. Each table is a transaction of its own: nothing is held while the next one is waited for.
"""

import hashlib
import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

import psycopg
from psycopg import sql

from database import log
from moving import record
from moving.catalog import SCHEMA, TRIGGER, TRIGGERS
from moving.failure import BusyError, RefusedError
from moving.place import MOVING, Place
from moving.record import Record
from moving.tables import Schema, Table, ask

SQLSTATE = "TM001"
"""What a refused write is answered with."""
LOCK_MILLISECONDS = 250
PAUSE_SECONDS = 0.5
DROP_SECONDS = 2.0
TAKE_DOWN_SECONDS = 30.0
_EVENTS = {"insert": ("NEW.",), "update": ("OLD.", "NEW."), "delete": ("OLD.",)}
_FUNCTION = sql.SQL(
    "CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$"
    "BEGIN RAISE EXCEPTION USING ERRCODE = '" + SQLSTATE + "',"
    " MESSAGE = format('rows of this tenant in %I.%I can be read and not changed: it is being moved',"
    " TG_TABLE_SCHEMA, TG_TABLE_NAME),"
    " HINT = 'Begin the transaction anew on a new connection, in some seconds.';"
    " END $$"
)
_BLOCKERS = (
    "SELECT count(*), coalesce(max(extract(epoch FROM now() - a.xact_start))::int, 0) FROM pg_locks l"
    " JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE l.relation = %s AND l.granted AND a.pid <> pg_backend_pid()"
)


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
    if missing := tuple(_missing(place, table, tenant)):
        make = partial(_make, place, schema, table, tenant, missing)
        patiently(place, table, make, time.monotonic() + seconds)


def unfence_table(place: Place, table: Table, tenant: str, *, seconds: float) -> bool:
    """Let writes to one table through again; return whether any were refused.

    Raises:
        BusyError: it could not be locked in time, and refuses writes still.
    """
    enabled = [name for name, on in _states(place, table, tenant).items() if on]
    if enabled:
        patiently(place, table, partial(_disable, place, table, enabled), time.monotonic() + seconds)
    return bool(enabled)


def _begin(place: Place, tenant: str, *, pool: bool) -> Record:
    """What is known of the fence; a new one gets an id of its own."""
    record.prepare(place)
    with place.session.transaction():
        place.session.execute(_FUNCTION.format(sql.Identifier(SCHEMA, "refuse")))
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
        if names := list(_states(place, table, tenant)):
            with suppress(BusyError):
                patiently(place, table, partial(_drop, place, table, names), time.monotonic() + DROP_SECONDS)
    return count


def open_tables(place: Place, schema: Schema, tenant: str) -> list[str]:
    """Names of the tables that are not fenced, or not in full."""
    return [table.name for table in schema.ordered if any(_missing(place, table, tenant))]


def fenced_tables(place: Place, schema: Schema, tenant: str) -> list[str]:
    """Names of the tables that have a trigger of the fence, enabled or not."""
    return [table.name for table in schema.ordered if _states(place, table, tenant)]


def any_fence(place: Place, schema: Schema, tenant: str) -> bool:
    """Whether some table is fenced."""
    return any(on for table in schema.ordered for on in _states(place, table, tenant).values())


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


def patiently(place: Place, table: Table, work: Callable[[], None], deadline: float) -> None:
    """Do something that needs a lock on a table, and never keep others waiting for long.

    Raises:
        BusyError: somebody held the table all the time.
    """
    while True:
        try:
            with place.session.transaction():
                place.set_local("lock_timeout", str(LOCK_MILLISECONDS))
                work()
            return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            if time.monotonic() > deadline:
                raise _busy(place, table) from None
            time.sleep(PAUSE_SECONDS * random.uniform(1, 2))  # noqa: S311 - keeps runs apart


def _busy(place: Place, table: Table) -> BusyError:
    count, oldest = place.session.execute(_BLOCKERS, [table.oid]).fetchone() or (0, 0)
    return BusyError(
        f"{table.name} of {place.where} could not be locked in time: {count} sessions hold it, the oldest "
        f"transaction for {oldest} s; end it or wait, and run this again"
    )


def _name(tenant: str, event: str) -> str:
    return f"{TRIGGER}{hashlib.sha256(tenant.encode()).hexdigest()[:16]}_{event}"


def _states(place: Place, table: Table, tenant: str) -> dict[str, bool]:
    """The triggers of the fence on a table, and which are enabled."""
    names = {_name(tenant, event) for event in (*_EVENTS, "truncate")}
    found = ask(place.session, TRIGGERS)
    return {name: state in ("O", "A") for oid, name, _, state in found if oid == table.oid and name in names}


def _missing(place: Place, table: Table, tenant: str) -> Iterator[str]:
    states = _states(place, table, tenant)
    yield from (event for event in (*_EVENTS, "truncate") if not states.get(_name(tenant, event)))


def _make(place: Place, schema: Schema, table: Table, tenant: str, events: tuple[str, ...]) -> None:
    for event in events:
        name = sql.Identifier(_name(tenant, event))
        if event == "truncate":
            how = sql.SQL("BEFORE TRUNCATE ON {} FOR EACH STATEMENT").format(table.identifier)
        else:
            how = sql.SQL("AFTER " + event.upper() + " ON {} FOR EACH ROW WHEN ({})").format(
                table.identifier, _condition(place, schema, table, tenant, _EVENTS[event])
            )
        place.session.execute(
            sql.SQL("CREATE OR REPLACE TRIGGER {} {} EXECUTE FUNCTION {}()").format(
                name, how, sql.Identifier(SCHEMA, "refuse")
            )
        )


def _condition(
    place: Place, schema: Schema, table: Table, tenant: str, rows: tuple[str, ...]
) -> sql.Composed:
    whose = sql.SQL(" OR ").join(schema.is_tenant(table, tenant, row) for row in rows)
    # The move back writes here. An application that sets the same is not the owner.
    return sql.SQL("({}) AND (current_user <> {} OR coalesce(current_setting({}, true), '') <> 'on')").format(
        whose, sql.Literal(place.owner), sql.Literal(MOVING)
    )


def _disable(place: Place, table: Table, names: list[str]) -> None:
    for name in names:
        disable = sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}")
        place.session.execute(disable.format(table.identifier, sql.Identifier(name)))


def _drop(place: Place, table: Table, names: list[str]) -> None:
    for name in names:
        drop = sql.SQL("DROP TRIGGER IF EXISTS {} ON {}")
        place.session.execute(drop.format(sql.Identifier(name), table.identifier))
