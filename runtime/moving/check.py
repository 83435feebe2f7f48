"""Everything that could refuse a move, asked before anything exists."""

from collections.abc import Iterator

from psycopg import sql

from moving import catalog
from moving.alike import differences
from moving.demands import of_policies, of_rows, of_tables
from moving.failure import RefusedError, refuse
from moving.place import Place
from moving.rows import names, pipe
from moving.settings import Settings
from moving.table import Reference, Table
from moving.tables import Schema
from moving.verify import crossed, foreign

_KEYS = sql.Identifier("pg_temp", "moving_check")


def check(
    source: Place, target: Place, here: Schema, there: Schema, settings: Settings, *, pool: bool
) -> list[str]:
    """Refuse what cannot be moved; return what should be known even so.

    Raises:
        RefusedError: names what has to be changed.
    """
    require_tables(source, target, here, there, settings)
    refuse([*of_policies(source, here, settings), *of_policies(target, there, settings)])
    require_rows(source, here, settings)
    refuse([*of_rows(source, here, settings), *of_rows(target, there, settings)])
    refuse([*_rows_of_others(source, target, here, there, settings.tenant, pool=pool)])
    refuse([*_collisions(source, target, here, there, settings), *_strangers(source, target, here, there)])
    return list(_warnings(here))


def require_tables(source: Place, target: Place, here: Schema, there: Schema, settings: Settings) -> None:
    """What costs little to ask, and is asked before every step that writes rows.

    Raises:
        RefusedError: names what has to be changed.
    """
    refuse([line for place in (source, target) for line in _of_database(place)])
    refuse([*of_tables(source, here, settings), *of_tables(target, there, settings)])
    refuse(list(differences(source, here, target, there)))


def require_rows(source: Place, schema: Schema, settings: Settings) -> None:
    """Refuse a tenant of which the source has no row: both sides would be found alike, and both empty.

    Raises:
        RefusedError: there is none.
    """
    with source.seeing_all() as session:
        for table in schema.ordered:
            some = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {})").format(
                table.identifier, schema.is_tenant(table, settings.tenant)
            )
            if (session.execute(some).fetchone() or (False,))[0]:
                return
    raise RefusedError(no_rows(source, settings))


def no_rows(source: Place, settings: Settings) -> str:
    """Why a move of nothing is refused."""
    return (
        f"{source.where} has no row whose {settings.column} is {settings.tenant!r}: say as tenant_value what "
        f"that column holds for organization {settings.organization}, or write its first row"
    )


def _of_database(place: Place) -> Iterator[str]:
    (encoding,) = place.session.execute(catalog.ENCODING).fetchone() or ("",)
    if encoding != "UTF8":
        yield f"{place.where} must have the encoding UTF8, got {encoding}"
    temporary, create = place.session.execute(catalog.TEMPORARY).fetchone() or (False, False)
    if not temporary or not create:
        yield (
            f"{place.owner} must be allowed CREATE and TEMPORARY on {place.where}: "
            "GRANT CREATE, TEMPORARY ON DATABASE"
        )


def _rows_of_others(
    source: Place, target: Place, here: Schema, there: Schema, tenant: str, *, pool: bool
) -> Iterator[str]:
    for place, schema in ((source, here), (target, there)):
        with place.seeing_all() as session:
            for table in schema.ordered:
                # The other of the two is the silo. What it holds of others would go where it does not
                # belong, or stay behind in what is deleted.
                alone = place is (source if pool else target)
                if alone and (count := foreign(session, schema, table, tenant)):
                    yield f"{table.name} of {place.where} holds {count} rows of another tenant"
                if problem := crossed(session, schema, table, tenant):
                    yield f"in {place.where}, {problem}"


def _collisions(
    source: Place, target: Place, here: Schema, there: Schema, settings: Settings
) -> Iterator[str]:
    """Values that must be unique among all tenants, and that another tenant has in the target."""
    twins = {table.name: table for table in there.ordered}
    for table in here.ordered:
        for columns in _unique_for_all(here, table):
            _collect(source, target, table, columns)
            query = sql.SQL("SELECT count(*) FROM {} t JOIN {} k USING ({}) WHERE ({}) IS NOT TRUE").format(
                table.identifier,
                _KEYS,
                names(columns),
                there.is_tenant(twins[table.name], settings.tenant, "t."),
            )
            with target.seeing_all() as session:
                (count,) = session.execute(query).fetchone() or (0,)
            if count:
                yield (
                    f"{count} rows of {table.name} have the same {', '.join(columns)} as another tenant's "
                    "rows in the target: unique values must begin with the tenant"
                )


def _strangers(source: Place, target: Place, here: Schema, there: Schema) -> Iterator[str]:
    """Rows of tables without a tenant that this tenant's rows refer to, and that the target lacks."""
    for one in here.references:
        if one.table in here.tenant_columns and one.to not in here.tenant_columns:
            yield from _missing(source, target, here, one)


def _missing(source: Place, target: Place, here: Schema, one: Reference) -> Iterator[str]:
    table, to = here.tables[one.table], here.tables[one.to]
    if not any(other.name == to.name for other in Schema.read(target.session, "").tables.values()):
        yield f"{to.name}, which {table.name} refers to, is missing in the target"
        return
    _collect(source, target, table, one.columns)
    pairs = sql.SQL(" AND ").join(
        sql.SQL("o.{} = k.{}").format(sql.Identifier(right), sql.Identifier(left))
        for left, right in zip(one.columns, one.to_columns, strict=True)
    )
    given = sql.SQL(" AND ").join(sql.SQL("k.{} IS NOT NULL").format(sql.Identifier(c)) for c in one.columns)
    query = sql.SQL("SELECT count(*) FROM {} k WHERE {} AND NOT EXISTS (SELECT FROM {} o WHERE {})").format(
        _KEYS, given, to.identifier, pairs
    )
    (count,) = target.session.execute(query).fetchone() or (0,)
    if count:
        yield f"{count} rows of {to.name} that {table.name} refers to are missing in the target"


def _collect(source: Place, target: Place, table: Table, columns: tuple[str, ...]) -> None:
    """Bring a tenant's values of some columns to the target, for one session."""
    wanted = sql.SQL("SELECT DISTINCT {} FROM {}").format(names(columns), table.identifier)
    with source.as_tenant(snapshot=True) as reads, target.session.transaction():
        target.session.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_KEYS))
        made = sql.SQL("CREATE TEMPORARY TABLE {} AS SELECT {} FROM {} WITH NO DATA")
        target.session.execute(made.format(_KEYS, names(columns), table.identifier))
        pipe(reads, wanted, target.session, _KEYS)


def _unique_for_all(schema: Schema, table: Table) -> Iterator[tuple[str, ...]]:
    mine = schema.tenant_columns[table.oid]
    yield from (columns for columns in table.unique if mine not in columns)


def _warnings(schema: Schema) -> Iterator[str]:
    for table in schema.ordered:
        for columns in _unique_for_all(schema, table):
            if any(table.column(one).sequence for one in columns):
                yield (
                    f"{table.name}: {', '.join(columns)} comes from a sequence and is unique without the "
                    "tenant, so that the way back may find the values taken by others"
                )
