"""Which database has which server, for every account and region of the emulator."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emulator.postgres.server import Credentials, Server
from emulator.postgres.tls import Listener, TlsFront
from emulator.settings import HOST


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where clients reach a database; always with TLS."""

    port: int
    address: str = HOST


@dataclass(slots=True)
class _Running:
    server: Server
    listener: Listener
    credentials: Credentials


class Databases:
    """The running servers by ARN of the instance or cluster they stand behind."""

    def __init__(self, folder: Path, front: TlsFront) -> None:
        self._folder = folder
        self._front = front
        self._running: dict[str, _Running] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def ensure(self, arn: str, engine_version: str, credentials: Credentials) -> Endpoint:
        """Start the server of a database, or give a running one its new password."""
        with self._lock:
            running = self._running.get(arn)
            if running is None:
                running = self._running[arn] = self._start(engine_version, credentials)
            elif running.credentials.password != credentials.password:
                running.server.change_password(credentials)
                running.credentials = credentials
        return Endpoint(running.listener.port)

    def _start(self, engine_version: str, credentials: Credentials) -> _Running:
        # Numbered folders: short, because the path of a unix socket has little room.
        server = Server(self._folder / f"pg{next(self._numbers)}", engine_version)
        try:
            server.create_master(credentials)
            return _Running(server, self._front.open(server.socket), credentials)
        except BaseException:
            server.stop()
            raise

    def endpoint(self, arn: str) -> Endpoint | None:
        """Return where a database is reached, if it has a server."""
        running = self._running.get(arn)
        return Endpoint(running.listener.port) if running else None

    def keep_only(self, exists: Callable[[str], bool]) -> None:
        """Stop the servers of databases that are gone."""
        with self._lock:
            for arn in [arn for arn in self._running if not exists(arn)]:
                self._stop(arn)

    def stop(self) -> None:
        """Stop everything."""
        self.keep_only(lambda _arn: False)
        self._front.stop()

    def _stop(self, arn: str) -> None:
        running = self._running.pop(arn)
        self._front.close(running.listener)
        running.server.stop()
