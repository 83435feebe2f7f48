"""The database is restarted, and crashes, while applications work."""

import asyncio
import time

from ops.drills.check import Check, at_least, at_most, exactly
from ops.drills.ground import Ground, Say
from ops.drills.load import RETRY_SECONDS, Load, Record

CLIENTS = 40
WARM_SECONDS = 1.5
DOWN_SECONDS = 1.0
"""Long enough that a pooler tries to log in, and short enough to be the good case."""
FIRST_SECONDS = 5.0
"""Until somebody works again: ``server_login_retry`` of one second, a login, and room for a busy machine."""
BACK_SECONDS = 8.0
"""Until everybody does."""
DEFAULT_SECONDS = 25.0
"""How long pgbouncer's defaults are watched; they wait for 15."""


async def restart(ground: Ground, say: Say) -> list[Check]:
    """Restart the database under the load of two poolers, ours and one with pgbouncer's defaults."""
    pooler = await asyncio.to_thread(ground.pooler, "restart")
    default = await asyncio.to_thread(ground.default_pooler, "restart-default")
    ours = Load(ground.through(pooler, ground.plan.application), CLIENTS)
    theirs = Load(ground.through(default, ground.plan.application), CLIENTS)
    await asyncio.sleep(WARM_SECONDS)
    say(f"restarting the database, {DOWN_SECONDS:.0f} s down")
    began = time.monotonic()
    await asyncio.to_thread(ground.primary.stop)
    await asyncio.sleep(DOWN_SECONDS)
    await asyncio.to_thread(ground.primary.start)
    ready = time.monotonic()
    await ours.until(lambda record: record.all_back_after(ready) is not None, seconds=DEFAULT_SECONDS)
    say("waiting for pgbouncer's defaults to notice")
    await theirs.until(lambda record: record.first_success_after(ready) is not None, seconds=DEFAULT_SECONDS)
    mine, other = await ours.stop(), await theirs.stop()
    pooler.kill()
    default.kill()
    first = _seconds(mine.first_success_after(ready))
    return [
        *recovery("restart", mine, began, ready),
        at_least(
            "restart: nobody worked meanwhile",
            mine.longest_pause_since(began),
            DOWN_SECONDS,
            " s",
            kind="contrast",
        ),
        at_least(
            "restart, pgbouncer's defaults: until the first works",
            _seconds(other.first_success_after(ready)),
            first + FIRST_SECONDS,
            " s",
            kind="contrast",
        ),
    ]


async def crash(ground: Ground, say: Say) -> list[Check]:
    """Kill a process of the database, which then ends all others and recovers."""
    pooler = await asyncio.to_thread(ground.pooler, "crash")
    load = Load(ground.through(pooler, ground.plan.application), CLIENTS)
    await asyncio.sleep(WARM_SECONDS)
    say("crashing the database")
    began = time.monotonic()
    await asyncio.to_thread(ground.primary.crash)
    await asyncio.sleep(0.1)  # it notices by a signal, and answers until then
    await asyncio.to_thread(ground.primary.wait_until_ready)
    ready = time.monotonic()
    await load.until(lambda record: record.all_back_after(ready) is not None, seconds=DEFAULT_SECONDS)
    record = await load.stop()
    pooler.kill()
    return [
        *recovery("crash", record, began, ready),
        exactly("crash: times the database recovered", ground.primary.recoveries, 1, kind="contrast"),
    ]


def recovery(what: str, record: Record, began: float, ready: float) -> list[Check]:
    """Failures, and seconds from the moment the database answers again."""
    down = ready - began
    bound = int(record.clients * (1 + (down + BACK_SECONDS) / RETRY_SECONDS))
    first, back = record.first_success_after(ready), record.all_back_after(ready)
    return [
        at_most(f"{what}, {down:.1f} s down: until the first works", _seconds(first), FIRST_SECONDS, " s"),
        at_most(f"{what}: until all {record.clients} work", _seconds(back), BACK_SECONDS, " s"),
        at_most(f"{what}: statements and logins that failed", record.failures_since(began), bound),
    ]


def _seconds(measured: float | None) -> float:
    return DEFAULT_SECONDS if measured is None else measured
