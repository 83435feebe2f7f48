"""Does one tenant move to a database of its own and back while it and others write, and is nothing lost?"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ops.drills.check import Check, at_least, at_most, exactly
from ops.drills.ground import Say
from ops.drills.moving_clients import Client, Crowd
from ops.drills.moving_ground import APPLICATION, Mover, Ran, Site, fill, ids
from ops.drills.moving_judge import judge, rows_of_others
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.postgres import Postgres

MEGABYTES = 20.0
"""Of the tenant that moves, in as many thousand rows with a child each."""
TENANTS, EACH = 4, 5
SETTLE_SECONDS = 1.0
FENCE_SECONDS = 30.0
DIFFER = 4
"""The program's exit code when the two sides differ."""
RUNS = (("check",), ("copy",), ("copy",), ("fence", "catch-up", "verify", "open"))
"""Steps by the container that does them: the second copy leaves less for when writes are refused."""

PLANTS = {
    "a lost row": "DELETE FROM visit WHERE ctid = (SELECT min(ctid) FROM visit WHERE tenant_id = %(moved)s)",
    "a changed row": "UPDATE patient SET change = change + 1 WHERE tenant_id = %(moved)s AND id ="
    " (SELECT min(id) FROM patient WHERE tenant_id = %(moved)s)",
    "a row of another tenant": "INSERT INTO tenant VALUES (gen_random_uuid(), %(moved)s)",
}
"""Mistakes, each in the copy alone."""


@dataclass(slots=True)
class Journey:
    """One way, and what was seen on it."""

    ran: list[Ran] = field(default_factory=list)
    behind: int = 0
    """Rows by which the copy was behind when the fence stood."""

    @property
    def failed(self) -> str:
        """The steps that failed, in their words."""
        return "; ".join(
            f"{one.result.get('step')}: {one.message or one.said}" for one in self.ran if one.code
        )


@dataclass(slots=True)
class Stage:
    """Two databases, the program, and the tenant that moves."""

    mover: Mover
    pool: Site
    silo: Site
    moved: str
    arns: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.arns = {site.name: self.mover.keep(site.url()) for site in (self.pool, self.silo)}

    def told(self, source: Site, target: Site, **changes: str) -> dict[str, str]:
        """The environment of the program."""
        arns = (self.arns[source.name], self.arns[target.name])
        return self.mover.environment(*arns, self.moved, **changes)


def stage(lifetime: Lifetime, version: str, say: Say, megabytes: float) -> Stage:
    """Start everything, and fill the pool."""
    say("starting two PostgreSQL servers and a Secrets Manager")
    servers = [Postgres(lifetime, name, version=version, parameters={}) for name in ("pool", "silo")]
    for server in servers:
        server.start()
    pool, silo = (Site.made(server, name) for server, name in zip(servers, ("pool", "silo"), strict=True))
    moved = ids(TENANTS)[0]
    fill(pool, TENANTS, moved=moved, megabytes=megabytes)
    return Stage(Mover.started(lifetime), pool, silo, moved)


def run(version: str, say: Say, *, megabytes: float = MEGABYTES) -> list[Check]:
    """Run the drill on two servers of one version, with so much data of the tenant that moves."""
    with Lifetime() as lifetime:
        made = stage(lifetime, version, say, megabytes)
        return asyncio.run(_there_and_back(made, say))


