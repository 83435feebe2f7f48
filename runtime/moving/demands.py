"""What is demanded of one database's tables; each answer is a line for people that names the table."""

from collections.abc import Iterator

import psycopg
from psycopg import sql

from moving import catalog
from moving.place import MOVING, Place
from moving.settings import Settings
from moving.table import Table
from moving.tables import Schema, ask

_OF_ONE_DATABASE = {"oid", "regproc", "regprocedure", "regoper", "regoperator", "regclass", "regtype"} | {
    "regrole", "regnamespace", "regconfig", "regdictionary", "regcollation", "xid", "xid8", "cid", "tid",
}  # fmt: skip
"""Types whose values mean something in the database they are from only."""
VALUE = "TENANT, which a move calls tenant_value,"


def of_tables(place: Place, schema: Schema, settings: Settings) -> Iterator[str]:
    """What is wrong with the tables of a database."""
    if schema.cycle:
        yield f"foreign keys lead in a circle in {place.where}: {', '.join(schema.cycle)}"
    for table in schema.tables.values():
        if table.oid in schema.tenant_columns:
            yield from _of_tenants(place, schema, table, settings.tenant)
        else:
            yield from _of_others(place, schema, table, settings.column)
    yield from _triggers(place, schema)


def _of_tenants(place: Place, schema: Schema, table: Table, tenant: str) -> Iterator[str]:
    name = f"{table.name} of {place.where}"
    if table.kind == "f":
        yield f"{name} is a foreign table, whose rows are elsewhere"
        return
    demands = (
        (table.protected, "must have row-level security ENABLED and FORCED"),
        (bool(table.key), "must have a primary key"),
        (table.owner == place.owner, f"is of {table.owner}, and must be of {place.owner} like the others"),
        (not table.inherits, "inherits or is inherited from: use partitions"),
        (not table.rules, "has a rule, which may write elsewhere: drop it"),
    )
    yield from (f"{name} {words}" for holds, words in demands if not holds)
    yield from (
        f"{partition}, a partition of {name}, must have row-level security ENABLED and FORCED"
        for partition, _, protected in table.partitions
        if not protected
    )
    yield from (
        f"{name} has a column {column.name} of type {column.type}, which means nothing elsewhere"
        for column in table.columns
        if column.base in _OF_ONE_DATABASE
    )
    yield from _sequences(place, table)
    yield from _tenant_type(place, schema, table, tenant)


def _sequences(place: Place, table: Table) -> Iterator[str]:
    """Each must be known and be moved on, or new rows would collide with those that came along."""
    for column in table.columns:
        where = f"column {column.name} of {table.name} of {place.where} draws from"
        if column.sequence is None:
            if "nextval(" in column.default:
                yield f"{where} a sequence that it finds by its text: say nextval('name'::regclass)"
            continue
        (owner,) = place.session.execute(catalog.SEQUENCE_OWNER, [column.sequence]).fetchone() or ("nobody",)
        if owner != place.owner:
            yield f"{where} the sequence {column.sequence} of {owner}, which must be of {place.owner}"


def _tenant_type(place: Place, schema: Schema, table: Table, tenant: str) -> Iterator[str]:
    column = schema.tenant_column(table)
    where = f"{column.name} of {table.name}"
    query = sql.SQL("SELECT {}::{}::text").format(sql.Literal(tenant), sql.SQL(column.type))
    try:
        (found,) = place.session.execute(query).fetchone() or ("",)
    except (psycopg.DataError, psycopg.IntegrityError):  # the latter is what a domain refuses with
        yield f"{VALUE} must be a {column.type}, as {where} is, got {tenant!r}"
        return
    if found != tenant:
        yield f"{VALUE} must be written as {where} does: {found!r}, got {tenant!r}"


def _of_others(place: Place, schema: Schema, table: Table, column: str) -> Iterator[str]:
    name = f"{table.name} of {place.where}"
    if table.some_security:
        yield f"{name} has row-level security and must have a column {column}"
    owners = {one.to for one in schema.references if one.table == table.oid} & schema.tenant_columns.keys()
    for oid in owners:
        yield f"{name} refers to {schema.tables[oid].name} and must have a column {column}"


def _triggers(place: Place, schema: Schema) -> Iterator[str]:
    for oid, name, definition, state in ask(place.session, catalog.TRIGGERS):
        ours = name.startswith(catalog.TRIGGER)
        if oid in schema.tenant_columns and state in ("O", "A") and not ours and MOVING not in definition:
            yield (
                f"trigger {name} on {schema.tables[oid].name} of {place.where} would run for rows that are "
                f"copied: make it with WHEN (current_setting('{MOVING}', true) IS DISTINCT FROM 'on')"
            )


def of_policies(place: Place, schema: Schema, settings: Settings) -> Iterator[str]:
    """What is wrong with policies: the owner must see every tenant when it asks to."""
    found = ask(place.session, catalog.POLICIES)
    for table in schema.ordered:
        mine = [one[1:6] for one in found if one[0] == table.oid and one[6]]
        for name, permissive, *_ in mine:
            if not permissive:
                yield f"policy {name} on {table.name} is RESTRICTIVE, and must not be for {place.owner}"
        reading = [using for _, permissive, command, using, _ in mine if permissive and command in "*r"]
        if not any(_is_true(place, using) for using in reading):
            yield (
                f"{table.name} of {place.where} must let {place.owner} see every tenant: a policy with USING "
                f"(current_setting('{settings.every_tenant_setting}', true) = 'on')"
            )


def _is_true(place: Place, using: str) -> bool:
    """Whether a policy admits every row once all tenants are asked for, whatever is in the row."""
    try:
        with place.seeing_all() as session:
            row = session.execute(sql.SQL("SELECT {}").format(sql.SQL(using))).fetchone()
    except psycopg.Error:  # it asks for a column, so it depends on the row
        return False
    return row is not None and row[0] is True


def of_rows(place: Place, schema: Schema, settings: Settings) -> Iterator[str]:
    """What is wrong with what policies show of the rows there are."""
    tenant = settings.tenant
    for table in schema.ordered:
        of_tenant = schema.is_tenant(table, tenant)
        both = sql.SQL(
            "SELECT count(*) FILTER (WHERE {0}), count(*) FILTER (WHERE ({0}) IS NOT TRUE) FROM {1}"
        )
        with place.as_tenant(snapshot=True) as session:
            shown, others = session.execute(both.format(of_tenant, table.identifier)).fetchone() or (0, 1)
            place.set_local(settings.every_tenant_setting, "on")
            query = sql.SQL("SELECT count(*), count(*) FILTER (WHERE {}) FROM {} WHERE {}").format(
                schema.is_written_otherwise(table, tenant), table.identifier, of_tenant
            )
            there, otherwise = session.execute(query).fetchone() or (0, 0)
        if others:
            yield f"policies on {table.name} of {place.where} show rows of another tenant to this one"
        if shown != there:
            yield f"policies on {table.name} of {place.where} hide {there - shown} of its rows"
        if otherwise:
            yield (
                f"{otherwise} rows of {table.name} of {place.where} are equal to {tenant!r} and written "
                "otherwise, such as with other capitals: whose they are must be plain; write them alike"
            )
