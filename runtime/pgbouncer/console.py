"""Asks PgBouncer's own console, which answers even when the database does not."""

from contextlib import suppress

from pg8000.native import Connection, InterfaceError

from pgbouncer.credentials import Login
from pgbouncer.settings import Settings

Row = dict[str, object]

DATABASE = "pgbouncer"
"""The console is reached as if it were a database of this name."""

_TIMEOUT_SECONDS = 4
"""Less than the 5 s that ECS gives a health check."""


class Console:
    """One connection, as short as possible: PgBouncer does not end while a client is there."""

    def __init__(self, settings: Settings, login: Login) -> None:
        # TLS without verifying: the certificate is our own, and this does not leave the container.
        self._connection = Connection(
            login.username,
            host=settings.console_address,
            port=settings.listen_port,
            database=DATABASE,
            password=login.password,
            ssl_context=True,
            timeout=_TIMEOUT_SECONDS,
        )

    def __enter__(self) -> "Console":
        return self

    def __exit__(self, *_: object) -> None:
        # When the connection broke, what broke it says more than that it cannot be closed.
        with suppress(InterfaceError, OSError):
            self._connection.close()

    def show(self, what: str) -> list[Row]:
        """Return the rows of ``SHOW what``."""
        rows = self._connection.run(f"SHOW {what}") or []
        names = [str(column["name"]) for column in self._connection.columns or []]
        return [dict(zip(names, row, strict=True)) for row in rows]
