"""The primary is lost without a word, and its name leads to another machine later: a Multi-AZ failover.

Run as a program inside a network of its own, which ``failover_loss`` does. Its arguments are pgbouncer and
its version, the file with the plan, and the file for the checks.
"""

import asyncio
import dataclasses
import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from ops.drills import load
from ops.drills.check import Check, at_least, at_most, exactly
from ops.drills.ground import Ground, Logins, populate
from ops.drills.load import Load
from ops.drills.plan import Plan
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.name_server import NameServer
from ops.drills.servers.network import Host, ip, use_name_server
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.drills.servers.pooler import Upstream
from ops.drills.servers.ports import HOST
from ops.drills.servers.postgres import Postgres

NAME = "database.drill"
PORT = 5432
CLIENTS = 40
WARM_SECONDS = 2.0
REPLACED_SECONDS = 8.0
"""From the loss until the name leads to the other machine. RDS takes one to two minutes."""
WATCHED_SECONDS = 22.0
"""Since then."""
HUNG_SECONDS = 15.0
NOTICED_SECONDS = 16.0
"""``query_wait_timeout`` and ``tcp_user_timeout`` are 10 seconds; the kernel looks now and then."""
BACK_SECONDS = 18.0
"""What is left of those ten seconds, the age of a name, and a login."""


def main() -> None:
    """Run the drill in this network."""
    signal.signal(signal.SIGQUIT, _leave)
    path, version, given, found = sys.argv[1:]
    plan = Plan.model_validate_json(Path(given).read_text())
    with Lifetime() as lifetime:
        checks = asyncio.run(_lose(lifetime, plan, Pgbouncer(Path(path), version)))
    Path(found).write_text(json.dumps([dataclasses.asdict(check) for check in checks]))


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """The drill outside is over: end what was started here, and no core dump."""
    raise SystemExit(1)


async def _lose(lifetime: Lifetime, plan: Plan, program: Pgbouncer) -> list[Check]:
    ip("link", "set", "lo", "up")
    use_name_server(lifetime.folder / "resolv.conf", HOST)
    primary, standby = Host(lifetime, 1), Host(lifetime, 2)
    ground = _prepare(lifetime, plan, program, primary, standby)
    names = NameServer({NAME: primary.address})
    await names.open(HOST)
    pooler = await asyncio.to_thread(ground.pooler, "pooler")
    default = await asyncio.to_thread(ground.default_pooler, "default")
    ours = Load(ground.through(pooler, plan.application), CLIENTS)
    theirs = Load(ground.through(default, plan.application), CLIENTS)
    await asyncio.sleep(WARM_SECONDS)
    _require_work(ours, theirs)
    lost = time.monotonic()
    primary.lose()
    await asyncio.sleep(REPLACED_SECONDS)
    names.addresses[NAME] = standby.address
    replaced = time.monotonic()
    await asyncio.sleep(WATCHED_SECONDS)
    hung, hung_by_default = ours.record.hung(HUNG_SECONDS), theirs.record.hung(HUNG_SECONDS)
    mine, _ = await ours.stop(), await theirs.stop()
    names.close()
    back, heard = mine.all_back_after(replaced), mine.first_failure_after(lost)
    return [
        at_most(
            "silent loss: until a client hears of it",
            WATCHED_SECONDS if heard is None else heard,
            NOTICED_SECONDS,
            " s",
        ),
        at_most(
            f"silent loss: until all {CLIENTS} work, after the name leads elsewhere",
            WATCHED_SECONDS if back is None else back,
            BACK_SECONDS,
            " s",
        ),
        exactly(f"silent loss: clients still hung {WATCHED_SECONDS:.0f} s later", hung, 0),
        at_least(
            f"silent loss, pgbouncer's defaults: clients of {CLIENTS} still hung",
            hung_by_default,
            1,
            kind="contrast",
        ),
    ]


def _prepare(lifetime: Lifetime, plan: Plan, program: Pgbouncer, *hosts: Host) -> Ground:
    logins = Logins.of(plan.settings["pool_sizes"])
    servers = []
    for number, host in enumerate(hosts):
        server = Postgres(
            lifetime,
            f"pg{number}",
            version=plan.version,
            parameters=plan.parameters,
            host=host.address,
            port=PORT,
            prefix=host.enter,
        )
        server.start()
        populate(server, plan, plan.alias, logins)
        load.make_table(server, plan)
        servers.append(server)
    return Ground(
        lifetime=lifetime,
        plan=plan,
        program=program,
        servers={plan.alias: servers[0]},
        # By name, as poolers know RDS: a failover changes what the name leads to.
        upstreams={alias: Upstream(NAME, PORT) for alias in plan.settings["databases"]},
        logins=logins,
    )


def _require_work(*loads: Load) -> None:
    for one in loads:
        if not one.record.succeeded:
            raise RuntimeError(f"nothing works before the loss: {', '.join(one.record.reasons)}")


if __name__ == "__main__":
    main()
