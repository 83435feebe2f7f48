"""Clients of a database, as applications are: psycopg, one connection each, many at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, NamedTuple, TypeVar

import psycopg

from ops.drills.servers.ports import HOST

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
AT_ONCE = 50
"""Logins under way at a time: as many tasks as start together, and not a thousand in one instant."""
_T = TypeVar("_T")


class Door(NamedTuple):
    """Where a client connects, and as whom."""

    port: int
    database: str
    role: str
    password: str
    sslmode: str = "prefer"
    host: str = HOST
    name: str = "drill"
    """What the server shows as the application."""

    def __repr__(self) -> str:
        return f"{self.role}@{self.host}:{self.port}/{self.database}"


async def connect(door: Door, *, patience_seconds: int = 15) -> Connection:
    """Log in. Transactions are begun and ended by hand, as one sees them in a log."""
    return await psycopg.AsyncConnection.connect(
        host=door.host,
        port=door.port,
        dbname=door.database,
        user=door.role,
        password=door.password,
        sslmode=door.sslmode,
        connect_timeout=patience_seconds,
        application_name=door.name,
        autocommit=True,
        prepare_threshold=None,
    )


async def connect_all(
    doors: Sequence[Door], *, patience_seconds: int = 15
) -> tuple[list[Connection], list[str]]:
    """Log in through each door.

    Returns:
        The connections, and the error of each that was refused.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(door: Door) -> Connection | str:
        async with gate:
            try:
                return await connect(door, patience_seconds=patience_seconds)
            except psycopg.OperationalError as error:
                return reason(error)

    answers = await asyncio.gather(*(one(door) for door in doors))
    return (
        [answer for answer in answers if not isinstance(answer, str)],
        [answer for answer in answers if isinstance(answer, str)],
    )


async def close_all(connections: Sequence[Connection]) -> None:
    """Leave."""
    await asyncio.gather(*(connection.close() for connection in connections))


async def in_parallel(
    connections: Sequence[Connection], work: Callable[[Connection, int], Awaitable[_T]]
) -> list[_T]:
    """Let every connection do its work at the same time; ``work`` is given the number of the client."""
    return list(await asyncio.gather(*(work(one, number) for number, one in enumerate(connections))))


def run(work: Coroutine[Any, Any, _T]) -> _T:
    """Run it to the end, in a thread that has no event loop yet."""
    return asyncio.run(work)


def reason(error: psycopg.Error) -> str:
    """The server's own words, in one line and without the address that changes with every run."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rpartition("FATAL: ")[2].strip() or lines[0]