async def _there_and_back(made: Stage, say: Say) -> list[Check]:
    doors = dict.fromkeys(ids(TENANTS), made.pool.door())
    async with Crowd(ids(TENANTS), EACH, doors) as crowd:
        await asyncio.sleep(SETTLE_SECONDS)
        there = await travel(made, crowd, made.pool, made.silo, say)
        await asyncio.sleep(SETTLE_SECONDS)
        outside = rows_of_others(made.silo, made.moved)
        back = Journey() if there.failed else await travel(made, crowd, made.silo, made.pool, say)
        await asyncio.sleep(SETTLE_SECONDS)
    mine, others = crowd.of(made.moved), crowd.others(made.moved)
    found = judge(made.pool, crowd.clients)
    say("planting mistakes")
    return [
        exactly("there: steps that failed", there.failed or "none", "none"),
        exactly("back: steps that failed", back.failed or "none", "none"),
        at_least("writes of the tenant that moves", _total(mine, "written"), 100),
        at_least("of them refused by the fence", _total(mine, "refused"), 1),
        exactly("of them failed otherwise", _failures(mine), "none"),
        at_least("writes of other tenants meanwhile", _total(others, "written"), 100),
        exactly("of them failed or refused", _failures(others, "refused"), "none"),
        exactly("acknowledged rows that are lost", found["lost"], 0),
        exactly("rows that are there twice", found["duplicated"], 0),
        exactly("rows with other content", found["changed"], 0),
        exactly("rows that were refused and are there", found["never acknowledged"], 0),
        exactly("rows of another tenant in the silo", outside, 0),
        at_most("seconds of refused writes, the longer way", longest_pause(mine), FENCE_SECONDS),
        at_least("first copy, MB/s", _speed(there), 0.5),
        at_least("without catch-up: rows that would be lost", there.behind, 1, kind="contrast"),
        *_mistakes(made),
    ]


async def travel(made: Stage, crowd: Crowd, source: Site, target: Site, say: Say) -> Journey:
    """Go one way, and lead the tenant's clients to the target when it holds everything."""
    journey, told = Journey(), made.told(source, target)
    for steps in RUNS:
        say(f"{source.name} to {target.name}: {', '.join(steps)}")
        ran = await asyncio.to_thread(made.mover.run, told, *steps)
        journey.ran.append(ran)
        if ran.code:
            return journey
    result = journey.ran[-1].of("catch-up")
    journey.behind = sum(int(result.get(name, 0)) for name in ("inserted", "updated", "deleted"))
    crowd.doors[made.moved] = target.door(APPLICATION)
    await served(crowd.of(made.moved))
    return journey


async def served(mine: Sequence[Client], *, seconds: float = 20) -> None:
    """Wait until each client has written again."""
    began = time.monotonic()
    while any(not one.written_at or one.written_at[-1] < began for one in mine):
        if time.monotonic() > began + seconds:
            raise RuntimeError("the tenant's clients do not write where it moved to")
        await asyncio.sleep(0.05)


def longest_pause(mine: Sequence[Client]) -> float:
    """Seconds from a refused write to the next that was not, at worst."""
    pauses = [0.0]
    for client in mine:
        for refused in client.refused_at:
            later = [at for at in client.written_at if at > refused]
            pauses.append(later[0] - refused if later else float("inf"))
    return max(pauses)


def _total(crowd: Sequence[Client], what: str) -> int:
    return sum(client.counts[what] for client in crowd)


def _failures(crowd: Sequence[Client], *more: str) -> str:
    counts = Counter(word for client in crowd for word in client.failures)
    counts.update({what: _total(crowd, what) for what in more if _total(crowd, what)})
    return "; ".join(f"{count} times {word}" for word, count in counts.items()) or "none"


def _speed(journey: Journey) -> float:
    copied = journey.ran[1].result if len(journey.ran) > 1 else {}
    return float(copied.get("megabytes", 0)) / max(float(copied.get("seconds", 0)), 1e-3)


def _mistakes(made: Stage) -> list[Check]:
    """What must be noticed: had the comparison no eyes, every other line would pass as well."""
    told = made.told(made.pool, made.silo)
    made.mover.run(told, "copy", "fence", "catch-up")
    checks = []
    for what, statement in PLANTS.items():
        _plant(made, statement)
        code = made.mover.run(told, "verify").code
        checks.append(exactly(f"{what}: exit code", code, DIFFER, kind="contrast"))
        _plant(made, "DELETE FROM tenant WHERE id <> %(moved)s")
        made.mover.run(told, "catch-up")
    whole = made.mover.run(told, "verify").code
    return [*checks, exactly("nothing of that: exit code", whole, 0, kind="contrast")]


def _plant(made: Stage, statement: str) -> None:
    """Change the copy past the fence that the way back left there, as only a superuser can."""
    with made.silo.admin() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(statement.encode(), {"moved": made.moved})
