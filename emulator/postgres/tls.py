"""Puts TLS in front of PostgreSQL servers, because the build in the wheel has none.

A client that does not ask for TLS is turned away, which is what ``rds.force_ssl`` does. Channel
binding is not offered: the server behind sees an unencrypted socket.
"""

import asyncio
import ssl
import struct
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from emulator.settings import HOST

_SSL_REQUEST = 80877103
_GSS_REQUEST = 80877104
_HEADER = struct.Struct("!II")
_HANDSHAKE_SECONDS = 15
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Listener:
    """One open port; the server behind it may be gone."""

    port: int
    _server: asyncio.Server


class TlsFront:
    """Listens on loopback ports and forwards what comes out of TLS to unix sockets.

    It has its own thread and event loop, so that a slow query never holds up the AWS API.
    """

    def __init__(self, context: ssl.SSLContext, on_traffic: Callable[[], None]) -> None:
        self._context = context
        self._on_traffic = on_traffic
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="postgres-tls", daemon=True)
        self._thread.start()

    def open(self, socket: Path, port: int = 0) -> Listener:
        """Open a port, by default any free one, in front of a server's socket."""

        async def start() -> asyncio.Server:
            return await asyncio.start_server(
                lambda reader, writer: self._serve(socket, reader, writer), host=HOST, port=port
            )

        server = self._run(start())
        return Listener(server.sockets[0].getsockname()[1], server)

    def close(self, listener: Listener) -> None:
        """Close a port; connections end with the server behind it."""

        async def stop() -> None:
            listener._server.close()

        self._run(stop())

    def stop(self) -> None:
        """End every connection, and the thread."""

        async def end() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0)  # closing takes another round

        self._run(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _serve(self, socket: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                if not await self._secure(reader, writer):
                    return
            inner_reader, inner_writer = await asyncio.open_unix_connection(str(socket))
            try:
                await asyncio.gather(self._copy(reader, inner_writer), self._copy(inner_reader, writer))
            finally:
                inner_writer.close()
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # the client, the server or we went away; TimeoutError and SSLError are OSErrors
        finally:
            writer.close()

    async def _secure(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        _, code = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        if code == _GSS_REQUEST:
            writer.write(b"N")
            _, code = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        if code != _SSL_REQUEST:
            writer.write(_refusal("no pg_hba.conf entry for host, no encryption"))
            await writer.drain()
            return False
        writer.write(b"S")
        await writer.drain()
        await writer.start_tls(self._context)
        return True

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                self._on_traffic()
                target.write(data)
                await target.drain()
        finally:
            target.close()


def _refusal(message: str) -> bytes:
    fields = [b"SFATAL", b"VFATAL", b"C28000", b"M" + message.encode(), b""]
    body = b"\0".join(fields) + b"\0"
    return b"E" + struct.pack("!I", len(body) + 4) + body
