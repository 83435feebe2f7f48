"""B2: applications work again soon, whatever goes away."""

import asyncio
from pathlib import Path

import pytest

from drills.conftest import Judge
from ops.drills import failover
from ops.drills.check import CannotRunError, Report
from ops.drills.failover_loss import SilentLoss
from ops.drills.failover_restart import BACK_SECONDS, recovery
from ops.drills.failover_roll import BY_NAME, roll
from ops.drills.ground import Ground, Logins
from ops.drills.load import Record
from ops.drills.plan import Plan
from ops.drills.servers import network
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.pgbouncer import Pgbouncer


@pytest.mark.database
def test_applications_of_b2_work_again_after_a_restart_a_crash_a_roll_and_a_silent_loss(
    plan: Plan, program: Pgbouncer, all_pass: Judge
) -> None:
    all_pass(failover.run(plan, program, print))


def test_a_roll_is_not_run_where_no_balancer_stands_before_the_pool(tmp_path: Path, plan: Plan) -> None:
    by_name = plan.model_copy(update={"door": "service-discovery"})
    with Lifetime() as lifetime:
        ground = Ground(
            lifetime=lifetime,
            plan=by_name,
            program=Pgbouncer(tmp_path, "1.26.1"),
            servers={},
            upstreams={},
            logins=Logins({}),
        )
        checks = asyncio.run(roll(ground, print))

    assert [check.what for check in checks] == ["roll", "clients that never renew", "pooler killed"]
    assert {check.verdict for check in checks} == {"not run"}
    assert {check.measured for check in checks} == {BY_NAME}
    assert Report(name="failover", question="", checks=checks).verdict == "not run"


def test_a_silent_loss_that_cannot_be_tried_here_is_named(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> tuple[str, ...]:
        raise CannotRunError("network namespaces exist on Linux only")

    monkeypatch.setattr(network, "inside", none)
    with Lifetime() as lifetime:
        (check,) = SilentLoss(lifetime, plan, Pgbouncer(tmp_path, "1.26.1")).checks()

    assert (check.verdict, check.measured) == ("not run", "network namespaces exist on Linux only")


def test_a_silent_loss_that_breaks_is_an_error_with_its_words(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "inside", lambda: ("false",))
    with Lifetime() as lifetime:
        loss = SilentLoss(lifetime, plan, Pgbouncer(tmp_path, "1.26.1"))

        with pytest.raises(RuntimeError, match="silent loss of the primary broke"):
            loss.checks()


def test_a_client_that_never_works_again_fails_the_drill() -> None:
    record = Record(clients=2, succeeded=[(10.5, 0), (10.6, 0)], failed=[9.5])

    verdicts = [check.verdict for check in recovery("restart", record, 9.0, 10.0)]

    assert verdicts == ["pass", "fail", "pass"]


def test_a_slow_recovery_fails_the_drill() -> None:
    late = 10.0 + BACK_SECONDS + 1
    record = Record(clients=1, succeeded=[(late, 0)], failed=[9.5])

    verdicts = [check.verdict for check in recovery("restart", record, 9.0, 10.0)]

    assert verdicts == ["fail", "fail", "pass"]


def test_a_record_knows_who_hangs_and_since_when() -> None:
    async def watch() -> None:
        now = asyncio.get_running_loop().time()
        record = Record(clients=3, failed=[now - 5], busy_since={1: now - 20, 2: now})
        assert record.hung(15) == 1
        assert record.failures_since(now - 6) == 1
        assert record.failures_since(now) == 0
        assert record.first_failure_after(now - 6) == pytest.approx(1)
        assert record.first_success_after(0) is None
        assert record.longest_pause_since(0) == 0

    asyncio.run(watch())


def test_a_pause_is_the_longest_time_in_which_nobody_worked() -> None:
    record = Record(clients=2, succeeded=[(1.0, 0), (4.5, 1), (2.0, 1), (5.0, 0)])

    assert record.longest_pause_since(1.0) == 2.5
