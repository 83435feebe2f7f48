"""Where a database is and how it is entered: by psycopg here, and by PostgreSQL's own programs beside us."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from database import every_tenant
from database.failure import JobError, must

CONNECT_SECONDS = 60
"""A database that has paused takes some seconds to answer."""
Session = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Connection:
    """A database, with the password apart from everything that may be shown."""

    parameters: dict[str, str]
    """libpq's own, without the password."""
    password: str | None = field(repr=False)
    every_tenant: str | None = None
    """The setting with which an owner that policies bind sees every tenant. None asks for nothing: then rows
    that a policy hides end whatever reads them."""

    @classmethod
    def from_url(cls, url: str) -> "Connection":
        """Read a PostgreSQL URL.

        Raises:
            SettingsError: it is none; without quoting it.
        """
        try:
            found = {name: str(value) for name, value in conninfo.conninfo_to_dict(url).items()}
        except psycopg.Error:
            raise must("DATABASE_URL", "a PostgreSQL URL (postgresql://user:password@host/name)") from None
        return cls.from_parameters(found, field="DATABASE_URL")

    @classmethod
    def from_parameters(cls, parameters: dict[str, str], *, field: str) -> "Connection":
        """Take libpq's parameters apart.

        Raises:
            SettingsError: host, user or database is not among them.
        """
        given = dict(parameters)
        password = given.pop("password", None)
        for needed in ("host", "user", "dbname"):
            if not given.get(needed):
                raise must(field, f"complete: it names no {needed}")
        return cls({"connect_timeout": str(CONNECT_SECONDS), **given}, password)

    @property
    def database(self) -> str:
        """The name of the database."""
        return self.parameters["dbname"]

    @property
    def where(self) -> str:
        """The database as people name it."""
        return f"{self.database} on {self.parameters['host']}"

    def to(self, database: str) -> "Connection":
        """The same login, on another database of the server."""
        return replace(self, parameters={**self.parameters, "dbname": database})

    @property
    def text(self) -> str:
        """The connection string, without the password: it may be seen in a process list."""
        if not self.every_tenant:
            return conninfo.make_conninfo(**self.parameters)
        given = self.parameters.get("options", "")
        options = f"{given} {every_tenant.options(self.every_tenant)}".strip()
        return conninfo.make_conninfo(**{**self.parameters, "options": options})

    def open(self, *, autocommit: bool = True) -> Session:
        """Log in.

        Raises:
            JobError: it was refused, nobody answered, or policies would hide rows.
        """
        try:
            session = psycopg.connect(self.text, password=self.password, autocommit=autocommit)
        except psycopg.Error as error:
            raise JobError(f"no connection to {self.where}: {self.redact(str(error))}") from None
        session.execute("SET statement_timeout = 0")
        session.execute("SET idle_in_transaction_session_timeout = 0")
        self.see_all(session)
        if not autocommit:
            session.commit()
        return session

    def see_all(self, session: Session) -> None:
        """Let the session see all rows: what is hidden would be missing from a count without a word.

        Raises:
            JobError: a policy would hide some.
        """
        if self.every_tenant:
            every_tenant.see(session, self.every_tenant)
        else:
            session.execute("SET row_security = off")

    @contextmanager
    def child_environment(self) -> Iterator[dict[str, str]]:
        """The whole environment of a program that logs in; its password is in a file only it and we can read.

        Raises:
            JobError: there is no room for the file.
        """
        with private_folder() as folder:
            file = folder / "password"
            try:
                file.touch(mode=0o600)
                file.write_text(f"*:*:*:*:{_escaped(self.password or '')}\n")
            except OSError as error:
                raise JobError(f"no room for a small file in {folder.parent}: {error.strerror}") from None
            kept = {name: os.environ[name] for name in ("SSL_CERT_FILE", "TZ") if name in os.environ}
            yield {**kept, "LC_ALL": "C", "HOME": str(folder), "PGPASSFILE": str(file)}

    def redact(self, text: str) -> str:
        """The text of somebody else, without the password."""
        return text.strip().replace(self.password, "***") if self.password else text.strip()


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only we may enter, for as long as it is needed.

    Raises:
        SettingsError: TMPDIR is none that may be written to.
    """
    try:
        made = tempfile.TemporaryDirectory(prefix="database-job-")
    except OSError:
        raise must("TMPDIR", "a folder that may be written to", tempfile.gettempdir()) from None
    with made as folder:
        yield Path(folder)


def _escaped(password: str) -> str:
    return password.replace("\\", "\\\\").replace(":", "\\:")
