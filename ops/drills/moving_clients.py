"""Clients of several tenants that write all the time, and know exactly what was acknowledged."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psycopg

from ops.drills import clients
from ops.drills.clients import Connection, Door
from ops.drills.tenants import set_local

SQLSTATE = "TM001"
"""What the fence of ``runtime/moving`` answers."""
PAUSE_SECONDS = 0.02
_NAMES = 10**6
Change = Callable[[], object]
"""Brings a book up to date."""


@dataclass(slots=True)
class Patient:
    """A row, and how many children it has."""

    name: str
    change: int = 0
    visits: int = 0


@dataclass(slots=True)
class Book:
    """What one client was told to be committed; nobody else touches its rows."""

    patients: dict[int, Patient] = field(default_factory=dict)
    notes: dict[int, tuple[str, int | None]] = field(default_factory=dict)
    """What each says, and which it answers."""

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Patients as a database would answer."""
        for key, one in self.patients.items():
            yield key, one.name, one.change, one.visits


@dataclass(slots=True)
class Client:
    """One client of one tenant, and what became of its writes."""

    number: int
    tenant: str
    book: Book = field(default_factory=Book)
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    refused_at: list[float] = field(default_factory=list)
    written_at: list[float] = field(default_factory=list)


class Crowd:
    """Writes as long as its block lasts. Where a tenant is served can be changed meanwhile.

    Attributes:
        clients: All of them.
    """

    def __init__(self, tenants: list[str], each: int, doors: dict[str, Door], *, first: int = 0) -> None:
        self.clients = [
            Client(number, tenant)
            for number, tenant in enumerate((one for one in tenants for _ in range(each)), first)
        ]
        self.doors = doors
        """By tenant: the routing table."""
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Crowd":
        self._tasks = [asyncio.create_task(self._live(client)) for client in self.clients]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await asyncio.gather(*self._tasks)

    def of(self, tenant: str) -> list[Client]:
        """The clients of one tenant."""
        return [client for client in self.clients if client.tenant == tenant]

    def others(self, tenant: str) -> list[Client]:
        """The clients of all others."""
        return [client for client in self.clients if client.tenant != tenant]

    async def _live(self, client: Client) -> None:
        chance = random.Random(client.number)  # noqa: S311 - the same choices in every run
        door = self.doors[client.tenant]
        connection = await clients.connect(door)
        while not self._stop.is_set():
            if door != self.doors[client.tenant]:
                await connection.close()
                door = self.doors[client.tenant]
                connection = await clients.connect(door)
            await _write(connection, client, chance)
            await asyncio.sleep(PAUSE_SECONDS)
        await connection.close()


async def _write(connection: Connection, client: Client, chance: random.Random) -> None:
    """One transaction; the book is kept when the database has said that it is committed."""
    work = chance.choice((_add, _add, _change, _change, _visit, _remove, _note, _answer))
    try:
        async with connection.transaction():
            await connection.execute(set_local(client.tenant).encode())
            change = await work(connection, client, chance)
    except psycopg.Error as error:
        if error.sqlstate == SQLSTATE:
            client.counts["refused"] += 1
            client.refused_at.append(time.monotonic())
        else:
            client.counts["failed"] += 1
            client.failures.append(f"{error.sqlstate} {clients.reason(error)}")
        return
    if change is not None:
        change()
        client.counts["written"] += 1
        client.written_at.append(time.monotonic())


async def _add(connection: Connection, client: Client, chance: random.Random) -> Change | None:
    name = f"client {client.number} {chance.randrange(_NAMES)} {len(client.written_at)}"
    visits = chance.randrange(3)
    cursor = await connection.execute(
        "INSERT INTO patient (client, name, felt, document, scan, weight) VALUES"
        " (%s, %s, '{well,ill}', jsonb_build_object('é', %s::text), decode(md5(%s), 'hex'), pi())"
        " RETURNING id",
        [client.number, name, name, name],
    )
    (key,) = await cursor.fetchone() or (0,)
    for number in range(visits):
        await _insert_visit(connection, client, key, number, chance)
    return lambda: client.book.patients.update({key: Patient(name, 0, visits)})


async def _insert_visit(
    connection: Connection, client: Client, patient: int, number: int, chance: random.Random
) -> None:
    await connection.execute(
        "INSERT INTO visit (patient, client, number, at, note) VALUES (%s, %s, %s, %s::date, 'ö\t\n\\')",
        [patient, client.number, number, chance.choice(("2026-05-01", "2031-01-01"))],
    )


async def _change(connection: Connection, client: Client, chance: random.Random) -> Change | None:
    if not client.book.patients:
        return None
    key = chance.choice(list(client.book.patients))
    patient = client.book.patients[key]
    await connection.execute(
        "UPDATE patient SET change = change + 1, feels = 'ill' WHERE id = %s AND client = %s",
        [key, client.number],
    )
    return lambda: setattr(patient, "change", patient.change + 1)


async def _visit(connection: Connection, client: Client, chance: random.Random) -> Change | None:
    if not client.book.patients:
        return None
    key = chance.choice(list(client.book.patients))
    patient = client.book.patients[key]
    await _insert_visit(connection, client, key, patient.visits, chance)
    return lambda: setattr(patient, "visits", patient.visits + 1)


async def _remove(connection: Connection, client: Client, chance: random.Random) -> Change | None:
    if not client.book.patients:
        return None
    key = chance.choice(list(client.book.patients))
    await connection.execute("DELETE FROM patient WHERE id = %s", [key])
    return lambda: client.book.patients.pop(key)


async def _note(connection: Connection, client: Client, chance: random.Random) -> Change | None:
    answers = chance.choice([None, *client.book.notes])
    body = f"client {client.number} {len(client.written_at)}"
    cursor = await connection.execute(
        "INSERT INTO note (body, answers) VALUES (%s, %s) RETURNING id", [body, answers]
    )
    (key,) = await cursor.fetchone() or (0,)
    return lambda: client.book.notes.update({key: (body, answers)})


async def _answer(connection: Connection, client: Client, chance: random.Random) -> Change | None:
    """An old note refers to a new one."""
    if not client.book.notes:
        return None
    old = chance.choice(list(client.book.notes))
    said, body = client.book.notes[old][0], f"client {client.number} {len(client.written_at)}"
    cursor = await connection.execute("INSERT INTO note (body) VALUES (%s) RETURNING id", [body])
    (key,) = await cursor.fetchone() or (0,)
    await connection.execute("UPDATE note SET answers = %s WHERE id = %s", [key, old])
    return lambda: client.book.notes.update({key: (body, None), old: (said, key)})
