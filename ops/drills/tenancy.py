"""Does one tenant ever see another's rows, through a pool whose connections belong to no client?

The tables and policies are those of the template that is shipped for products, as it stands.
"""

import asyncio
import secrets
from pathlib import Path

from ops.drills.check import Check
from ops.drills.ground import Ground, Say, prepare
from ops.drills.plan import Plan
from ops.drills.servers.contents import make_role, run_file
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.drills.tenancy_answers import answers
from ops.drills.tenancy_reads import reads
from ops.drills.tenants import BYPASSER, ROWS, TENANTS

TEMPLATE = Path(__file__).parents[2] / "examples" / "sql" / "row-level-security.sql"
_SQL = Path(__file__).parent / "sql"
READS = 100_000
CONTRAST_READS = 4_000


def run(
    plan: Plan, program: Pgbouncer, say: Say, *, count: int = READS, contrast: int = CONTRAST_READS
) -> list[Check]:
    """Run the drill with so many reads of well-behaved clients, and of others."""
    with Lifetime() as lifetime:
        ground = prepare_tenants(prepare(lifetime, plan, program, say))
        say(f"starting {plan.poolers.largest} poolers")
        poolers = [ground.pooler(f"pooler{number}") for number in range(plan.poolers.largest)]
        say("the answers one at a time")
        checks = asyncio.run(answers(ground, poolers[0]))
        return checks + asyncio.run(reads(ground, poolers, say, count=count, contrast=contrast))


def prepare_tenants(ground: Ground) -> Ground:
    """Make tables, policies and rows; the mistakes beside them; and a role that bypasses policies."""
    plan, server = ground.plan, ground.primary
    database = plan.database(plan.alias)
    owner = (plan.owner, ground.logins.passwords[plan.owner])
    run_file(server, TEMPLATE, database=database, login=owner, application=plan.application)
    password = secrets.token_urlsafe(18)
    make_role(server, BYPASSER, password, bypasses_policies=True)
    run_file(server, _SQL / "tenants.sql", database=database, tenants=TENANTS, rows=ROWS)
    run_file(
        server,
        _SQL / "mistakes.sql",
        database=database,
        owner=plan.owner,
        application=plan.application,
        bypasser=BYPASSER,
    )
    ground.logins.passwords[BYPASSER] = password
    return ground
