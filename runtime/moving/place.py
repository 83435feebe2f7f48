"""One of the two databases, entered as the role that owns its tables and is bound by their policies."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import psycopg
from psycopg import sql

from database.connection import Connection, Session
from database.failure import JobError
from moving import catalog
from moving.failure import BusyError, RefusedError
from moving.settings import Settings

Side = Literal["source", "target"]
OLDEST = 15
MOVING = "cambium.moving"
"""The setting by which the fence, and triggers that stand aside, know this program."""
OTHER_RUN_SECONDS = 60
_SAME_TEXT = (
    # The text of a value is compared and copied, so that both servers have to write it alike.
    "SET row_security = on",
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET extra_float_digits = 1",
    "SET bytea_output = 'hex'",
    "SET lc_monetary = 'C'",
    "SET client_encoding = 'UTF8'",
    # A server notices that this program was killed while it works for it.
    "SET client_connection_check_interval = '2s'",
)


class Place:
    """A session on the source or on the target.

    Attributes:
        side: Which it is.
        where: The database as people name it.
        session: Outside of a transaction, it sees no tenant's rows.
        tenant: What the tenant column of the rows holds that are moved.
        organization: Whose rows they are.
        owner: Whose rights it has.
        major: The server's version.
    """

    def __init__(self, side: Side, connection: Connection, settings: Settings) -> None:
        self.side, self.where = side, f"the {side} ({connection.where})"
        self._connection, self._settings = connection, settings
        self.tenant, self.organization = settings.tenant, settings.organization
        self.session: Session = connection.open()
        self.major = self.session.info.server_version // 10000
        try:
            for statement in _SAME_TEXT:
                self.session.execute(statement.encode())
            self.owner = self._become_owner()
            self._one_run_at_a_time()
        except BaseException:
            self.session.close()
            raise

    def close(self) -> None:
        """Leave."""
        self.session.close()

    @contextmanager
    def as_tenant(self, *, snapshot: bool = False) -> Iterator[Session]:
        """A transaction in which policies show and admit this tenant's rows only.

        Args:
            snapshot: See one moment only, and change nothing but temporary tables.
        """
        with self._transaction(snapshot=snapshot):
            self.set_local(self._settings.tenant_setting, self._settings.tenant)
            self.set_local(MOVING, "on")
            yield self.session

    @contextmanager
    def seeing_all(self) -> Iterator[Session]:
        """A transaction that reads the rows of every tenant, as of one moment, and writes none."""
        with self._transaction(snapshot=True):
            self.set_local(self._settings.every_tenant_setting, "on")
            yield self.session

    def set_local(self, name: str, value: str) -> None:
        """Set something until the transaction ends."""
        self.session.execute("SELECT set_config(%s, %s, true)", [name, value])

    @contextmanager
    def _transaction(self, *, snapshot: bool) -> Iterator[None]:
        with self.session.transaction():
            if snapshot:
                self.session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield

    def redact(self, text: str) -> str:
        """The words of a server, without the password."""
        return self._connection.redact(text)

    def _become_owner(self) -> str:
        if self.major < OLDEST:
            raise RefusedError(f"{self.where} must run PostgreSQL {OLDEST} or newer, got {self.major}")
        owners = [
            str(name) for (name,) in self.session.execute(catalog.OWNERS, {"column": self._settings.column})
        ]
        if len(owners) != 1:
            found = f"they are of {', '.join(owners)}" if owners else "there is none"
            raise RefusedError(
                f"tables with {self._settings.column} in {self.where} must be of one owner, and {found}"
            )
        try:
            self.session.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(owners[0])))
        except psycopg.errors.InsufficientPrivilege:
            raise RefusedError(
                f"the login of {self.where} must be {owners[0]}, which owns its tables, or a member of it"
            ) from None
        if (self.session.execute(catalog.POWERFUL).fetchone() or (True,))[0]:
            raise RefusedError(
                f"{owners[0]} of {self.where} is a superuser or has BYPASSRLS: no policy would bind it"
            )
        return owners[0]

    def _one_run_at_a_time(self) -> None:
        """Wait for the end of a run that was killed, whose server process has not noticed yet."""
        key = lock_key(self._settings.tenant)
        deadline = time.monotonic() + OTHER_RUN_SECONDS
        while not (self.session.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone() or (False,))[0]:
            if time.monotonic() > deadline:
                raise BusyError(f"another run moves this tenant, and holds {self.where}: wait for its end")
            time.sleep(0.2)


def lock_key(tenant: str) -> int:
    """The advisory lock that one run at a time holds on each database."""
    return int.from_bytes(hashlib.sha256(f"cambium moving {tenant}".encode()).digest()[:8], signed=True)


@contextmanager
def entered(settings: Settings) -> Iterator[list[Place]]:
    """Enter the source, and the target if there is one.

    Raises:
        JobError: what a server refused, in its words without a row's content.
    """
    places: list[Place] = []
    try:
        places.append(Place("source", settings.source, settings))
        if settings.target is not None:
            places.append(Place("target", settings.target, settings))
        yield places
    except psycopg.Error as error:
        raise JobError(_said(error, places)) from None
    finally:
        for place in places:
            place.close()


def _said(error: psycopg.Error, places: list[Place]) -> str:
    """What a server said. The detail of its message quotes rows, and is left out."""
    said = error.diag.message_primary or type(error).__name__
    if error.diag.sqlstate and error.diag.sqlstate.startswith("22"):
        said = f"a value could not be read (SQLSTATE {error.diag.sqlstate})"
    where = f"{error.diag.schema_name}.{error.diag.table_name}: " if error.diag.table_name else ""
    for place in places:
        said = place.redact(said)
    return f"{where}{said}"
