"""Finds rows of a table that differ between both sides, and writes those alone."""

from psycopg import sql

from database.connection import Session
from moving import temporary
from moving.copied import Copied
from moving.rows import HASH, hash_of, names, pipe
from moving.table import Table
from moving.temporary import KEYS, STAGED
from moving.written import Written


def compare(reads: Session, writes: Session, table: Table, number: int) -> int:
    """Stage the rows that are new or changed, and keep the keys of those that are gone."""
    key, values = names(table.key), {"table": table.identifier, "key": names(table.key)}
    temporary.make(writes, KEYS, "SELECT {key}, ''::bytea AS {hash} FROM {table} WITH NO DATA", values)
    query = sql.SQL("SELECT {}, {} FROM {}").format(key, hash_of(table), table.identifier)
    size = pipe(reads, query, writes, KEYS)
    writes.execute(sql.SQL("ANALYZE {}").format(KEYS))
    found = sql.SQL("(SELECT {key}, {value} AS {hash} FROM {table})").format(
        **values, value=hash_of(table), hash=sql.Identifier(HASH)
    )
    values |= {"keys": KEYS, "found": found}
    gone = sql.SQL(
        "INSERT INTO {gone} SELECT {key} FROM {found} f LEFT JOIN {keys} k USING ({key})"
        " WHERE k.{hash} IS NULL"
    )
    writes.execute(gone.format(**values, gone=temporary.gone(number), hash=sql.Identifier(HASH)))
    wanted = sql.SQL(
        "SELECT {key} FROM {keys} k LEFT JOIN {found} f USING ({key})"
        " WHERE f.{hash} IS DISTINCT FROM k.{hash}"
    ).format(**values, hash=sql.Identifier(HASH))
    place = temporary.wanted(number)
    size += pipe(writes, wanted, reads, place)
    temporary.drop(writes, KEYS)
    temporary.stage(writes, table, table.written)
    rows = sql.SQL("SELECT {} FROM {} t JOIN {} w ON {}").format(
        names(table.written, "t."), table.identifier, place, _same(table, "t", "w")
    )
    size += pipe(reads, rows, writes, STAGED)
    writes.execute(sql.SQL("ANALYZE {}").format(STAGED))
    return size


def update(writes: Session, table: Table, written: Written, copied: Copied) -> None:
    """Write rows that are staged, and there with other content."""
    if not table.changed:
        return
    change = sql.SQL(", ").join(sql.SQL("{0} = s.{0}").format(sql.Identifier(one)) for one in table.changed)
    # Those that were just inserted are staged too, and are as they should be.
    differs = sql.SQL("ROW({})::text IS DISTINCT FROM ROW({})::text").format(
        names(table.changed, "t."), names(table.changed, "s.")
    )
    change_those = sql.SQL("UPDATE {} t SET {} FROM {} s WHERE {} AND {}")
    same = _same(table, "t", "s")
    count = writes.execute(change_those.format(table.identifier, change, STAGED, same, differs)).rowcount
    written.updated(table, count)
    copied.add(updated=count)


def insert(writes: Session, table: Table, written: Written, copied: Copied) -> None:
    """Write rows that are staged, and not there."""
    add_those = sql.SQL(
        "INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM {2} s"
        " WHERE NOT EXISTS (SELECT FROM {0} t WHERE {3})"
    ).format(table.identifier, names(table.written), STAGED, _same(table, "t", "s"))
    count = writes.execute(add_those).rowcount
    written.inserted(table, count)
    copied.add(inserted=count)


def delete(writes: Session, table: Table, number: int, written: Written, copied: Copied) -> None:
    """Delete rows whose keys were kept as gone."""
    drop_those = sql.SQL("DELETE FROM {} t USING {} g WHERE {}")
    keys = temporary.gone(number)
    done = writes.execute(drop_those.format(table.identifier, keys, _same(table, "t", "g")))
    written.deleted(table, done.rowcount)
    copied.add(deleted=done.rowcount)


def _same(table: Table, one: str, other: str) -> sql.Composed:
    return sql.SQL(" AND ").join(
        sql.SQL(one + ".{0} = " + other + ".{0}").format(sql.Identifier(name)) for name in table.key
    )
