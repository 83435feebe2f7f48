"""Does the whole fleet fit through the pool, at the worst moment, without anybody being refused?

The worst moment is a release of the pool itself: old and new poolers both hold server connections, and
every service is scaled out as far as it may be.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain

import psycopg

from config.aws_limits import POSTGRES_RESERVED_CONNECTIONS
from ops.drills import clients
from ops.drills.check import Check, at_least, at_most, exactly
from ops.drills.clients import Connection, Door
from ops.drills.ground import Ground, Say, prepare
from ops.drills.peak import PAST_THE_POOL, Peak
from ops.drills.plan import Plan
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.drills.servers.pooler import Pooler

SOME_MORE = 20
SECONDS_PER_CLIENT = 0.001
"""A transaction lasts this long for every client there is. Otherwise this one process, which is all clients
at once, would not come round quickly enough to want every server connection all the time."""


def run(plan: Plan, program: Pgbouncer, say: Say, *, load_seconds: float = 6.0) -> list[Check]:
    """Run the drill."""
    with Lifetime() as lifetime:
        ground = prepare(lifetime, plan, program, say, with_replicas=True)
        count = plan.poolers.in_rollout
        say(f"starting {count} poolers, as many as live while the pool is rolled out")
        poolers = [ground.pooler(f"pooler{number}") for number in range(count)]
        say(f"the fleet at its largest, for {load_seconds:.0f} s")
        checks = asyncio.run(_pooled(ground, poolers, load_seconds))
        say("one pooler alone, while the services are rolled out")
        checks += asyncio.run(_one_pooler(ground, poolers[0]))
        for pooler in poolers:
            pooler.kill()
        say("the same fleet without a pool")
        return checks + asyncio.run(_unpooled(ground))


async def _pooled(ground: Ground, poolers: list[Pooler], seconds: float) -> list[Check]:
    doors = list(_doors(ground, poolers, rollout=False))
    inside, refused = await clients.connect_all(doors)
    peaks = {alias: Peak(server) for alias, server in ground.servers.items()}
    stop = asyncio.Event()
    watchers = [asyncio.create_task(peak.watch(stop)) for peak in peaks.values()]
    late = asyncio.create_task(_come_directly(ground, seconds / 2))
    end = time.monotonic() + seconds
    each = len(inside) * SECONDS_PER_CLIENT
    failed = sum(await clients.in_parallel(inside, lambda one, _number: _keep_busy(one, each, end)))
    direct = await late
    stop.set()
    await asyncio.gather(*watchers)
    await clients.close_all(inside)
    return [
        exactly(f"{len(doors)} clients of {len(poolers)} poolers: refused", len(refused), 0),
        exactly("their transactions that failed", failed, 0),
        *chain.from_iterable(_of_server(ground, doors, alias, peak) for alias, peak in peaks.items()),
        exactly(f"{ground.plan.direct} logins past the pool meanwhile: refused", len(direct), 0),
    ]


def _of_server(ground: Ground, doors: list[Door], alias: str, peak: Peak) -> Iterator[Check]:
    plan, poolers = ground.plan, ground.plan.poolers.in_rollout
    ceiling = poolers * plan.ceiling
    yield at_most(f"peak of server connections to {alias}", peak.together, ceiling)
    sizes = plan.settings["pool_sizes"]
    for role in sorted({one.role for one in plan.clients if one.alias == alias}):
        yield at_most(f"of them as {role}", peak.by_role[role], poolers * sizes[role])
        wanted = _wanted(doors, alias, role, sizes[role])
        yield at_least(f"as many as the load wants, as {role}", peak.by_role[role], wanted, kind="contrast")
    usable = plan.max_connections - POSTGRES_RESERVED_CONNECTIONS - plan.direct
    yield at_most(f"room for it in {alias}, less what others need", ceiling, usable)


def _wanted(doors: list[Door], alias: str, role: str, size: int) -> int:
    """Server connections that a role's clients can keep busy: chance leaves some poolers with few of them."""
    per_pooler = Counter(door.port for door in doors if (door.database, door.role) == (alias, role))
    return sum(min(count, size) for count in per_pooler.values())


async def _one_pooler(ground: Ground, pooler: Pooler) -> list[Check]:
    doors = list(_doors(ground, [pooler], rollout=True))
    inside, refused = await clients.connect_all(doors)
    await clients.close_all(inside)
    return [exactly(f"{len(doors)} clients of the last pooler: refused", len(refused), 0)]


async def _unpooled(ground: Ground) -> list[Check]:
    doors = [
        ground.direct(one.role, one.alias)
        for one in ground.plan.clients
        if one.alias == ground.plan.alias
        for _ in range(one.at_scale_out)
    ]
    room = ground.plan.max_connections - POSTGRES_RESERVED_CONNECTIONS
    # A fleet that fits by itself shows no limit: some more of its clients do.
    doors += doors[:1] * max(0, room + SOME_MORE - len(doors))
    inside, refused = await clients.connect_all(doors)
    await clients.close_all(inside)
    what = f"{len(doors)} clients without a pool: refused"
    return [at_least(what, len(refused), len(doors) - room, kind="contrast")]


def _doors(ground: Ground, poolers: list[Pooler], *, rollout: bool) -> Iterator[Door]:
    """One per connection of every task; the balancer in front of poolers knows no better than chance."""
    chance = random.Random(1)  # noqa: S311 - the same spread in every run
    for one in ground.plan.clients:
        for _ in range(one.in_rollout if rollout else one.at_scale_out):
            yield ground.through(chance.choice(poolers), one.role, one.alias)


async def _keep_busy(connection: Connection, seconds: float, end: float) -> int:
    failed = 0
    while time.monotonic() < end:
        try:
            await connection.execute("SELECT pg_sleep(%s::float8)", [seconds])
        except psycopg.Error:
            failed += 1
            if connection.closed:
                break
    return failed


async def _come_directly(ground: Ground, after_seconds: float) -> list[str]:
    await asyncio.sleep(after_seconds)
    doors = [ground.direct(ground.plan.owner)._replace(name=PAST_THE_POOL)] * ground.plan.direct
    inside, refused = await clients.connect_all(doors)
    await clients.close_all(inside)
    return refused
