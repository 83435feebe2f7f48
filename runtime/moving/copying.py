"""Makes the target hold what the source holds of one tenant: whole tables first, then what differs."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql

from database import log
from database.connection import Session
from moving.place import Place
from moving.rows import HASH, hash_of, names, pipe
from moving.tables import Schema, Table
from moving.written import Written

_STAGED, _KEYS, _WANTED = (sql.Identifier("pg_temp", f"moving_{one}") for one in ("staged", "keys", "wanted"))

_OUT_OF_ORDER = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.ForeignKeyViolation,
    psycopg.errors.ExclusionViolation,
)


@dataclass(slots=True)
class Copied:
    """What was written to the target."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    megabytes: float = 0.0
    seconds: float = 0.0

    def add(self, *, inserted: int = 0, updated: int = 0, deleted: int = 0, size: int = 0) -> None:
        """Count more."""
        self.inserted += inserted
        self.updated += updated
        self.deleted += deleted
        self.megabytes += size / 1e6


def copy(source: Place, target: Place, schema: Schema) -> Copied:
    """Bring the target to one moment of the source.

    Each table is a transaction of its own, parents first: after a kill, the next run goes on with what
    differs. A table of which the target has nothing is copied whole.
    """
    copied, began = Copied(), time.monotonic()
    _make_wanted(source, target, schema)
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
            copied.add(size=_compare(reads, writes, table, number))
            if schema.is_referred_to(table):
                later.append((number, table))
            else:
                _delete(writes, table, number, written, copied)
            # An old row may refer to a new one of its own table; elsewhere, a new row may have a value that
            # an old one gives up.
            steps = (_insert, _update) if schema.refers_to_itself(table) else (_update, _insert)
            for step in steps:
                step(writes, table, written, copied)
    for number, table in reversed(later):
        with target.as_tenant() as writes, Written(writes, (table,)) as written:
            _delete(writes, table, number, written, copied)


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
    _stage(writes, table, table.written)
    size = pipe(reads, query.format(columns, table.identifier), writes, _STAGED)
    insert = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}")
    count = writes.execute(insert.format(table.identifier, columns, columns, _STAGED)).rowcount
    written.inserted(table, count)
    copied.add(inserted=count, size=size)
    _drop(writes, _STAGED)


def _compare(reads: Session, writes: Session, table: Table, number: int) -> int:
    """Stage the rows that are new or changed, and keep the keys of those that are gone."""
    key, values = names(table.key), {"table": table.identifier, "key": names(table.key)}
    _make(writes, _KEYS, "SELECT {key}, ''::bytea AS {hash} FROM {table} WITH NO DATA", values)
    query = sql.SQL("SELECT {}, {} FROM {}").format(key, hash_of(table), table.identifier)
    size = pipe(reads, query, writes, _KEYS)
    writes.execute(sql.SQL("ANALYZE {}").format(_KEYS))
    found = sql.SQL("(SELECT {key}, {value} AS {hash} FROM {table})").format(
        **values, value=hash_of(table), hash=sql.Identifier(HASH)
    )
    values |= {"keys": _KEYS, "found": found}
    gone = sql.SQL(
        "INSERT INTO {gone} SELECT {key} FROM {found} f LEFT JOIN {keys} k USING ({key})"
        " WHERE k.{hash} IS NULL"
    )
    writes.execute(gone.format(**values, gone=_gone(number), hash=sql.Identifier(HASH)))
    wanted = sql.SQL(
        "SELECT {key} FROM {keys} k LEFT JOIN {found} f USING ({key})"
        " WHERE f.{hash} IS DISTINCT FROM k.{hash}"
    ).format(**values, hash=sql.Identifier(HASH))
    place = _wanted(number)
    size += pipe(writes, wanted, reads, place)
    _drop(writes, _KEYS)
    _stage(writes, table, table.written)
    rows = sql.SQL("SELECT {} FROM {} t JOIN {} w ON {}").format(
        names(table.written, "t."), table.identifier, place, _same(table, "t", "w")
    )
    size += pipe(reads, rows, writes, _STAGED)
    writes.execute(sql.SQL("ANALYZE {}").format(_STAGED))
    return size


def _update(writes: Session, table: Table, written: Written, copied: Copied) -> None:
    if not table.changed:
        return
    change = sql.SQL(", ").join(sql.SQL("{0} = s.{0}").format(sql.Identifier(one)) for one in table.changed)
    # Those that were just inserted are staged too, and are as they should be.
    differs = sql.SQL("ROW({})::text IS DISTINCT FROM ROW({})::text").format(
        names(table.changed, "t."), names(table.changed, "s.")
    )
    update = sql.SQL("UPDATE {} t SET {} FROM {} s WHERE {} AND {}")
    same = _same(table, "t", "s")
    count = writes.execute(update.format(table.identifier, change, _STAGED, same, differs)).rowcount
    written.updated(table, count)
    copied.add(updated=count)


def _insert(writes: Session, table: Table, written: Written, copied: Copied) -> None:
    insert = sql.SQL(
        "INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM {2} s"
        " WHERE NOT EXISTS (SELECT FROM {0} t WHERE {3})"
    ).format(table.identifier, names(table.written), _STAGED, _same(table, "t", "s"))
    count = writes.execute(insert).rowcount
    written.inserted(table, count)
    copied.add(inserted=count)


def _delete(writes: Session, table: Table, number: int, written: Written, copied: Copied) -> None:
    delete = sql.SQL("DELETE FROM {} t USING {} g WHERE {}")
    done = writes.execute(delete.format(table.identifier, _gone(number), _same(table, "t", "g")))
    written.deleted(table, done.rowcount)
    copied.add(deleted=done.rowcount)


def _make_wanted(source: Place, target: Place, schema: Schema) -> None:
    """Room for keys: on the source it is made before the transaction that may only read."""
    for number, table in enumerate(schema.ordered):
        values = {"table": table.identifier, "key": names(table.key)}
        for place, name in ((source, _wanted(number)), (target, _gone(number))):
            with place.session.transaction():
                _make(place.session, name, "SELECT {key} FROM {table} WITH NO DATA", values, keep=True)


def _gone(number: int) -> sql.Identifier:
    return sql.Identifier("pg_temp", f"moving_gone_{number}")


def _wanted(number: int) -> sql.Identifier:
    return sql.Identifier("pg_temp", f"moving_wanted_{number}")


def _same(table: Table, one: str, other: str) -> sql.Composed:
    return sql.SQL(" AND ").join(
        sql.SQL(one + ".{0} = " + other + ".{0}").format(sql.Identifier(name)) for name in table.key
    )


def _stage(writes: Session, table: Table, columns: tuple[str, ...]) -> None:
    values = {"table": table.identifier, "columns": names(columns)}
    _make(writes, _STAGED, "SELECT {columns} FROM {table} WITH NO DATA", values)


def _make(
    session: Session,
    name: sql.Identifier,
    query: str,
    values: Mapping[str, sql.Composable],
    *,
    keep: bool = False,
) -> None:
    body, data = query.removesuffix(" WITH NO DATA"), query.endswith(" WITH NO DATA")
    made = sql.SQL(
        "CREATE TEMPORARY TABLE {name} ON COMMIT " + ("PRESERVE ROWS" if keep else "DROP") + " AS " + body
    )
    hashed = sql.Identifier(HASH)
    end = sql.SQL(" WITH NO DATA" if data else "")
    session.execute(made.format(name=name, hash=hashed, **values) + end)


def _drop(session: Session, name: sql.Identifier) -> None:
    session.execute(sql.SQL("DROP TABLE {}").format(name))
