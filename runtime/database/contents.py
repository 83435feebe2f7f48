"""What a database holds: rows and newest rows of every table, and hashes of its schema."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from psycopg import sql

from database import queries
from database.connection import Session
from database.manifest import Contents, Table


def read(session: Session) -> Contents:
    """Read all of it, in the session's transaction; a full scan of each table."""
    session.execute("SET LOCAL search_path = pg_catalog")
    session.execute("SET LOCAL TimeZone = 'UTC'")
    (version, encoding, size), *_ = session.execute(queries.SERVER.encode()).fetchall()
    extensions = {str(name): str(version) for name, version in session.execute(queries.EXTENSIONS)}
    return Contents(
        server_version=version.split()[0],
        encoding=encoding,
        database_bytes=int(size),
        columns=_hash(session, [queries.COLUMNS]),
        definitions=_hash(session, queries.DEFINITIONS),
        extensions=extensions,
        roles=[str(name) for (name,) in session.execute(queries.ROLES)],
        tables=dict(_tables(session)),
    )


def _tables(session: Session) -> Iterator[tuple[str, Table]]:
    for schema, name, times in session.execute(queries.TABLES).fetchall():
        wanted = [
            sql.SQL("count(*)"),
            *(sql.SQL("to_json(max({}))").format(sql.Identifier(one)) for one in times),
        ]
        query = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(wanted), sql.Identifier(schema, name))
        (rows, *newest), *_ = session.execute(query).fetchall()
        yield f"{schema}.{name}", Table(rows=rows, newest=dict(zip(times, newest, strict=True)))


def _hash(session: Session, queries: Iterable[str]) -> str:
    digest = sha256()
    for query in queries:
        for row in session.execute(query.encode()):
            digest.update(_line(row))
        digest.update(b"\0")
    return digest.hexdigest()


def _line(row: tuple[Any, ...]) -> bytes:
    return repr(row).encode() + b"\n"
