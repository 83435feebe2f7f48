"""A login through the pool and a query, as an application makes them, and what it means when it fails."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pg8000.native import Connection, DatabaseError, InterfaceError

from connection_secrets import properties as read
from connection_secrets.connection import field, sqlstate
from connection_secrets.properties import Properties
from connection_secrets.secret_store import Secret

_PATIENCE_SECONDS = 15
"""More than the pool lets a query wait for a server connection (10 s), so that its own error arrives."""


class PoolError(Exception):
    """Why the pool could not be used, in the words of the pool, the driver or the network."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Where applications reach the pool."""

    host: str
    port: int
    database: str

    @classmethod
    def from_properties(cls, properties: Properties) -> "Pool":
        """Read ``Host``, ``Port`` and ``Database``."""
        return cls(read.host(properties), read.port(properties), read.database_name(properties))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.database}"


def select_one(pool: Pool, secret: Secret) -> None:
    """Log in as the role of ``secret`` and run ``SELECT 1``.

    Raises:
        PoolError: It did not work.
    """
    with connected(pool, secret) as connection:
        connection.run("SELECT 1")


@contextmanager
def connected(pool: Pool, secret: Secret) -> Iterator[Connection]:
    """Log in for the length of the block.

    Raises:
        PoolError: The login, or what the block does with the connection, did not work.
    """
    try:
        connection = _connect(pool, secret)
        try:
            yield connection
        finally:
            # PgBouncer closes after an error; that error says more than the one of closing again.
            with suppress(InterfaceError, OSError):
                connection.close()
    except DatabaseError as error:
        # PgBouncer and PostgreSQL name roles and databases in there, never a password.
        raise PoolError(f"{field(error, 'M')}, SQLSTATE {sqlstate(error)}") from None
    except (InterfaceError, OSError) as error:
        raise PoolError(_network_reason(error)) from None


def _connect(pool: Pool, secret: Secret) -> Connection:
    return Connection(
        secret.text("username"),
        host=pool.host,
        port=pool.port,
        database=pool.database,
        password=secret.text("password"),
        # What sslmode=require means: encrypted or not at all, with the certificate the pool made itself.
        ssl_context=True,
        timeout=_PATIENCE_SECONDS,
        application_name="connection-pool",
    )


def _network_reason(error: Exception) -> str:
    if str(error) == "Server refuses SSL":
        return "it does not offer TLS"
    return type(error.__cause__ or error).__name__
