"""One table of a product, as its catalog describes it."""

from dataclasses import dataclass

from psycopg import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    name: str
    type: str
    """As SQL spells it."""
    not_null: bool
    identity: str
    """``a`` always, ``d`` by default, or nothing."""
    generated: bool
    default: str
    labels: str
    """Of an enumeration."""
    base: str
    """Name of the type below a domain or of an array's elements."""
    sequence: str | None
    """The sequence that feeds it, whether or not it belongs to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A foreign key."""

    name: str
    table: int
    columns: tuple[str, ...]
    to: int
    to_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table, with its partitions."""

    oid: int
    schema: str
    relation: str
    kind: str
    owner: str
    protected: bool
    """Row-level security is enabled, and binds the owner."""
    some_security: bool
    rules: bool
    inherits: bool
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    partitions: tuple[tuple[str, str, bool], ...]
    """Name, bounds, and whether row-level security binds everybody there too."""

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.schema}.{self.relation}"

    @property
    def identifier(self) -> sql.Identifier:
        """As SQL writes it."""
        return sql.Identifier(self.schema, self.relation)

    def has(self, name: str) -> bool:
        """Whether it has such a column."""
        return any(one.name == name for one in self.columns)

    def column(self, name: str) -> Column:
        """One of its columns."""
        return next(one for one in self.columns if one.name == name)

    @property
    def names(self) -> list[str]:
        """Its columns."""
        return [one.name for one in self.columns]

    @property
    def written(self) -> tuple[str, ...]:
        """Columns that a row is inserted with."""
        return tuple(one.name for one in self.columns if not one.generated)

    @property
    def changed(self) -> tuple[str, ...]:
        """Columns that an UPDATE may set."""
        fixed = {one.name for one in self.columns if one.generated or one.identity == "a"}
        return tuple(one.name for one in self.columns if one.name not in {*fixed, *self.key})
