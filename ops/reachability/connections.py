"""Connections, and the halves of them that security groups write down."""

from typing import NamedTuple

PORTS = (0, 65535)


class Connection(NamedTuple):
    """``source`` may open connections to some ports of ``target``."""

    source: str
    target: str
    ports: tuple[int, int]
    protocol: str = "tcp"

    def __str__(self) -> str:
        first, last = self.ports
        ports = str(first) if first == last else f"{first}-{last}"
        spoken = {"all": "all", "tcp": ports}.get(self.protocol, f"{ports} {self.protocol}")
        return f"{self.source} -> {self.target}:{spoken}"


class Half(NamedTuple):
    """One half of a connection, as one group has it."""

    connection: Connection
    way: str

    def __str__(self) -> str:
        one, other = ("out of", self.connection.source), ("into", self.connection.target)
        preposition, group = one if self.way == "out" else other
        return f"{self.connection} (way {preposition} {group})"
