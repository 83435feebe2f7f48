"""What the program is told by its environment. Secrets are taken out of it: no child inherits them."""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path

from database.connection import Connection
from database.every_tenant import checked
from database.failure import must
from database.key import BackupKey

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*")
_PARTS = {
    "host": "PGHOST",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
_TLS = {"sslmode", "sslrootcert"}
PROGRAMS = "/usr/lib/postgresql"
_SECRETS = ("BACKUP_ENCRYPTION_KEY", "DATABASE_URL", "PGPASSWORD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One backup and its database."""

    bucket: str
    name: str
    """Prefix of its keys, and the dimension of its metrics."""
    key: BackupKey
    connection: Connection | None
    """None where nothing was said about a database: ``list`` needs none."""
    tls: Mapping[str, str]
    """What was said about certificates, for a server that is not known yet."""
    every_tenant: str | None
    """The setting with which an owner that policies bind sees every tenant, at any server."""
    programs: Path
    """Where PostgreSQL's programs are, as Debian lays them out: ``18/bin/pg_dump``."""

    @classmethod
    def take(cls, environ: MutableMapping[str, str]) -> "Settings":
        """Read the settings, and leave neither a secret nor libpq's variables in ``environ``.

        Raises:
            SettingsError: Names the variable.
        """
        told = dict(environ)
        for name in list(environ):
            if name in _SECRETS or name.startswith("PG"):
                del environ[name]
        name = told.get("BACKUP_NAME", "")
        if not _NAME.fullmatch(name):
            raise must("BACKUP_NAME", "made of a-z, 0-9, - and /, such as database-1", name)
        if not told.get("BACKUP_BUCKET"):
            raise must("BACKUP_BUCKET", "the name of a bucket", told.get("BACKUP_BUCKET"))
        named, every_tenant = _connection(told), checked(told.get("EVERY_TENANT_SETTING"))
        return cls(
            bucket=told["BACKUP_BUCKET"],
            name=name,
            key=BackupKey.from_text(_secret(told, "BACKUP_ENCRYPTION_KEY") or ""),
            connection=replace(named, every_tenant=every_tenant) if named else None,
            tls={name: told[_PARTS[name]] for name in _TLS if told.get(_PARTS[name])},
            every_tenant=every_tenant,
            programs=Path(told.get("PG_PROGRAMS") or PROGRAMS),
        )

    def at(self, connection: Connection) -> "Settings":
        """The same, with another database, whose tenants are asked for as they were of the first."""
        return replace(self, connection=replace(connection, every_tenant=self.every_tenant))

    @property
    def database(self) -> Connection:
        """The database.

        Raises:
            SettingsError: none was named.
        """
        if self.connection is None:
            raise must("DATABASE_URL", "set, or PGHOST, PGDATABASE, PGUSER and PGPASSWORD")
        return self.connection

    @property
    def host(self) -> str:
        """The server, for people."""
        return self.database.parameters["host"]


def _connection(told: dict[str, str]) -> Connection | None:
    parts = {parameter: told[name] for parameter, name in _PARTS.items() if told.get(name)}
    url = _secret(told, "DATABASE_URL")
    if url:
        # What the image says about certificates is about RDS, and for whoever says nothing.
        return _with_defaults(Connection.from_url(url), parts)
    if "host" not in parts:
        return None
    password = _secret(told, "PGPASSWORD")
    if password is not None:
        parts["password"] = password
    return Connection.from_parameters(parts, field="PGHOST, PGDATABASE and PGUSER")


def _with_defaults(connection: Connection, parts: dict[str, str]) -> Connection:
    if not _TLS.isdisjoint(connection.parameters):
        return connection
    bundle = {name: parts[name] for name in _TLS & parts.keys()}
    return Connection({**connection.parameters, **bundle}, connection.password)


def _secret(told: dict[str, str], variable: str) -> str | None:
    file = told.get(f"{variable}_FILE")
    if not file:
        return told.get(variable)
    try:
        return Path(file).read_text().rstrip("\n")
    except (OSError, UnicodeDecodeError):
        raise must(f"{variable}_FILE", "a text file that can be read", file) from None
