"""A balancer of TCP connections: stands for the Network Load Balancer in front of the poolers.

As that one it passes bytes on unread, asks targets by opening a connection, gives a target that drains no
new connections and leaves it those it has. It is quicker to judge: every half second instead of every ten.
"""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any, Self

from ops.drills.servers.ports import HOST

CHECK_SECONDS = 0.5
UNHEALTHY_AFTER = 2
_CHUNK = 65536


class Balancer:
    """One address in front of several ports; ``async with`` opens and closes it.

    Attributes:
        port: Where clients connect.
    """

    def __init__(self) -> None:
        self._misses: dict[int, int] = {}
        self._draining: set[int] = set()
        self._chance = random.Random(1)  # noqa: S311 - the same choices in every run
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    def add(self, port: int) -> None:
        """Register a target; it counts as healthy until it is asked."""
        self._misses[port] = 0

    def drain(self, port: int) -> None:
        """Deregister a target: no new connections, and those it has go on."""
        self._draining.add(port)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._in_background(self._check())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _check(self) -> None:
        while True:
            for port in set(self._misses) - self._draining:
                self._misses[port] = 0 if await _answers(port) else self._misses[port] + 1
            await asyncio.sleep(CHECK_SECONDS)

    def _target(self) -> int | None:
        able = [
            port
            for port, misses in self._misses.items()
            if port not in self._draining and misses < UNHEALTHY_AFTER
        ]
        return self._chance.choice(sorted(able)) if able else None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        port = self._target()
        try:
            if port is not None:
                inner_reader, inner_writer = await asyncio.open_connection(HOST, port)
                await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass  # client, target or drill went away
        finally:
            writer.close()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(_CHUNK):
            target.write(data)
            await target.drain()
    finally:
        target.close()
