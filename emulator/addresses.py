"""Loopback addresses, one for each server whose port a template fixes, such as 5432 or 6432."""

import secrets
import socket
from collections.abc import Iterator
from itertools import islice

from emulator.settings import HOST

_ATTEMPTS = 20


class Addresses:
    """Hands out addresses under 127.0.0.0/8, all of which lead to this machine on Linux.

    macOS has only 127.0.0.1. There, and where every attempt meets a port that is taken, the answer is that
    one address: whoever asked shares its ports with everybody else and may not get the one it wants.
    """

    def __init__(self, candidates: Iterator[str] | None = None) -> None:
        self._candidates = _anywhere() if candidates is None else candidates

    def own(self, port: int = 0) -> str:
        """Return an address nobody listens on at ``port``; by chance one of 16 million, so nobody else's."""
        for candidate in islice(self._candidates, _ATTEMPTS):
            if is_free(candidate, port):
                return candidate
        return HOST


def is_free(address: str, port: int) -> bool:
    """Tell whether a server could listen there; any port of an address that is ours will do as 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True


def _anywhere() -> Iterator[str]:
    # Not 127.0.x.x: resolvers and Debian's own host name live there.
    while True:
        parts = (1 + secrets.randbelow(254), secrets.randbelow(256), 1 + secrets.randbelow(254))
        yield "127." + ".".join(map(str, parts))
