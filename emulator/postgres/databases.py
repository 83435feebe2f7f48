"""Which database has which server, for every account and region of the emulator."""

import itertools
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emulator.addresses import Addresses, is_free
from emulator.connections import Listener
from emulator.postgres.certificates import Authority
from emulator.postgres.programs import stand_in
from emulator.postgres.server import Credentials, Server
from emulator.postgres.tls import TlsFront

_log = logging.getLogger("emulator")

PORT = 5432
"""Where PostgreSQL listens on RDS unless the template says otherwise."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where clients reach a database; always with TLS."""

    address: str
    port: int


@dataclass(slots=True)
class _Running:
    server: Server
    listener: Listener
    credentials: Credentials
    wanted_port: int

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.listener.address, self.listener.port)


class Databases:
    """The running servers by ARN of the instance or cluster they stand behind.

    Each has the port of its template at an address of its own. Where the machine has no addresses to give
    away, or the port is taken on all of them, it has any port: what takes the port from the template and not
    from the endpoint does not find it then.
    """

    def __init__(self, folder: Path, front: TlsFront, authority: Authority, addresses: Addresses) -> None:
        self._folder = folder
        self._front = front
        self._authority = authority
        self._addresses = addresses
        self._running: dict[str, _Running] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._shown: Path | None = None

    def ensure(self, arn: str, engine_version: str, credentials: Credentials, port: int = PORT) -> Endpoint:
        """Start the server of a database, or give a running one its new password or port."""
        with self._lock:
            running = self._running.get(arn)
            if running is None:
                _say_what_stands_in(arn, engine_version)
                running = self._running[arn] = self._start(engine_version, credentials, port)
            if running.credentials.password != credentials.password:
                running.server.change_password(credentials)
                running.credentials = credentials
            if running.wanted_port != port:
                self._front.close(running.listener)
                running.listener, running.wanted_port = self._open(running.server, port), port
            self._show()
        return running.endpoint

    def _start(self, engine_version: str, credentials: Credentials, port: int) -> _Running:
        # Numbered folders: short, because the path of a unix socket has little room.
        server = Server(self._folder / f"pg{next(self._numbers)}", engine_version)
        try:
            server.create_master(credentials)
            return _Running(server, self._open(server, port), credentials, port)
        except BaseException:
            server.stop()
            raise

    def _open(self, server: Server, port: int) -> Listener:
        address = self._addresses.own(port)
        certificate = self._authority.context(address)
        wanted = port if is_free(address, port) else 0
        return self._front.open(server.socket, wanted, address=address, context=certificate)

    def endpoint(self, arn: str) -> Endpoint | None:
        """Return where a database is reached, if it has a server."""
        running = self._running.get(arn)
        return running.endpoint if running else None

    def port_at(self, address: str, port: int) -> int:
        """Return the port of the server that a template knows as ``address`` and ``port``."""
        listeners = [running.listener for running in list(self._running.values())]
        ports = {listener.port for listener in listeners if listener.address == address}
        return port if port in ports or len(ports) != 1 else ports.pop()

    def show_sockets(self, file: Path) -> None:
        """Keep ``file`` up to date with the sockets of all servers, for programs that speak no TLS."""
        self._shown = file
        file.parent.mkdir(parents=True, exist_ok=True)
        self._show()

    def _show(self) -> None:
        if self._shown is None:
            return
        places = {
            f"{one.listener.address}:{one.listener.port}": one.server.socket_folder
            for one in list(self._running.values())
        }
        # Databases are made and changed beside each other.
        unfinished = self._shown.with_name(f"sockets.{next(self._numbers)}.new")
        unfinished.write_text(json.dumps(places))
        unfinished.replace(self._shown)

    def keep_only(self, exists: Callable[[str], bool]) -> None:
        """Stop the servers of databases that are gone."""
        with self._lock:
            for arn in [arn for arn in self._running if not exists(arn)]:
                self._stop(arn)

    def halt(self, arn: str) -> None:
        """Stop the server of a database, if it has one, and keep its data: who connects is turned away."""
        with self._lock:
            if arn in self._running:
                self._running[arn].server.halt()

    def resume(self, arn: str) -> None:
        """Start a server that was halted, where clients reached it before."""
        with self._lock:
            if arn in self._running:
                self._running[arn].server.resume()

    def stop(self) -> None:
        """Stop everything."""
        self.keep_only(lambda _arn: False)
        self._front.stop()

    def _stop(self, arn: str) -> None:
        running = self._running.pop(arn)
        self._front.close(running.listener)
        running.server.stop()


def _say_what_stands_in(arn: str, engine_version: str) -> None:
    served = str(stand_in(engine_version))
    if engine_version.partition(".")[0] != served:
        _log.warning(
            f"{arn} is described as PostgreSQL {engine_version} and served by PostgreSQL {served}, "
            "the nearest there is: what differs between them shows on AWS first"
        )
