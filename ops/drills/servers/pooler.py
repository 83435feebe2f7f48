"""A running pooler, whoever wrote its configuration: when it is ready, its console, its end."""

import json
import secrets
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.ports import HOST, require_free
from ops.drills.servers.process import Process

START_SECONDS = 30.0
ADMIN, STATS = "pool_admin", "pool_stats"
CONSOLE = "pgbouncer"


class Upstream(NamedTuple):
    """Where a database of the pool is."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who may log in. The console's passwords are of this run: nobody else's pooler takes them."""

    verifiers: Mapping[str, str] = field(repr=False)
    """What the database keeps of each role's password."""
    admin: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    stats: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    def as_json(self) -> str:
        """POOL_CREDENTIALS."""
        return json.dumps(
            {
                "users": dict(self.verifiers),
                "admin": {"username": ADMIN, "password": self.admin},
                "stats": {"username": STATS, "password": self.stats},
            }
        )


class Pooler:
    """One pooler; the constructor starts it and waits until its console answers with our password.

    Attributes:
        port: Where clients connect.
        sslmode: What clients have to ask for.
    """

    def __init__(
        self,
        lifetime: Lifetime,
        command: list[str],
        *,
        folder: Path,
        credentials: Credentials,
        port: int,
        sslmode: str,
        env: Mapping[str, str] | None = None,
    ) -> None:
        require_free(port)
        self.port = port
        self.sslmode = sslmode
        self._password = credentials.admin
        self.process: Process = lifetime.start(command, log=folder / "log", env=env)
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.console("SHOW VERSION")
                return
            except psycopg.OperationalError:
                if not self.process.alive or time.monotonic() > deadline:
                    raise RuntimeError(f"the pooler did not start: {self.process.said()}") from None
                time.sleep(0.02)

    def console(self, command: str) -> list[tuple[Any, ...]]:
        """Give the console a command, as its administrator."""
        with psycopg.connect(
            host=HOST,
            port=self.port,
            dbname=CONSOLE,
            user=ADMIN,
            password=self._password,
            sslmode=self.sslmode,
            autocommit=True,
        ) as connection:
            cursor = psycopg.ClientCursor(connection)
            cursor.execute(command.encode())  # the console knows simple queries only
            return cursor.fetchall() if cursor.description else []

    def drain(self) -> None:
        """Ask it to stop as ECS does."""
        self.process.send(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a machine that is lost."""
        self.process.kill()
