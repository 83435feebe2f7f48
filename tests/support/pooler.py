"""The connection pool's container without a container: its program, a real PgBouncer, a real database."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg

from emulator.postgres.unprivileged import follow_us, launcher
from ops.drills.servers.ports import require_free
from support.embedded_metric import metric_values
from support.pooler_told import ADDRESS, Told

_START_SECONDS = 20
_STOP_SECONDS = 20


@dataclass
class Pooler:
    """One running container."""

    told: Told
    process: "subprocess.Popen[str]"
    folder: Path
    """Where it keeps its files while it runs."""

    log: Path
    """Everything it and PgBouncer wrote."""

    _clients: list["psycopg.Connection[Any]"] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Return where clients connect."""
        return int(self.told.settings["listen_port"])

    def connect(self, user: str, password: str, database: str, **changes: Any) -> "psycopg.Connection[Any]":
        """Log in as an application does."""
        parameters: dict[str, Any] = {
            "host": ADDRESS,
            "port": self.port,
            "user": user,
            "password": password,
            "dbname": database,
            "sslmode": "require",
            "connect_timeout": 15,
            "autocommit": True,
            # The console knows no extended protocol; cursors of the client side use the simple one.
            "cursor_factory": psycopg.ClientCursor,
        }
        connection: psycopg.Connection[Any] = psycopg.connect(**(parameters | changes))
        self._clients.append(connection)
        return connection

    def console(self, who: str = "admin") -> "psycopg.Connection[Any]":
        """Open PgBouncer's console."""
        login = self.told.credentials[who]
        return self.connect(login["username"], login["password"], "pgbouncer")

    def alive(self) -> "subprocess.CompletedProcess[str]":
        """Ask as ECS does."""
        command = [sys.executable, "-m", "pgbouncer.alive"]
        return subprocess.run(
            command, env=self.told.environment, capture_output=True, text=True, check=False, timeout=30
        )

    def program(self) -> int:
        """Return the process id of PgBouncer itself."""
        listed = subprocess.run(["/bin/ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
        pairs = (line.split() for line in listed.stdout.splitlines())
        (found,) = [int(child) for child, parent in pairs if int(parent) == self.process.pid]
        return found

    def signal_program(self, number: int) -> None:
        """Send a signal to PgBouncer itself."""
        os.kill(self.program(), number)

    def stop(self) -> int:
        """Ask it to stop as ECS does, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=_STOP_SECONDS)

    def metrics(self) -> list[dict[str, float]]:
        """Return what CloudWatch would take from its log."""
        return [metric_values(record) for record in self.records() if "_aws" in record]

    def records(self) -> list[dict[str, Any]]:
        """Return the JSON lines of its log."""
        lines = self.log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def end(self) -> None:
        """Make sure nothing of it is left."""
        for client in self._clients:
            client.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=_STOP_SECONDS)


@contextmanager
def running(told: Told, before: Sequence[str] = ()) -> Iterator[Pooler]:
    """Run a container until the end of the block; ``before`` is put before its command."""
    # Short and not pytest's: as root, the program runs as somebody else.
    with tempfile.TemporaryDirectory(prefix="pool") as name:
        outside, folder = Path(name), Path(name) / "files"
        folder.mkdir()
        launcher().own(folder)
        told = replace(told, environ={**told.environ, "TMPDIR": str(folder)})
        log = outside / "log"
        pooler = Pooler(told, _start(told, log, before), folder, log)
        try:
            _wait_until_listening(pooler)
            yield pooler
        finally:
            pooler.end()


def command(before: Sequence[str] = ()) -> list[str]:
    """Return how the container's program is started; ``before`` is put before it."""
    return [*launcher().prefix, *follow_us(), *before, sys.executable, "-m", "pgbouncer"]


def _start(told: Told, log: Path, before: Sequence[str]) -> "subprocess.Popen[str]":
    # Another one on this port would answer in its place.
    require_free(int(told.settings["listen_port"]))
    with log.open("w") as output:
        return subprocess.Popen(
            command(before),
            env=told.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )


def _wait_until_listening(pooler: Pooler) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while pooler.alive().returncode:
        if pooler.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the pool did not start:\n{pooler.log.read_text()}")
        time.sleep(0.05)
