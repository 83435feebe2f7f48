"""What applications notice when the database or a pooler goes away, and how soon they work again."""

import asyncio

from ops.drills import load
from ops.drills.check import Check
from ops.drills.failover_loss import SilentLoss
from ops.drills.failover_restart import crash, restart
from ops.drills.failover_roll import roll
from ops.drills.ground import Ground, Say, prepare
from ops.drills.plan import Plan
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.pgbouncer import Pgbouncer


def run(plan: Plan, program: Pgbouncer, say: Say) -> list[Check]:
    """Run the drill."""
    with Lifetime() as lifetime:
        ground = prepare(lifetime, plan, program, say)
        load.make_table(ground.primary, plan)
        say("losing a primary, in a network of its own, meanwhile")
        loss = SilentLoss(lifetime, plan, program)
        checks = asyncio.run(_here(ground, say))
        say("waiting for the primary that is lost in silence")
        return checks + loss.checks()


async def _here(ground: Ground, say: Say) -> list[Check]:
    return [*await restart(ground, say), *await crash(ground, say), *await roll(ground, say)]
