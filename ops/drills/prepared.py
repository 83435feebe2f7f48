"""Do statements that a client prepares work, when every transaction may meet another server connection?"""

import asyncio
from functools import partial

import psycopg

from ops.drills import clients
from ops.drills.check import Check, at_least, exactly
from ops.drills.clients import Connection
from ops.drills.ground import Ground, Say, prepare
from ops.drills.plan import Plan
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.drills.servers.pooler import Pooler

CLIENTS = 40
STATEMENTS = 10
TABLE = "CREATE TABLE fruit (id int PRIMARY KEY, name text NOT NULL)"
ROWS = "INSERT INTO fruit SELECT number, 'fruit ' || number FROM generate_series(1, 100) number"
MIGRATION = "ALTER TABLE fruit ADD COLUMN ripe boolean NOT NULL DEFAULT true"
NAMED = "SELECT id, name FROM fruit WHERE id = %s"
STAR = "SELECT * FROM fruit WHERE id = %s"


def run(plan: Plan, program: Pgbouncer, say: Say, *, executions: int = 100) -> list[Check]:
    """Run the drill; every client executes each way so many times."""
    with Lifetime() as lifetime:
        ground = prepare(lifetime, plan, program, say)
        database = plan.database(plan.alias)
        with ground.primary.admin(database) as connection:
            for statement in (TABLE, ROWS, f'GRANT SELECT ON fruit TO "{plan.application}"'):
                connection.execute(statement.encode())
        say("starting a pooler, and one that follows no statements")
        pooler = ground.pooler("pooler")
        forgetful = ground.pooler("forgetful", lines={"max_prepared_statements": "0"})
        checks = asyncio.run(_many(ground, pooler, forgetful, say, executions))
        say("a migration while clients have prepared statements")
        return checks + asyncio.run(_migration(ground, pooler))


async def _many(ground: Ground, pooler: Pooler, forgetful: Pooler, say: Say, executions: int) -> list[Check]:
    some = [NAMED + f" AND {number} > 0" for number in range(1, STATEMENTS + 1)]
    limit = int(ground.plan.settings["max_prepared_statements"])
    plenty = [NAMED + f" AND {number} > 0" for number in range(1, 2 * limit + 1)]
    say(f"{CLIENTS} clients with {STATEMENTS} prepared statements")
    good = await _failures(ground, pooler, CLIENTS, some, executions)
    say(f"{len(plenty)} statements, twice as many as a server connection keeps")
    many = await _failures(ground, pooler, 4, plenty, len(plenty))
    say("without following statements")
    bad = await _failures(ground, forgetful, CLIENTS, some, executions)
    total = CLIENTS * executions
    return [
        exactly(f"{total} executions of prepared statements: failed", good, 0),
        exactly(f"{4 * len(plenty)} executions of {len(plenty)} statements: failed", many, 0),
        at_least("with max_prepared_statements = 0: failed", bad, 1, kind="contrast"),
    ]


async def _migration(ground: Ground, pooler: Pooler) -> list[Check]:
    inside, _ = await clients.connect_all([ground.through(pooler, ground.plan.application)] * CLIENTS)
    for connection in inside:
        connection.prepare_threshold = 0
    await clients.in_parallel(inside, partial(_execute, statements=[NAMED, STAR], times=4))
    await asyncio.to_thread(_migrate, ground)
    named = await clients.in_parallel(inside, partial(_execute, statements=[NAMED], times=5))
    star = await clients.in_parallel(inside, partial(_execute, statements=[STAR], times=5))
    await asyncio.to_thread(pooler.console, "RECONNECT")
    after = await clients.in_parallel(inside, partial(_execute, statements=[NAMED, STAR], times=6))
    await clients.close_all(inside)
    return [
        exactly("after ADD COLUMN, columns by name: failed", sum(named), 0),
        at_least("after ADD COLUMN, SELECT *: failed", sum(star), 1, kind="contrast"),
        exactly("after RECONNECT, either: failed", sum(after), 0),
    ]


def _migrate(ground: Ground) -> None:
    with ground.primary.admin(ground.plan.database(ground.plan.alias)) as connection:
        connection.execute(MIGRATION)


async def _failures(
    ground: Ground, pooler: Pooler, count: int, statements: list[str], executions: int
) -> int:
    inside, _ = await clients.connect_all([ground.through(pooler, ground.plan.application)] * count)
    for connection in inside:
        connection.prepare_threshold = 0
        connection.prepared_max = None  # forgets none by itself
    failed = await clients.in_parallel(inside, partial(_execute, statements=statements, times=executions))
    await clients.close_all(inside)
    return sum(failed)


async def _execute(connection: Connection, number: int, *, statements: list[str], times: int) -> int:
    failed = 0
    for turn in range(times):
        statement = statements[(number + turn) % len(statements)]
        try:
            await connection.execute(statement.encode(), [1 + turn % 100])
        except psycopg.Error:
            failed += 1
    return failed
