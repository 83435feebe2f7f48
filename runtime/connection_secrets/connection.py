"""A verified TLS connection to PostgreSQL, waiting for a database that is still starting."""

import ssl
import time
from dataclasses import dataclass

from pg8000.native import Connection, DatabaseError, InterfaceError

from connection_secrets.certificate_authority import tls_context
from connection_secrets.failure import ActionableError, logger
from connection_secrets.secret_store import Secret

_NETWORK_TIMEOUT_SECONDS = 20
_PAUSE_SECONDS = 2
_NOT_YET = ("57P03", "53300")
"""SQLSTATEs that pass by waiting: still starting up, and no free connection slot."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the database is."""

    host: str
    port: int
    database: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.database}"


def connect(server: Server, master: Secret, *, wait_seconds: float) -> Connection:
    """Log in as the master user, retrying for ``wait_seconds`` while nothing answers."""
    tls = tls_context()
    deadline = time.monotonic() + wait_seconds
    while True:
        attempt = _attempt(server, master, tls)
        if isinstance(attempt, Connection):
            return attempt
        if time.monotonic() + _PAUSE_SECONDS > deadline:
            raise ActionableError(
                f"{server} accepted no connection within {wait_seconds:.0f} s ({attempt}); "
                "check that the database runs and that its security group admits this function"
            )
        logger.info(f"{server} is not ready ({attempt})")
        time.sleep(_PAUSE_SECONDS)


def sqlstate(error: DatabaseError) -> str:
    """Return the five characters by which PostgreSQL names an error."""
    return field(error, "C")


def field(error: DatabaseError, code: str) -> str:
    """Return a field of PostgreSQL's error message by its code in the protocol."""
    details = error.args[0] if error.args else None
    return str(details.get(code, "unknown")) if isinstance(details, dict) else "unknown"


def _attempt(server: Server, master: Secret, tls: ssl.SSLContext) -> Connection | str:
    """Return a connection, or why it is worth another try."""
    try:
        return Connection(
            master.text("username"),
            host=server.host,
            port=server.port,
            database=server.database,
            password=master.text("password"),
            ssl_context=tls,
            timeout=_NETWORK_TIMEOUT_SECONDS,
            application_name="connection-secrets",
        )
    except ssl.SSLCertVerificationError as error:
        raise ActionableError(
            f"the TLS certificate of {server} is not trusted ({error.verify_message}); connect by the "
            "host name it was issued for, and check the file if DATABASE_CA_FILE or PGSSLROOTCERT names one"
        ) from None
    except DatabaseError as error:
        if sqlstate(error) in _NOT_YET:
            return f"SQLSTATE {sqlstate(error)}"
        raise ActionableError(
            f"{server} refused the login in secret {master.arn} (SQLSTATE {sqlstate(error)}); "
            "compare the secret with the master user and its password"
        ) from None
    except (InterfaceError, OSError) as error:
        return _network_reason(error)


def _network_reason(error: Exception) -> str:
    if str(error) == "Server refuses SSL":
        return "it does not offer TLS"
    return type(error.__cause__ or error).__name__
