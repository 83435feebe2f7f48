"""One pooler of several is replaced, as when ECS rolls out another version of it."""

import asyncio
import time

from ops.drills.check import Check, at_least, at_most, exactly, not_run
from ops.drills.clients import Door
from ops.drills.ground import Ground, Say
from ops.drills.load import Load
from ops.drills.servers.balancer import Balancer
from ops.drills.servers.pooler import Pooler

CLIENTS = 40
WARM_SECONDS = 1.5
MAX_AGE_SECONDS = 5.0
"""Instead of the minute and a half that services are told, so that a drill need not wait for it."""
EXIT_SECONDS = MAX_AGE_SECONDS + 5.0
DEREGISTERED_SECONDS = 1.0
"""ECS takes a task out of the balancer and waits before it stops it; minutes, where this is a moment."""
SHORT_DRAIN_SECONDS = 2
"""Instead of the minute and a half or more that a pooler waits, for clients that never leave."""


BY_NAME = (
    'not with door="service-discovery": no balancer is there, and how long Route 53 and resolvers lead to '
    "the old pooler only AWS shows"
)
PARTS = (
    ("roll", "nobody notices"),
    ("clients that never renew", "the pooler ends all the same"),
    ("pooler killed", "all work again"),
)


async def roll(ground: Ground, say: Say) -> list[Check]:
    """Replace a pooler in order, and then lose one.

    Behind a balancer only. A pool that is found by its name has none: each part is then "not run", since what
    a balancer does well says nothing about it.
    """
    if ground.plan.door == "service-discovery":
        return [not_run(what, expected, BY_NAME) for what, expected in PARTS]
    count = max(ground.plan.poolers.largest, 2)
    poolers = [await asyncio.to_thread(ground.pooler, f"roll{number}") for number in range(count)]
    async with Balancer() as balancer:
        for pooler in poolers:
            balancer.add(pooler.port)
        door = ground.through(poolers[0], ground.plan.application)._replace(port=balancer.port)
        say("replacing a pooler in order")
        checks = await _in_order(ground, balancer, poolers, door)
        say("stopping a pooler whose clients never leave")
        checks += await _cut(ground, balancer, door)
        say("losing a pooler")
        checks += await _lost(poolers, door)
    for pooler in poolers:
        pooler.kill()
    return checks


async def _in_order(ground: Ground, balancer: Balancer, poolers: list[Pooler], door: Door) -> list[Check]:
    load = Load(door, CLIENTS, max_age_seconds=MAX_AGE_SECONDS)
    await asyncio.sleep(WARM_SECONDS)
    old = poolers.pop(0)
    held = await asyncio.to_thread(_clients_of, old, ground.plan.application)
    # The new one first, as ECS does with at least 100 % healthy; then the old one leaves.
    poolers.append(await asyncio.to_thread(ground.pooler, "roll-new"))
    balancer.add(poolers[-1].port)
    balancer.drain(old.port)
    await asyncio.sleep(DEREGISTERED_SECONDS)
    began = time.monotonic()
    old.drain()
    await asyncio.to_thread(old.process.wait, EXIT_SECONDS + 5)
    left = time.monotonic() - began
    old.kill()
    await asyncio.sleep(1)
    record = await load.stop()
    return [
        at_least("roll: clients on the pooler that leaves", held, 1, kind="contrast"),
        exactly("roll: statements and logins that failed", record.failures_since(0), 0),
        at_most(
            f"roll: until it has left, clients {MAX_AGE_SECONDS:.0f} s old at most", left, EXIT_SECONDS, " s"
        ),
    ]


async def _cut(ground: Ground, balancer: Balancer, door: Door) -> list[Check]:
    leaving = await asyncio.to_thread(ground.pooler, "roll-cut", drain_seconds=SHORT_DRAIN_SECONDS)
    balancer.add(leaving.port)
    load = Load(door, CLIENTS)
    await asyncio.sleep(WARM_SECONDS)
    moment = time.monotonic()
    balancer.drain(leaving.port)
    leaving.drain()
    ended = await asyncio.to_thread(leaving.process.wait, EXIT_SECONDS)
    await load.until(
        lambda record: record.all_back_after(moment + SHORT_DRAIN_SECONDS) is not None, seconds=EXIT_SECONDS
    )
    record = await load.stop()
    leaving.kill()
    return [
        exactly("clients that never renew: the pooler ends all the same", ended, True),
        at_least(
            "clients that never renew: statements that failed",
            record.failures_since(moment),
            1,
            kind="contrast",
        ),
    ]


async def _lost(poolers: list[Pooler], door: Door) -> list[Check]:
    load = Load(door, CLIENTS)
    await asyncio.sleep(WARM_SECONDS)
    lost = poolers.pop(0)
    moment = time.monotonic()
    lost.kill()
    await load.until(lambda record: record.all_back_after(moment) is not None, seconds=EXIT_SECONDS)
    record = await load.stop()
    back = record.all_back_after(moment)
    return [
        at_least("pooler killed: statements that failed", record.failures_since(moment), 1, kind="contrast"),
        at_most(
            "pooler killed: until all work again",
            EXIT_SECONDS if back is None else back,
            EXIT_SECONDS / 2,
            " s",
        ),
    ]


def _clients_of(pooler: Pooler, role: str) -> int:
    return sum(role in row for row in pooler.console("SHOW CLIENTS"))
