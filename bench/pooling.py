"""Throughput of the database through the connection pool, beside the same without it."""

import asyncio
import os
import re
import statistics
import subprocess
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bench.process import MeasurementError
from bench.section import Section
from ops.assembly import manifest
from ops.assembly.synthesis import synthesise
from ops.assembly.target import Target
from ops.drills import clients, planning
from ops.drills.check import CannotRunError
from ops.drills.clients import Door
from ops.drills.ground import Ground, prepare
from ops.drills.plan import Plan
from ops.drills.servers import pgbouncer
from ops.drills.servers.lifetime import Lifetime
from ops.workspace import Workspace

TARGET = Target("restartix-fargate", "production")
TITLE = "Throughput through the connection pool"
CLIENTS = (20, 100, 400)
WORKLOADS = {"one row read": "select-only", "a small transaction": "tpcb-like"}
SCALE = 10
ROOMY = 500
"""``max_connections`` of the direct side: with the template's own, 400 clients could not connect at all."""
SECONDS, QUICK_SECONDS = 4, 2
LOGINS_PER_SECOND = 50
"""The clock of pgbench runs while its clients log in, which takes longer the more there are."""
CROWD = 500
_TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)


class Pair(NamedTuple):
    """Transactions per second in one round."""

    direct: float
    pooled: float


def measure(workspace: Workspace, rounds: int, say: Callable[[str], None]) -> list[Section]:
    """Run pgbench on both sides in turn, with every number of clients.

    Raises:
        MeasurementError: there is no pgbouncer here, or pgbench failed.
    """
    plan = _plan(workspace, say)
    try:
        program = pgbouncer.find(workspace, say)
        with Lifetime() as lifetime:
            refused = asyncio.run(_refused(prepare(lifetime, plan, program, say)))
        with Lifetime() as lifetime:
            roomy = plan.model_copy(update={"parameters": {**plan.parameters, "max_connections": str(ROOMY)}})
            found = _measure(prepare(lifetime, roomy, program, say), rounds, say)
    except (CannotRunError, RuntimeError) as error:
        raise MeasurementError(str(error)) from None
    return [section(found, plan, rounds, refused)]


def section(found: dict[tuple[str, int], Sequence[Pair]], plan: Plan, rounds: int, refused: int) -> Section:
    """The table."""
    return Section(
        title=TITLE,
        meaning=f"Transactions per second of pgbench, {rounds} rounds in which each side runs once after the "
        "other: directly, and through one pooler with the settings of the template. Both sides, the "
        "pooler and pgbench share the cores of this machine, and nothing is encrypted, so the ratio counts "
        f"most. The direct side has {ROOMY} connections for this; with the {plan.max_connections} of the "
        f"template and no pool, {refused} of {CROWD} clients are refused.",
        header=["Clients, workload", "direct", "pooled", "pooled / direct"],
        rows=[
            [
                f"{count}, {workload}",
                f"{statistics.median(pair.direct for pair in pairs):,.0f}".replace(",", " "),
                f"{statistics.median(pair.pooled for pair in pairs):,.0f}".replace(",", " "),
                _ratio(pairs),
            ]
            for (workload, count), pairs in found.items()
        ],
    )


def _plan(workspace: Workspace, say: Callable[[str], None]) -> Plan:
    deployment = TARGET.resolve()
    folder = workspace.assembly(TARGET.assembly_name(deployment.phase))
    synthesise(workspace, TARGET, folder, say)
    return planning.read(deployment, manifest.read(folder))


def _measure(
    ground: Ground, rounds: int, say: Callable[[str], None]
) -> dict[tuple[str, int], Sequence[Pair]]:
    role = ground.plan.application
    pooler = ground.pooler("pooler", lines={"client_tls_sslmode": "disable"})
    direct = ground.direct(role)
    pooled = ground.through(pooler, role)
    say("filling the tables of pgbench")
    _pgbench(ground, ground.direct(ground.plan.owner), "-i", "-s", str(SCALE), "-q")
    with ground.primary.admin(ground.plan.database(ground.plan.alias)) as connection:
        connection.execute(f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{role}"'.encode())
    seconds = SECONDS if rounds > 2 else QUICK_SECONDS
    found: dict[tuple[str, int], Sequence[Pair]] = {}
    for workload, script in WORKLOADS.items():
        for count in CLIENTS:
            say(f"{workload}, {count} clients, {rounds} rounds")
            words = (
                "-n",
                "-b",
                script,
                "-c",
                str(count),
                "-j",
                "2",
                "-T",
                str(seconds + count // LOGINS_PER_SECOND),
            )
            found[workload, count] = [
                Pair(_tps(_pgbench(ground, direct, *words)), _tps(_pgbench(ground, pooled, *words)))
                for _ in range(rounds)
            ]
    return found


def _pgbench(ground: Ground, door: Door, *words: str) -> str:
    where = ["-h", door.host, "-p", str(door.port), "-U", door.role, door.database]
    done = subprocess.run(
        [str(ground.primary.programs / "pgbench"), *words, *where],
        env={**os.environ, "PGPASSWORD": door.password, "PGSSLMODE": "disable"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MeasurementError(f"pgbench {' '.join(words)} failed: {done.stderr.strip()[-300:]}")
    return done.stdout


def _tps(said: str) -> float:
    found = _TPS.search(said)
    if found is None:
        raise MeasurementError(f"pgbench counted nothing: {said[-300:]}")
    return float(found[1])


def _ratio(pairs: Sequence[Pair]) -> str:
    ratios = [pair.pooled / pair.direct for pair in pairs]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


async def _refused(ground: Ground) -> int:
    inside, refused = await clients.connect_all([ground.direct(ground.plan.application)] * CROWD)
    await clients.close_all(inside)
    return len(refused)
