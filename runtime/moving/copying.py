"""Makes the target hold what the source holds of one tenant: whole tables first, then what differs."""

import time

import psycopg
from psycopg import sql

from database import log
from database.connection import Session
from moving import differing, temporary
from moving.copied import Copied
from moving.place import Place
from moving.rows import names, pipe
from moving.table import Table
from moving.tables import Schema
from moving.written import Written

_OUT_OF_ORDER = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.ForeignKeyViolation,
    psycopg.errors.ExclusionViolation,
)


def copy(source: Place, target: Place, schema: Schema) -> Copied:
    """Bring the target to one moment of the source.

    Each table is a transaction of its own, parents first: after a kill, the next run goes on with what
    differs. A table of which the target has nothing is copied whole.
    """
    copied, began = Copied(), time.monotonic()
    temporary.make_wanted(source, target, schema)
    with source.as_tenant(snapshot=True) as reads:
        try:
            _reconcile(reads, target, schema, copied)
        except _OUT_OF_ORDER:
            # Rows that exchanged what must be unique among them, or a value that others refer to: no order
            # of single writes gets there.
            log.info("no order of single writes is allowed, so all of the tenant's rows are copied anew")
            _copy_anew(reads, target, schema, copied)
    copied.seconds = round(time.monotonic() - began, 3)
    copied.megabytes = round(copied.megabytes, 3)
    return copied


def _reconcile(reads: Session, target: Place, schema: Schema, copied: Copied) -> None:
    """Changed rows and new ones, parents first; then those that are gone, children first.

    In this order no row is ever deleted that another still refers to, so that nothing cascades. A table that
    no other refers to loses its rows first: a new one may have their unique values.
    """
    later: list[tuple[int, Table]] = []
    for number, table in enumerate(schema.ordered):
        with target.as_tenant() as writes, Written(writes, (table,)) as written:
            if _is_empty(writes, table):
                _fill(reads, writes, table, written, copied)
                continue
            copied.add(size=differing.compare(reads, writes, table, number))
            if schema.is_referred_to(table):
                later.append((number, table))
            else:
                differing.delete(writes, table, number, written, copied)
            # An old row may refer to a new one of its own table; elsewhere, a new row may have a value that
            # an old one gives up.
            new_first = schema.refers_to_itself(table)
            steps = (differing.update, differing.insert)
            for step in reversed(steps) if new_first else steps:
                step(writes, table, written, copied)
    for number, table in reversed(later):
        with target.as_tenant() as writes, Written(writes, (table,)) as written:
            differing.delete(writes, table, number, written, copied)


def _copy_anew(reads: Session, target: Place, schema: Schema, copied: Copied) -> None:
    with target.as_tenant() as writes, Written(writes, schema.ordered) as written:
        for table in reversed(schema.ordered):
            gone = writes.execute(sql.SQL("DELETE FROM {}").format(table.identifier)).rowcount
            written.deleted(table, gone)
            copied.add(deleted=gone)
        for table in schema.ordered:
            _fill(reads, writes, table, written, copied)


def _is_empty(writes: Session, table: Table) -> bool:
    some = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(table.identifier)
    return not (writes.execute(some).fetchone() or (True,))[0]


def _fill(reads: Session, writes: Session, table: Table, written: Written, copied: Copied) -> None:
    columns, query = names(table.written), sql.SQL("SELECT {} FROM {}")
    temporary.stage(writes, table, table.written)
    size = pipe(reads, query.format(columns, table.identifier), writes, temporary.STAGED)
    insert = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}")
    count = writes.execute(insert.format(table.identifier, columns, columns, temporary.STAGED)).rowcount
    written.inserted(table, count)
    copied.add(inserted=count, size=size)
    temporary.drop(writes, temporary.STAGED)
