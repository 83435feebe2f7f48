"""Temporary tables of a copy: rows on their way, and the keys of those that differ."""

from collections.abc import Mapping

from psycopg import sql

from database.connection import Session
from moving.place import Place
from moving.rows import HASH, names
from moving.table import Table
from moving.tables import Schema

STAGED, KEYS = (sql.Identifier("pg_temp", f"moving_{one}") for one in ("staged", "keys"))


def make_wanted(source: Place, target: Place, schema: Schema) -> None:
    """Room for keys: on the source it is made before the transaction that may only read."""
    for number, table in enumerate(schema.ordered):
        values = {"table": table.identifier, "key": names(table.key)}
        for place, name in ((source, wanted(number)), (target, gone(number))):
            with place.session.transaction():
                make(place.session, name, "SELECT {key} FROM {table} WITH NO DATA", values, keep=True)


def gone(number: int) -> sql.Identifier:
    """On the target: keys of a table's rows that the source has no more."""
    return sql.Identifier("pg_temp", f"moving_gone_{number}")


def wanted(number: int) -> sql.Identifier:
    """On the source: keys of a table's rows that the target lacks, or has with other content."""
    return sql.Identifier("pg_temp", f"moving_wanted_{number}")


def stage(writes: Session, table: Table, columns: tuple[str, ...]) -> None:
    """Room for rows of a table on their way, until the transaction ends."""
    values = {"table": table.identifier, "columns": names(columns)}
    make(writes, STAGED, "SELECT {columns} FROM {table} WITH NO DATA", values)


def make(
    session: Session,
    name: sql.Identifier,
    query: str,
    values: Mapping[str, sql.Composable],
    *,
    keep: bool = False,
) -> None:
    """Make one of what a query answers; without ``keep`` it goes with the transaction."""
    body, data = query.removesuffix(" WITH NO DATA"), query.endswith(" WITH NO DATA")
    made = sql.SQL(
        "CREATE TEMPORARY TABLE {name} ON COMMIT " + ("PRESERVE ROWS" if keep else "DROP") + " AS " + body
    )
    hashed = sql.Identifier(HASH)
    end = sql.SQL(" WITH NO DATA" if data else "")
    session.execute(made.format(name=name, hash=hashed, **values) + end)


def drop(session: Session, name: sql.Identifier) -> None:
    """Let go of one before the transaction ends."""
    session.execute(sql.SQL("DROP TABLE {}").format(name))
