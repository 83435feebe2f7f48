"""Which tables have a tenant's rows, in the order in which foreign keys let them be written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from database.connection import Session
from moving import catalog
from moving.table import Column, Reference, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Every table of a database, and how they refer to each other."""

    tables: Mapping[int, Table]
    references: tuple[Reference, ...]
    tenant_columns: Mapping[int, str]
    """Table to the column that says whose a row is."""
    cycle: tuple[str, ...] = field(default=())
    """Tables whose foreign keys lead from one to the other and back."""
    ordered: tuple[Table, ...] = field(default=())
    """Those with a tenant's rows; what is referred to comes first."""

    @classmethod
    def read(cls, session: Session, column: str) -> "Schema":
        """Read it from the catalogs."""
        with session.transaction():
            tables = _tables(session)
            references = tuple(
                Reference(name=name, table=table, columns=tuple(columns), to=to, to_columns=tuple(to_columns))
                for name, table, to, columns, to_columns in ask(session, catalog.REFERENCES)
                if table in tables and to in tables
            )
        columns = _tenant_columns(tables, references, column)
        ordered, cycle = _in_order([tables[oid] for oid in tables if oid in columns], references)
        return cls(tables=tables, references=references, tenant_columns=columns, ordered=ordered, cycle=cycle)

    def tenant_column(self, table: Table) -> Column:
        """The column that says whose a row of a table is."""
        return table.column(self.tenant_columns[table.oid])

    def is_referred_to(self, table: Table) -> bool:
        """Whether foreign keys lead to it, its own too."""
        return any(one.to == table.oid for one in self.references)

    def refers_to_itself(self, table: Table) -> bool:
        """Whether its rows may refer to each other."""
        return any(one.table == one.to == table.oid for one in self.references)

    def is_tenant(self, table: Table, tenant: str, row: str = "") -> sql.Composed:
        """The condition that a row is this tenant's."""
        column = self.tenant_column(table)
        name = sql.SQL(row + "{}").format(sql.Identifier(column.name))
        return sql.SQL("{} = {}::{}").format(name, sql.Literal(tenant), sql.SQL(column.type))

    def is_written_otherwise(self, table: Table, tenant: str) -> sql.Composed:
        """The condition that a row names its tenant in other characters, whatever its type calls equal."""
        name = sql.Identifier(self.tenant_column(table).name)
        return sql.SQL('{}::text COLLATE "C" <> {}').format(name, sql.Literal(tenant))


def ask(session: Session, query: str) -> list[tuple[Any, ...]]:
    """All rows of a query of the catalogs."""
    return session.execute(query.encode(), {}).fetchall()


def _tables(session: Session) -> dict[int, Table]:
    columns: dict[int, list[Column]] = defaultdict(list)
    for oid, name, kind, not_null, identity, generated, default, labels, base, sequence in ask(
        session, catalog.COLUMNS
    ):
        columns[oid].append(
            Column(
                name=name,
                type=kind,
                not_null=not_null,
                identity=identity,
                generated=bool(generated),
                default=default,
                labels=labels,
                base=base,
                sequence=sequence,
            )
        )
    keys = {oid: tuple(names) for oid, names in ask(session, catalog.KEYS)}
    unique: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for oid, names in ask(session, catalog.UNIQUE):
        unique[oid].append(tuple(names))
    found = ask(session, catalog.TABLES)
    partitions: dict[int, list[tuple[str, str, bool]]] = defaultdict(list)
    for _, schema, relation, _, is_partition, secured, forced, _, _, _, root, bounds in found:
        if is_partition:
            partitions[root].append((f"{schema}.{relation}", bounds, secured and forced))
    return {
        oid: Table(
            oid=oid,
            schema=schema,
            relation=relation,
            kind=kind,
            owner=owner,
            protected=secured and forced,
            some_security=secured,
            rules=rules,
            inherits=inherits,
            columns=tuple(columns[oid]),
            key=keys.get(oid, ()),
            unique=tuple(unique[oid]),
            partitions=tuple(partitions[oid]),
        )
        for oid, schema, relation, kind, is_partition, secured, forced, owner, rules, inherits, _, _ in found
        if not is_partition
    }


def _tenant_columns(
    tables: Mapping[int, Table], references: Iterable[Reference], column: str
) -> dict[int, str]:
    """Its own column of that name; or, for the table of tenants, what such a column refers to."""
    named = {oid: column for oid, table in tables.items() if table.has(column)}
    roots = {
        one.to: one.to_columns[0]
        for one in references
        if one.columns == (column,) and one.table in named and one.to not in named
    }
    return {**named, **roots}


def _in_order(
    tables: Iterable[Table], references: Iterable[Reference]
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    left = {table.oid: table for table in tables}
    needs: dict[int, set[int]] = {
        oid: {one.to for one in references if one.table == oid and one.to != oid and one.to in left}
        for oid in left
    }
    ordered: list[Table] = []
    while left:
        free = [oid for oid in left if not needs[oid] & left.keys()]
        if not free:
            return tuple(ordered), tuple(sorted(table.name for table in left.values()))
        ordered += [left.pop(oid) for oid in free]
    return tuple(ordered), ()
