"""Whether both sides hold the same of a tenant, and whose rows else the target holds."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from psycopg import sql

from database.connection import Session
from database.failure import DifferenceError
from moving.place import Place
from moving.rows import summary
from moving.table import Table
from moving.tables import Schema


def compare(
    source: Place, target: Place, schema: Schema, target_schema: Schema, tenant: str, *, pool: bool
) -> dict[str, Any]:
    """Rows and checksum of each table, read by the tenant's column on both sides.

    Raises:
        DifferenceError: names the first table that differs, and how.
    """
    twins = {table.name: table for table in target_schema.ordered}
    found: dict[str, Any] = {}
    with source.seeing_all() as here, target.seeing_all() as there, ThreadPoolExecutor(1) as beside:
        for table in schema.ordered:
            twin = twins[table.name]
            # Both at once: writes are refused meanwhile.
            other = beside.submit(summary, there, target_schema, twin, tenant)
            was, now = summary(here, schema, table, tenant), other.result()
            if was != now:
                raise DifferenceError(_difference(table, was, now))
            if not pool and (others := foreign(there, target_schema, twin, tenant)):
                raise DifferenceError(f"{table.name} of the target holds {others} rows of another tenant")
            if pool and (others := foreign(here, schema, table, tenant)):
                raise DifferenceError(
                    f"{table.name} of the source holds {others} rows of another tenant, which stay behind"
                )
            if crossing := crossed(there, target_schema, twin, tenant):
                raise DifferenceError(crossing)
            found[table.name] = {"rows": was[0], "checksum": was[1]}
    return found


def digest(place: Place, schema: Schema, tenant: str) -> dict[str, Any]:
    """Rows and checksum of each table of one side."""
    with place.seeing_all() as session:
        return {
            table.name: dict(zip(("rows", "checksum"), summary(session, schema, table, tenant), strict=True))
            for table in schema.ordered
        }


def foreign(session: Session, schema: Schema, table: Table, tenant: str) -> int:
    """Rows of anybody else, or of nobody."""
    query = sql.SQL("SELECT count(*) FROM {} WHERE ({}) IS NOT TRUE").format(
        table.identifier, schema.is_tenant(table, tenant)
    )
    return int((session.execute(query).fetchone() or (0,))[0])


def crossed(session: Session, schema: Schema, table: Table, tenant: str) -> str | None:
    """What is wrong with rows that refer to another tenant's; None for nothing.

    A foreign key with the tenant in it on both sides cannot; for others the rows are looked at.
    """
    for one in schema.references:
        if one.table != table.oid or one.to not in schema.tenant_columns:
            continue
        to = schema.tables[one.to]
        mine, theirs = schema.tenant_columns[table.oid], schema.tenant_columns[to.oid]
        if (mine, theirs) in zip(one.columns, one.to_columns, strict=True):
            continue
        query = sql.SQL(
            "SELECT EXISTS (SELECT FROM {} t JOIN {} o ON {} WHERE t.{} IS DISTINCT FROM o.{} AND ({} OR {}))"
        ).format(
            table.identifier,
            to.identifier,
            sql.SQL(" AND ").join(
                sql.SQL("t.{} = o.{}").format(sql.Identifier(left), sql.Identifier(right))
                for left, right in zip(one.columns, one.to_columns, strict=True)
            ),
            sql.Identifier(mine),
            sql.Identifier(theirs),
            schema.is_tenant(table, tenant, "t."),
            schema.is_tenant(to, tenant, "o."),
        )
        if (session.execute(query).fetchone() or (True,))[0]:
            return (
                f"rows of {table.name} refer to another tenant's rows of {to.name} (foreign key {one.name})"
            )
    return None


def _difference(table: Table, was: tuple[int, str], now: tuple[int, str]) -> str:
    if was[0] != now[0]:
        return f"{table.name} has {was[0]} rows of this tenant in the source and {now[0]} in the target"
    return f"{table.name} has as many rows of this tenant in the target, and other content"
