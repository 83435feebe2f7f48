"""Starts one pooler: the program where there is a pgbouncer, and the stand-in where there is none."""

import itertools
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from emulator.addresses import Addresses, is_free
from emulator.connections import Connections
from emulator.poolers.container import Container, Told
from emulator.poolers.program import Launch, Program
from emulator.poolers.straight import Straight
from emulator.postgres.certificates import Authority
from emulator.postgres.databases import Databases

_log = logging.getLogger("emulator")


class Pooler(Protocol):
    """What a started pooler has to offer."""

    kind: str

    def wait_until_ready(self) -> None:
        """Wait until it accepts connections, or raise NotStartedError."""

    def drain(self) -> None:
        """Ask it to end, with time for its clients."""

    def quit(self) -> None:
        """Ask it to end at once."""

    def end(self) -> None:
        """End it at once, and wait for that."""


@dataclass(frozen=True, slots=True)
class Running:
    """A pooler at its address."""

    pooler: Pooler
    address: str
    told_port: int
    """Where the template has it listen."""
    port: int
    """Where it listens: elsewhere if it has to share its address."""


class Starter:
    """Knows where on this machine a pooler can listen and where its databases are."""

    def __init__(
        self,
        folder: Path,
        pgbouncer: Path | None,
        authority: Authority,
        addresses: Addresses,
        databases: Databases,
    ) -> None:
        self._folder, self._pgbouncer = folder, pgbouncer
        self._authority, self._addresses, self._databases = authority, addresses, databases
        self._connections = Connections("poolers")
        self._numbers = itertools.count(1)

    def start(
        self, container: Container, on_line: Callable[[str], None], on_end: Callable[[int], None]
    ) -> Running:
        """Start what a container definition asks for; it may not listen yet.

        Args:
            container: The container definition.
            on_line: Gets each line of its log.
            on_end: Gets the exit code when it ends and nobody asked it to.

        Raises:
            NotStartedError: It lacks a secret.
        """
        told = Told.from_container(container)
        address = self._addresses.own(told.port)
        port = told.port if is_free(address, told.port) else _free_port(address)
        upstreams = {
            alias: replace(one, port=self._databases.port_at(one.host, one.port))
            for alias, one in told.upstreams.items()
        }
        here = told if (port, upstreams) == (told.port, told.upstreams) else told.moved(port, upstreams)
        return Running(self._make(here, address, on_line, on_end), address, told.port, port)

    def _make(
        self, told: Told, address: str, on_line: Callable[[str], None], on_end: Callable[[int], None]
    ) -> Pooler:
        # Asked each time: it may be there by the time the first pool is deployed.
        if self._pgbouncer is not None and os.access(self._pgbouncer, os.X_OK):
            launch = Launch(
                pgbouncer=self._pgbouncer,
                environment=told.environment,
                address=address,
                port=told.port,
                ca_file=self._authority.file,
                folder=self._folder / f"pooler{next(self._numbers)}",
            )
            return Program(launch, on_line, on_end)
        _log.warning(
            "no pgbouncer at %s: connections of %s go straight to the database, and nothing is pooled",
            self._pgbouncer or "--pgbouncer",
            told.settings.get("name"),
        )
        return Straight(
            self._connections,
            address=address,
            port=told.port,
            certificate=self._authority.context(address),
            ca_file=self._authority.file,
            upstreams=told.upstreams,
        )

    def stop(self) -> None:
        """End the connections of stand-ins."""
        self._connections.stop()


def _free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])
