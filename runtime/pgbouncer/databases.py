"""The databases behind the pool, by the names that clients use."""

from collections.abc import Mapping
from dataclasses import dataclass

from pgbouncer import fields as read
from pgbouncer.failure import SettingsError, must


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One name clients may connect to, and the server and database it leads to."""

    alias: str
    host: str
    port: int
    database: str


def databases_in(entries: read.Fields, environ: Mapping[str, str]) -> tuple[Database, ...]:
    """Return the databases in ``entries``; their hosts are in the variables that ``host_from`` names."""
    return tuple(_database(alias, read.mapping(entries, alias), environ) for alias in entries)


def _database(alias: str, entry: read.Fields, environ: Mapping[str, str]) -> Database:
    where = f"databases.{alias}"
    if alias == "pgbouncer":
        raise SettingsError(f"{where} must have another name: PgBouncer's console has this one")
    read.only(entry, ("host_from", "port", "database"), where)
    variable = entry.get("host_from")
    if not isinstance(variable, str) or variable not in environ:
        raise must(f"{where}.host_from", "the name of an environment variable that is set", variable)
    return Database(
        alias=read.name(where, alias),
        host=read.host(variable, environ[variable]),
        port=read.whole_number(entry, "port", 1, 65535),
        database=read.name(f"{where}.database", entry.get("database")),
    )
