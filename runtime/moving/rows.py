"""Rows as text that both servers write alike, and streams of them that need no memory.

Text and not COPY's binary format: that one holds the numbers types have in one database, so that an array of
an enumeration could not be read in another.
"""

from collections.abc import Iterable

from psycopg import sql

from database.connection import Session
from moving.table import Table
from moving.tables import Schema

HASH = "cambium_hash"


def names(columns: Iterable[str], row: str = "") -> sql.Composed:
    """Columns, separated by commas."""
    return sql.SQL(", ").join(sql.SQL(row + "{}").format(sql.Identifier(one)) for one in columns)


def hash_of(table: Table, only: Iterable[str] | None = None) -> sql.Composed:
    """The hash of a whole row, generated columns too; columns by name, in whatever order a table has them."""
    columns = names(sorted(table.names if only is None else only))
    return sql.SQL("sha256(convert_to(ROW({})::text, 'UTF8'))").format(columns)


def pipe(reads: Session, query: sql.Composed, writes: Session, into: sql.Identifier) -> int:
    """Stream rows from one database into a temporary table of the other; return the bytes."""
    size = 0
    with (
        reads.cursor().copy(sql.SQL("COPY ({}) TO STDOUT").format(query)) as source,
        writes.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(into)) as target,
    ):
        for data in source:
            size += len(data)
            target.write(data)
    return size


def summary(
    session: Session, schema: Schema, table: Table, tenant: str, only: Iterable[str] | None = None
) -> tuple[int, str]:
    """Number of a tenant's rows and their checksum, whatever their order: 240 bits of each row's hash, added.

    It reads by the tenant's column in a transaction that sees every tenant: a policy that hides one of its
    rows hides nothing here.

    Args:
        session: Sees every tenant.
        schema: Of the table.
        table: Which.
        tenant: Whose rows.
        only: Columns that count; all unless told.
    """
    parts = [
        sql.SQL("coalesce(sum(('x' || substr(h, {}, 15))::bit(60)::bigint), 0)").format(sql.Literal(at))
        for at in (1, 16, 31, 46)
    ]
    query = sql.SQL("SELECT count(*), {} FROM (SELECT encode({}, 'hex') AS h FROM {} WHERE {}) rows").format(
        sql.SQL(" || '-' || ").join(parts),
        hash_of(table, only),
        table.identifier,
        schema.is_tenant(table, tenant),
    )
    count, checksum = session.execute(query).fetchone() or (0, "")
    return int(count), str(checksum)
