"""One transaction on the database whose errors name the step and never the statement."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pg8000.native import Connection, DatabaseError, InterfaceError

from connection_secrets.connection import Server, field, sqlstate
from connection_secrets.failure import ActionableError


def quoted(name: str) -> str:
    """Return a name as SQL reads it literally, keywords included."""
    return '"' + name.replace('"', '""') + '"'


class Session:
    """Runs statements inside a transaction opened by `transaction`."""

    def __init__(self, connection: Connection, server: Server) -> None:
        self._connection = connection
        self._server = server

    def run(self, step: str, sql: str, *, confidential: bool = False, **values: str) -> list[list[object]]:
        """Run one statement.

        Args:
            step: What it does, for the error message.
            sql: The statement; names in it are quoted by the caller.
            confidential: Keep PostgreSQL's message out of the error: it could quote the statement.
            values: Bound to ``:name`` placeholders; only queries take them.
        """
        try:
            return self._connection.run(sql, **values) or []
        except DatabaseError as error:
            message = "" if confidential else f"{field(error, 'M')}, "
            reason = f"{message}SQLSTATE {sqlstate(error)}"
        except (InterfaceError, OSError) as error:
            reason = f"connection lost, {type(error).__name__}"
        raise ActionableError(f"{step} failed on {self._server} ({reason}); nothing was changed")


@contextmanager
def transaction(connection: Connection, server: Server) -> Iterator[Session]:
    """Commit when the block ends; an error closes the connection, which rolls back."""
    session = Session(connection, server)
    try:
        session.run("starting a transaction", "BEGIN")
        # Shorter than the network timeout, so that a lock is reported as one.
        session.run("limiting lock waits", "SET LOCAL lock_timeout = '10s'")
        yield session
        session.run("committing", "COMMIT")
    finally:
        # By now it is committed, or its error says more than that of closing.
        with suppress(InterfaceError, OSError):
            connection.close()
