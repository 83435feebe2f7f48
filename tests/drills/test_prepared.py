"""B2: clients prepare statements as their drivers do by default."""

import pytest

from drills.conftest import Judge
from ops.drills import prepared
from ops.drills.plan import Plan
from ops.drills.servers.pgbouncer import Pgbouncer

pytestmark = pytest.mark.database


def test_prepared_statements_of_b2_work_through_the_pool(
    plan: Plan, program: Pgbouncer, all_pass: Judge
) -> None:
    all_pass(prepared.run(plan, program, print, executions=50))


def test_a_pool_that_follows_no_statements_fails_the_drill(plan: Plan, program: Pgbouncer) -> None:
    forgetful = plan.model_copy(update={"settings": {**plan.settings, "max_prepared_statements": 0}})

    checks = prepared.run(forgetful, program, print, executions=50)

    assert checks[0].verdict == "fail"
