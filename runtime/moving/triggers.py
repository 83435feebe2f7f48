"""Triggers that refuse one tenant's writes to one table."""

import hashlib
from collections.abc import Iterator

from psycopg import sql

from moving.catalog import SCHEMA, TRIGGER, TRIGGERS
from moving.place import MOVING, Place
from moving.table import Table
from moving.tables import Schema, ask

SQLSTATE = "TM001"
"""What a refused write is answered with."""
_EVENTS = {"insert": ("NEW.",), "update": ("OLD.", "NEW."), "delete": ("OLD.",)}
_FUNCTION = sql.SQL(
    "CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$"
    "BEGIN RAISE EXCEPTION USING ERRCODE = '" + SQLSTATE + "',"
    " MESSAGE = format('rows of this tenant in %I.%I can be read and not changed: it is being moved',"
    " TG_TABLE_SCHEMA, TG_TABLE_NAME),"
    " HINT = 'Begin the transaction anew on a new connection, in some seconds.';"
    " END $$"
)


def _name(tenant: str, event: str) -> str:
    return f"{TRIGGER}{hashlib.sha256(tenant.encode()).hexdigest()[:16]}_{event}"


def states(place: Place, table: Table, tenant: str) -> dict[str, bool]:
    """The triggers of the fence on a table, and which are enabled."""
    names = {_name(tenant, event) for event in (*_EVENTS, "truncate")}
    found = ask(place.session, TRIGGERS)
    return {name: state in ("O", "A") for oid, name, _, state in found if oid == table.oid and name in names}


def missing(place: Place, table: Table, tenant: str) -> Iterator[str]:
    """The events that no trigger of the fence refuses."""
    found = states(place, table, tenant)
    yield from (event for event in (*_EVENTS, "truncate") if not found.get(_name(tenant, event)))


def make_function(place: Place) -> None:
    """Make what all of them execute."""
    place.session.execute(_FUNCTION.format(sql.Identifier(SCHEMA, "refuse")))


def make(place: Place, schema: Schema, table: Table, tenant: str, events: tuple[str, ...]) -> None:
    """Make those of some events, or enable them again."""
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


def disable(place: Place, table: Table, names: list[str]) -> None:
    """Let them refuse nothing."""
    for name in names:
        off = sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}")
        place.session.execute(off.format(table.identifier, sql.Identifier(name)))


def drop(place: Place, table: Table, names: list[str]) -> None:
    """Leave nothing of them."""
    for name in names:
        gone = sql.SQL("DROP TRIGGER IF EXISTS {} ON {}")
        place.session.execute(gone.format(sql.Identifier(name), table.identifier))
