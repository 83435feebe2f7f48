"""Poolers behind one address, each of which reads the pool's secret as it starts and never again."""

import asyncio
import signal
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from ops.drills.servers.balancer import Balancer
from ops.drills.servers.ports import free_port
from runtime.support import Database
from support.pooler import Pooler, running
from support.pooler_told import Told, told


@dataclass
class RollingPool:
    """What starts the poolers of a fleet; ``port`` is that of the balancer before them."""

    database: Database
    secret: str
    """The pool's secret."""
    sizes: dict[str, int]
    _balancer: Balancer = field(default_factory=Balancer)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _starter: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    """One thread for all: a pooler ends with the thread that has started it."""
    _stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._await(self._balancer.__aenter__())

    @property
    def port(self) -> int:
        """Where clients connect."""
        return self._balancer.port

    def start(self) -> "PoolerTask":
        """Start a pooler with what the secret says now, and put it behind the balancer."""
        pooler = self._starter.submit(self._stack.enter_context, running(self._told())).result()
        port = int(pooler.told.settings["listen_port"])
        self._loop.call_soon_threadsafe(self._balancer.add, port)
        return PoolerTask(self, pooler, port)

    def drain(self, port: int) -> None:
        """Send nobody new there."""
        self._loop.call_soon_threadsafe(self._balancer.drain, port)

    def stop(self) -> None:
        """End what is left."""
        self._stack.close()
        self._starter.shutdown()
        self._await(self._balancer.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _told(self) -> Told:
        entry = {"name": self.database.name, "port": self.database.instance.port}
        credentials = self.database.vault.get(self.secret)
        made = told(entry, credentials, self.database.instance.ca_file, server_idle_timeout=1)
        ceiling = sum(self.sizes.values())
        return made.changed(pool_sizes=self.sizes, max_db_connections=ceiling, listen_port=free_port())

    def _await(self, work: Coroutine[Any, Any, object]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=20)


@dataclass
class PoolerTask:
    """One pooler of it."""

    pool: RollingPool
    pooler: Pooler
    port: int

    def drain(self) -> None:
        """Take it out of the balancer, then ask it to end."""
        self.pool.drain(self.port)
        threading.Timer(0.5, self.pooler.process.send_signal, [signal.SIGTERM]).start()

    @property
    def over(self) -> bool:
        """Whether its process is gone."""
        return self.pooler.process.poll() is not None
