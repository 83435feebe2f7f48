"""Many clients of many tenants at the same time: with one client, nobody could ever see a leak."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

from ops.drills import clients
from ops.drills.check import Check, at_least, exactly
from ops.drills.clients import Connection, Door
from ops.drills.ground import Ground, Say
from ops.drills.servers.pooler import Pooler
from ops.drills.tenants import ROWS, TENANTS, set_local, tenant

CLIENTS = 60
"""More than the poolers have server connections for, so that these change hands all the time."""
NOBODY = 10
"""One read in so many is made without a tenant."""
TOGETHER = 4
"""Reads in one transaction, as a request makes several."""
_READ = b"SELECT tenant_id::text FROM note"
IDS = tuple(tenant(number) for number in range(1, TENANTS + 1))

Read = Callable[[Connection, random.Random, Counter[str]], Awaitable[None]]


async def reads(ground: Ground, poolers: list[Pooler], say: Say, *, count: int, contrast: int) -> list[Check]:
    """Read as one should, and then in the ways that leak."""
    doors = [
        ground.through(poolers[number % len(poolers)], ground.plan.application) for number in range(CLIENTS)
    ]
    say(f"{count} reads of {CLIENTS} clients, tenant by SET LOCAL")
    good = await _all(doors, count // TOGETHER, _with_local)
    say(f"{contrast} reads, tenant by SET of the session")
    crowd = await _all(doors, contrast, _with_session)
    say("the same with one client")
    alone = await _all(doors[:1], contrast // 10, _with_session)
    say("the same with SET inside a transaction")
    careless = await _all(doors, contrast, _with_session_in_transaction)
    checks = [
        exactly(f"SET LOCAL, {CLIENTS} clients: reads", good["reads"], count // TOGETHER * TOGETHER),
        exactly("of them with another tenant's rows", good["alien"], 0),
        exactly("of them with a part of the own rows", good["partial"], 0),
        at_least("of them without a tenant", good["nobody"], 1),
        exactly("of those with any rows", good["nobody saw rows"], 0),
        at_least(
            f"SET, {CLIENTS} clients: reads that leak, of {contrast}", crowd["alien"], 1, kind="contrast"
        ),
        exactly("SET, one client: the same leak is never seen", alone["alien"], 0, kind="contrast"),
        at_least(
            "SET in a transaction: reads without a tenant that saw rows",
            careless["nobody saw rows"],
            1,
            kind="contrast",
        ),
    ]
    for pooler in poolers:
        pooler.console("RECONNECT")  # nobody inherits what was set
    return checks


async def _all(doors: list[Door], times: int, read: Read) -> Counter[str]:
    inside, refused = await clients.connect_all(doors)
    if refused:
        raise RuntimeError(f"{len(refused)} clients were refused: {refused[0]}")
    seen: Counter[str] = Counter()
    await clients.in_parallel(inside, partial(_one, share=_shares(times, len(doors)), read=read, seen=seen))
    await clients.close_all(inside)
    return seen


async def _one(
    connection: Connection, number: int, *, share: list[int], read: Read, seen: Counter[str]
) -> None:
    chance = random.Random(number)  # noqa: S311 - the same order in every run
    for _ in range(share[number]):
        await read(connection, chance, seen)


async def _with_local(connection: Connection, chance: random.Random, seen: Counter[str]) -> None:
    mine = "" if not chance.randrange(NOBODY) else chance.choice(IDS)
    begin = f"BEGIN; {set_local(mine)}; ".encode() if mine else b"BEGIN; "
    for found in await _read_all(connection, begin + _READ):
        _judge(found, mine, seen)
    # In a message of their own: between the two, the connection is this client's only if the pool keeps it.
    rest = b"; ".join([_READ] * (TOGETHER - 1))
    for found in await _read_all(connection, rest + b"; COMMIT"):
        _judge(found, mine, seen)


async def _with_session(connection: Connection, chance: random.Random, seen: Counter[str]) -> None:
    mine = chance.choice(IDS)
    await connection.execute(f"SET app.current_tenant = '{mine}'".encode())
    _judge(await _read(connection), mine, seen)


async def _with_session_in_transaction(
    connection: Connection, chance: random.Random, seen: Counter[str]
) -> None:
    mine = "" if not chance.randrange(NOBODY) else chance.choice(IDS)
    await connection.execute(f"BEGIN; SET app.current_tenant = '{mine}'".encode() if mine else b"BEGIN")
    _judge(await _read(connection), mine, seen)
    await connection.execute(b"COMMIT")


async def _read_all(connection: Connection, statements: bytes) -> list[list[str]]:
    """What each of several reads found; they go as one message."""
    cursor = await connection.execute(statements)
    found = []
    while True:
        if cursor.description is not None:
            found.append([row[0] for row in await cursor.fetchall()])
        if not cursor.nextset():
            return found


async def _read(connection: Connection) -> list[str]:
    return [row[0] for row in await (await connection.execute(_READ)).fetchall()]


def _judge(found: list[str], mine: str, seen: Counter[str]) -> None:
    seen["reads"] += 1
    if not mine:
        seen["nobody"] += 1
        seen["nobody saw rows"] += bool(found)
    elif any(one != mine for one in found):
        seen["alien"] += 1
    elif len(found) != ROWS:
        seen["partial"] += 1


def _shares(count: int, heads: int) -> list[int]:
    return [count // heads + (number < count % heads) for number in range(heads)]
