"""Applications at work while something fails: what fails for them, for how long, and who hangs."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import psycopg

from ops.drills import clients
from ops.drills.clients import Connection, Door
from ops.drills.plan import Plan
from ops.drills.servers.postgres import Postgres

THINK_SECONDS = 0.02
RETRY_SECONDS = 0.1
"""Counts of failures scale with this pace: read the seconds."""
STATEMENT = b"INSERT INTO beat DEFAULT VALUES"
# Whoever hangs at the end is cut off, and psycopg has a line to say about each.
logging.getLogger("psycopg").setLevel(logging.ERROR)
_TABLE = "CREATE TABLE beat (at timestamptz NOT NULL DEFAULT now())"


@dataclass(slots=True)
class Record:
    """What happened to each client; times are those of ``time.monotonic``."""

    clients: int
    succeeded: list[tuple[float, int]] = field(default_factory=list)
    """When, and which client."""
    failed: list[float] = field(default_factory=list)
    busy_since: dict[int, float] = field(default_factory=dict)
    """Clients that wait for an answer now."""
    reasons: set[str] = field(default_factory=set)

    def failures_since(self, moment: float) -> int:
        """Statements and logins that failed."""
        return sum(at >= moment for at in self.failed)

    def first_failure_after(self, moment: float) -> float | None:
        """Seconds until a client heard that something is wrong."""
        return min((at - moment for at in self.failed if at >= moment), default=None)

    def first_success_after(self, moment: float) -> float | None:
        """Seconds until one client worked."""
        return min((at - moment for at, _ in self.succeeded if at >= moment), default=None)

    def all_back_after(self, moment: float) -> float | None:
        """Seconds until every client worked; None while one has not."""
        first: dict[int, float] = {}
        for at, client in self.succeeded:
            if at >= moment:
                first.setdefault(client, at - moment)
        return max(first.values()) if len(first) == self.clients else None

    def longest_pause_since(self, moment: float) -> float:
        """Seconds in which no client got anything done."""
        moments = [moment, *sorted(at for at, _ in self.succeeded if at >= moment)]
        return max((later - earlier for earlier, later in pairwise(moments)), default=0.0)

    def hung(self, seconds: float) -> int:
        """Clients that have waited for an answer for so long, and still do."""
        now = time.monotonic()
        return sum(now - since >= seconds for since in self.busy_since.values())


def make_table(server: Postgres, plan: Plan) -> None:
    """Make the table that clients write to."""
    with server.admin(plan.database(plan.alias)) as connection:
        connection.execute(_TABLE)
        connection.execute(f'GRANT INSERT ON beat TO "{plan.application}"'.encode())


class Load:
    """Clients that insert a row, think, and insert another; after an error they log in again.

    They have no timeouts of their own: what hangs here hangs.
    """

    def __init__(self, door: Door, count: int, *, max_age_seconds: float | None = None) -> None:
        self._door = door
        self._max_age_seconds = max_age_seconds
        self._over = asyncio.Event()
        self.record = Record(count)
        self._tasks = [asyncio.create_task(self._client(number)) for number in range(count)]

    async def stop(self) -> Record:
        """End it, whoever hangs."""
        self._over.set()
        await asyncio.sleep(2 * THINK_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return self.record

    async def until(self, condition: Callable[[Record], bool], *, seconds: float) -> bool:
        """Wait for a condition, at most so long.

        Returns:
            Whether it came true.
        """
        end = time.monotonic() + seconds
        while not condition(self.record):
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.05)
        return True

    async def _client(self, number: int) -> None:
        while not self._over.is_set():
            self.record.busy_since[number] = time.monotonic()
            try:
                connection = await clients.connect(self._door, patience_seconds=3600)
                await self._work(connection, number)
            except psycopg.Error as error:
                self.record.failed.append(time.monotonic())
                self.record.reasons.add(clients.reason(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def _work(self, connection: Connection, number: int) -> None:
        # Not all at the same time: a balancer and a pooler would see them come in one instant.
        age = (self._max_age_seconds or 0.0) * (0.5 + 0.5 * (number + 1) / self.record.clients)
        end = time.monotonic() + age if age else None
        try:
            while not self._over.is_set() and (end is None or time.monotonic() < end):
                self.record.busy_since[number] = time.monotonic()
                await connection.execute(STATEMENT)
                self.record.succeeded.append((time.monotonic(), number))
                del self.record.busy_since[number]
                await asyncio.sleep(THINK_SECONDS)
        finally:
            await connection.close()
