"""B1, B2: the whole fleet fits through the pool, at its worst moment."""

import pytest

from drills.conftest import Judge
from ops.drills import connections
from ops.drills.plan import Clients, Plan, Tasks
from ops.drills.servers.pgbouncer import Pgbouncer

pytestmark = pytest.mark.database


def test_the_fleet_of_b1_fits_while_the_pool_is_rolled_out(
    plan: Plan, program: Pgbouncer, all_pass: Judge
) -> None:
    assert sum(one.at_scale_out for one in plan.clients) > plan.max_connections

    all_pass(connections.run(plan, program, print, load_seconds=3))


def test_a_database_too_small_for_its_pool_fails_the_drill(plan: Plan, program: Pgbouncer) -> None:
    small = plan.model_copy(
        update={
            "parameters": {**plan.parameters, "max_connections": "60"},
            "clients": tuple(with_tasks(one, 4) for one in plan.clients),
        }
    )

    checks = {one.what: one for one in connections.run(small, program, print, load_seconds=1)}

    assert checks[f"room for it in {plan.alias}, less what others need"].verdict == "fail"
    assert checks[f"{plan.direct} logins past the pool meanwhile: refused"].verdict == "fail"


def with_tasks(clients: Clients, largest: int) -> Clients:
    return clients.model_copy(update={"tasks": Tasks(largest=largest, rollout_percent=100)})
