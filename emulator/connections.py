"""Servers on loopback in a thread of their own, so that a slow query never holds up the AWS API."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

_T = TypeVar("_T")

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Listener:
    """One open port; the server behind it may be gone."""

    address: str
    port: int
    _server: asyncio.Server


class Connections:
    """Listens, and serves each connection until it ends or ``stop``."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def listen(self, serve: Serve, address: str, port: int) -> Listener:
        """Open a port, any free one if it is 0; the connection is closed when ``serve`` is done with it.

        Raises:
            OSError: The port is taken.
        """

        async def start() -> asyncio.Server:
            return await asyncio.start_server(_closing(serve), host=address, port=port)

        server = self._run(start())
        return Listener(address, server.sockets[0].getsockname()[1], server)

    def close(self, listener: Listener) -> None:
        """Close a port; its connections end when those who talk over them end."""

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


async def join(
    ours: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    theirs: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    on_traffic: Callable[[], None],
) -> None:
    """Pass on what each side says until one of them is done."""
    try:
        await asyncio.gather(_copy(ours[0], theirs[1], on_traffic), _copy(theirs[0], ours[1], on_traffic))
    finally:
        theirs[1].close()


async def _copy(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, on_traffic: Callable[[], None]
) -> None:
    try:
        while data := await source.read(65536):
            on_traffic()
            target.write(data)
            await target.drain()
    finally:
        target.close()


def _closing(serve: Serve) -> Serve:
    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # the client, the server or we went away; TimeoutError and SSLError are OSErrors
        finally:
            writer.close()

    return served
