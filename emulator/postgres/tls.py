"""Puts TLS in front of PostgreSQL servers, because the build in the wheel has none.

A client that does not ask for TLS is turned away, which is what ``rds.force_ssl`` does. Channel
binding is not offered: the server behind sees an unencrypted socket.
"""

import asyncio
import ssl
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from pathlib import Path

from emulator.connections import Connections, Listener, join
from emulator.inside import is_inside
from emulator.settings import HOST

HANDSHAKE_SECONDS = 15
SSL_REQUEST = struct.pack("!II", 8, 80877103)
_SSL_REQUEST = 80877103
_GSS_REQUEST = 80877104
_HEADER = struct.Struct("!II")


class TlsFront:
    """Listens on loopback ports and forwards what comes out of TLS to unix sockets."""

    def __init__(self, context: ssl.SSLContext, on_traffic: Callable[[], None]) -> None:
        self._context = context
        self._on_traffic = on_traffic
        self._connections = Connections("postgres-tls")

    def open(
        self, socket: Path, port: int = 0, *, address: str = HOST, context: ssl.SSLContext | None = None
    ) -> Listener:
        """Open a port, by default any free one, in front of a server's socket.

        Args:
            socket: Of the server.
            port: On which clients connect.
            address: On which clients connect; the certificate has to name it.
            context: The certificate; left out, the one for 127.0.0.1.
        """
        certificate = context or self._context

        async def serve(reader: StreamReader, writer: StreamWriter) -> None:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                if not await accept_tls(reader, writer, certificate):
                    return
            server = await asyncio.open_unix_connection(str(socket))
            await join((reader, writer), server, self._noticing(writer))

        return self._connections.listen(serve, address, port)

    def close(self, listener: Listener) -> None:
        """Close a port; connections end with the server behind it."""
        self._connections.close(listener)

    def stop(self) -> None:
        """End every connection."""
        self._connections.stop()

    def _noticing(self, writer: StreamWriter) -> Callable[[], None]:
        """Only traffic from outside keeps an emulator alive."""
        return (lambda: None) if is_inside(writer.get_extra_info("peername")) else self._on_traffic


async def accept_tls(reader: StreamReader, writer: StreamWriter, context: ssl.SSLContext) -> bool:
    """Agree on TLS with a PostgreSQL client, or turn it away and answer False."""
    _, code = _HEADER.unpack(await reader.readexactly(_HEADER.size))
    if code == _GSS_REQUEST:
        writer.write(b"N")
        _, code = _HEADER.unpack(await reader.readexactly(_HEADER.size))
    if code != _SSL_REQUEST:
        writer.write(refusal("28000", "no pg_hba.conf entry for host, no encryption"))
        await writer.drain()
        return False
    writer.write(b"S")
    await writer.drain()
    await writer.start_tls(context)
    return True


def refusal(code: str, message: str) -> bytes:
    """Return PostgreSQL's message for an error that ends the connection."""
    fields = [b"SFATAL", b"VFATAL", b"C" + code.encode(), b"M" + message.encode(), b""]
    body = b"\0".join(fields) + b"\0"
    return b"E" + struct.pack("!I", len(body) + 4) + body
