"""What drills need: the numbers of a synthesised deployment, and a pgbouncer.

Without one the drills are skipped, with the reason, on a person's machine; where CI is set they fail.
"""

import os
from collections.abc import Callable, Sequence
from typing import NoReturn

import pytest

from ops.assembly import manifest
from ops.assembly.target import Target
from ops.drills import planning
from ops.drills.check import CannotRunError, Check
from ops.drills.plan import Plan
from ops.drills.servers import our_pooler, pgbouncer
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.workspace import here
from support.assembly import Assembly

Judge = Callable[[Sequence[Check]], None]


def unavailable(reason: str) -> NoReturn:
    """End the test: what was not tried must never look tried."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must be able to run every drill: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def plan(pooled_production: Assembly) -> Plan:
    """Production behind a connection pool, in phase 1."""
    deployment = Target("restartix-fargate", "production", 1).resolve()
    return planning.read(deployment, manifest.read(pooled_production.folder))


@pytest.fixture(scope="session")
def program() -> Pgbouncer:
    """A pgbouncer; several workers build it once."""
    try:
        our_pooler.check_machine()
        return pgbouncer.find(here(), print)
    except CannotRunError as error:
        unavailable(str(error))


@pytest.fixture
def all_pass() -> Judge:
    """Every line as expected; and a line that could not be tried is not one of them."""

    def judge(checks: Sequence[Check]) -> None:
        assert [check for check in checks if check.verdict == "fail"] == []
        missing = [f"{check.what}: {check.measured}" for check in checks if check.verdict == "not run"]
        if missing:
            unavailable("; ".join(missing))
        assert {"promise", "contrast"} == {check.kind for check in checks}

    return judge
