"""Stands in for a pooler where there is no pgbouncer: its clients get to the database, and nothing is pooled.

It knows the names a pool gives to databases and passes logins on; each client has a connection of its own to
the database. RECONNECT on the console is answered, because there is nothing kept that could be renewed.
"""

import asyncio
import ssl
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import Mapping
from pathlib import Path

from emulator.connections import Connections, join
from emulator.poolers.container import Upstream
from emulator.postgres.tls import HANDSHAKE_SECONDS, SSL_REQUEST, accept_tls, refusal

CONSOLE = "pgbouncer"
_VERSION = 3 << 16
_HEADER = struct.Struct("!I")
_LONGEST = 10_000
_WELCOME = b"R" + struct.pack("!II", 8, 0)
_READY = b"Z" + struct.pack("!I", 5) + b"I"


class Straight:
    """One stand-in, listening from the start."""

    kind = "none: connections go straight to the database"

    def __init__(
        self,
        connections: Connections,
        *,
        address: str,
        port: int,
        certificate: ssl.SSLContext,
        ca_file: Path,
        upstreams: Mapping[str, Upstream],
    ) -> None:
        self._connections = connections
        self._certificate = certificate
        self._upstreams = upstreams
        self._trust = ssl.create_default_context(cafile=str(ca_file))
        self._listener = connections.listen(self._serve, address, port)

    def wait_until_ready(self) -> None:
        """It is."""

    def drain(self) -> None:
        """Accept nobody any more."""
        self._connections.close(self._listener)

    def quit(self) -> None:
        """The same: what is open ends with its server."""
        self.drain()

    def end(self) -> None:
        """The same."""
        self.drain()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            if not await accept_tls(reader, writer, self._certificate):
                return
            wishes = await _read_startup(reader)
        name = wishes.get(b"database", wishes.get(b"user", b"")).decode(errors="replace")
        upstream = self._upstreams.get(name)
        if name == CONSOLE:
            await _console(reader, writer)
        elif upstream is None:
            writer.write(refusal("3D000", f"no such database: {name}"))
        else:
            server = await self._reach(upstream)
            server[1].write(_startup({**wishes, b"database": upstream.database.encode()}))
            await join((reader, writer), server, lambda: None)

    async def _reach(self, upstream: Upstream) -> tuple[StreamReader, StreamWriter]:
        reader, writer = await asyncio.open_connection(upstream.host, upstream.port)
        writer.write(SSL_REQUEST)
        if await reader.readexactly(1) != b"S":
            writer.close()
            raise OSError(f"{upstream.host}:{upstream.port} offers no TLS")
        await writer.start_tls(self._trust, server_hostname=upstream.host)
        return reader, writer


async def _read_startup(reader: StreamReader) -> dict[bytes, bytes]:
    (length,) = _HEADER.unpack(await reader.readexactly(_HEADER.size))
    if not 2 * _HEADER.size <= length <= _LONGEST:
        raise EOFError("no startup message")
    body = await reader.readexactly(length - _HEADER.size)
    if _HEADER.unpack_from(body)[0] != _VERSION:
        raise EOFError("a request to cancel, or another protocol")
    words = body[_HEADER.size :].rstrip(b"\0").split(b"\0")
    return dict(zip(words[::2], words[1::2], strict=False))


def _startup(wishes: Mapping[bytes, bytes]) -> bytes:
    words = b"".join(name + b"\0" + value + b"\0" for name, value in wishes.items()) + b"\0"
    return struct.pack("!II", len(words) + 2 * _HEADER.size, _VERSION) + words


async def _console(reader: StreamReader, writer: StreamWriter) -> None:
    writer.write(_WELCOME + _READY)
    while (kind := await reader.readexactly(1)) != b"X":
        (length,) = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        body = await reader.readexactly(length - _HEADER.size)
        if kind != b"Q" or body.rstrip(b"\0; ").upper() != b"RECONNECT":
            writer.write(refusal("0A000", "there is no pgbouncer here that could answer"))
            return
        answer = b"RECONNECT\0"
        writer.write(b"C" + _HEADER.pack(len(answer) + _HEADER.size) + answer + _READY)
