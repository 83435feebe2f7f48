"""What each database remembers of a move, so that the next step knows what the last one did."""

from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from database.connection import Session
from moving.catalog import SCHEMA
from moving.failure import RefusedError
from moving.place import Place, lock_key

_TABLE = sql.Identifier(SCHEMA, "move")
SHARED_LOCK = lock_key("what all moves share")
"""The advisory lock of who makes, in this transaction, something that moves of other tenants make too.

PostgreSQL ends one of two that make the same at once with an error. No tenant can have such an id."""
_MAKE = (
    sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)),
    sql.SQL(
        "CREATE TABLE IF NOT EXISTS {} (tenant text PRIMARY KEY, side text NOT NULL, state text NOT NULL,"
        " pool boolean NOT NULL, fence uuid, tables jsonb, changed_at timestamptz NOT NULL DEFAULT now())"
    ).format(_TABLE),
    sql.SQL("ALTER TABLE {} ADD COLUMN IF NOT EXISTS organization text").format(_TABLE),
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
    """Make the table of records, which nobody but the owner may look at: grants by default are taken back.

    Until the transaction ends that this is a part of, no other move makes anything that all share.
    """
    with place.session.transaction():
        place.session.execute("SELECT pg_advisory_xact_lock(%s)", [SHARED_LOCK])
        for statement in _MAKE:
            place.session.execute(statement)
        for grantee, _ in place.session.execute(_GRANTED, [SCHEMA]).fetchall():
            for what in ("ALL TABLES IN SCHEMA", "ALL ROUTINES IN SCHEMA", "SCHEMA"):
                revoke = sql.SQL("REVOKE ALL ON " + what + " {} FROM {}")
                place.session.execute(revoke.format(sql.Identifier(SCHEMA), sql.Identifier(grantee)))


def find(place: Place, tenant: str) -> Record | None:
    """What is remembered; None for nothing."""
    session = place.session
    if not _is_made(session):
        return None
    query = sql.SQL("SELECT side, state, pool, fence::text, tables FROM {} WHERE tenant = %s").format(_TABLE)
    row = session.execute(query, [tenant]).fetchone()
    if row is None:
        return None
    return Record(side=row[0], state=row[1], pool=row[2], fence=row[3], tables=row[4] or {})


def require_whose(place: Place) -> None:
    """Refuse rows that are on record as another organization's, and other rows than those on record.

    Raises:
        RefusedError: names what is on record.
    """
    for tenant, organization, state in _whose(place):
        if tenant == place.tenant and organization != place.organization:
            raise RefusedError(
                f"rows of {tenant!r} in {place.where} are those of organization {organization}, and not of "
                f"{place.organization}"
            )
        # One that was cleared left nothing: its id may be somebody else's by now.
        if tenant != place.tenant and organization == place.organization and state != "cleared":
            raise RefusedError(_other(place, tenant))


def require_only(place: Place) -> None:
    """Refuse where other rows of this organization are on record, in whatever state.

    Raises:
        RefusedError: names them.
    """
    for tenant, organization, _ in _whose(place):
        if tenant != place.tenant and organization == place.organization:
            raise RefusedError(_other(place, tenant))


def _other(place: Place, tenant: str) -> str:
    return (
        f"in {place.where} the rows of organization {place.organization} are those of {tenant!r}, "
        f"got {place.tenant!r}: say as tenant_value what is on record"
    )


def _whose(place: Place) -> list[tuple[str, str, str]]:
    """Tenants, organizations and states on record that concern this one."""
    if not _is_made(place.session):
        return []
    # As JSON, since a table that an older program made has no such column.
    query = sql.SQL(
        "SELECT tenant, organization, state FROM (SELECT m.tenant, to_jsonb(m) ->> 'organization' AS"
        " organization, m.state FROM {} m) known"
        " WHERE organization IS NOT NULL AND (tenant = %s OR organization = %s)"
    ).format(_TABLE)
    return place.session.execute(query, [place.tenant, place.organization]).fetchall()


def _is_made(session: Session) -> bool:
    return (session.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.move"]).fetchone() or (None,))[
        0
    ] is not None


def write(place: Place, record: Record) -> None:
    """Remember, of the tenant and the organization that the place was entered for."""
    place.session.execute(
        sql.SQL(
            "INSERT INTO {} (tenant, organization, side, state, pool, fence, tables)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant) DO UPDATE SET"
            " organization = excluded.organization, side = excluded.side, state = excluded.state,"
            " pool = excluded.pool, fence = excluded.fence, tables = excluded.tables, changed_at = now()"
        ).format(_TABLE),
        [
            place.tenant,
            place.organization,
            record.side,
            record.state,
            record.pool,
            record.fence,
            Jsonb(record.tables),
        ],
    )


def forget(session: Session, tenant: str) -> None:
    """Remember nothing."""
    session.execute(sql.SQL("DELETE FROM {} WHERE tenant = %s").format(_TABLE), [tenant])
