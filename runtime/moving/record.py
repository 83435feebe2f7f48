"""What each database remembers of a move, so that the next step knows what the last one did."""

from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from database.connection import Session
from moving.catalog import SCHEMA
from moving.place import Place

_TABLE = sql.Identifier(SCHEMA, "move")
_MAKE = (
    sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)),
    sql.SQL(
        "CREATE TABLE IF NOT EXISTS {} (tenant text PRIMARY KEY, side text NOT NULL, state text NOT NULL,"
        " pool boolean NOT NULL, fence uuid, tables jsonb, changed_at timestamptz NOT NULL DEFAULT now())"
    ).format(_TABLE),
)
_GRANTED = (
    "SELECT DISTINCT pg_get_userbyid(a.grantee)::text, n.nspowner FROM pg_namespace n,"
    " aclexplode(n.nspacl) a WHERE n.nspname = %s AND a.grantee NOT IN (0, n.nspowner)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a database knows of one tenant's move."""

    side: str
    """``source`` where the tenant moved away, ``target`` where it came to."""
    state: str
    """A source is fencing, fenced, verified, opening, clearing or cleared; a target copying or verified."""
    pool: bool
    """Whether other tenants have rows here too, now or later."""
    fence: str | None
    """Which fence; another one is another move."""
    tables: dict[str, Any]
    """Rows and checksum of each table when it was verified."""


def prepare(place: Place) -> None:
    """Make the table of records, which nobody but the owner may look at: grants by default are taken back."""
    with place.session.transaction():
        for statement in _MAKE:
            place.session.execute(statement)
        for grantee, _ in place.session.execute(_GRANTED, [SCHEMA]).fetchall():
            for what in ("ALL TABLES IN SCHEMA", "ALL ROUTINES IN SCHEMA", "SCHEMA"):
                revoke = sql.SQL("REVOKE ALL ON " + what + " {} FROM {}")
                place.session.execute(revoke.format(sql.Identifier(SCHEMA), sql.Identifier(grantee)))


def find(place: Place, tenant: str) -> Record | None:
    """What is remembered; None for nothing."""
    session = place.session
    if (session.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.move"]).fetchone() or (None,))[0] is None:
        return None
    query = sql.SQL("SELECT side, state, pool, fence::text, tables FROM {} WHERE tenant = %s").format(_TABLE)
    row = session.execute(query, [tenant]).fetchone()
    if row is None:
        return None
    return Record(side=row[0], state=row[1], pool=row[2], fence=row[3], tables=row[4] or {})


def write(session: Session, tenant: str, record: Record) -> None:
    """Remember."""
    session.execute(
        sql.SQL(
            "INSERT INTO {} (tenant, side, state, pool, fence, tables) VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (tenant) DO UPDATE SET side = excluded.side, state = excluded.state,"
            " pool = excluded.pool,"
            " fence = excluded.fence, tables = excluded.tables, changed_at = now()"
        ).format(_TABLE),
        [tenant, record.side, record.state, record.pool, record.fence, Jsonb(record.tables)],
    )


def forget(session: Session, tenant: str) -> None:
    """Remember nothing."""
    session.execute(sql.SQL("DELETE FROM {} WHERE tenant = %s").format(_TABLE), [tenant])
