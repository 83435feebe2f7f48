"""A half-finished ``cambium up`` of RestartiX production is repaired by running it again."""

import pytest

from ops.outcome import ExitCode
from ops.testing import Checkout
from support.interruption import FIRST_MOMENTS, LAST_MOMENT, Moment, kill_at, logged

pytestmark = pytest.mark.embedded

UP = ("up", "--system", "restartix", "--env", "production")
MOMENTS = (
    *FIRST_MOMENTS,
    # A stack that exists and has nothing in it yet.
    Moment("deploy", logged("restartix-production-eu-network: creating CloudFormation changeset")),
    # The database is there; its roles are being made.
    Moment("deploy", logged("restartix-production-eu-1-credentials: deploying")),
    LAST_MOMENT,
)


def test_a_run_killed_in_every_step_is_repaired_by_running_it_again(untouched: Checkout) -> None:
    for moment in MOMENTS:
        kill_at(moment, untouched, UP)

    code, output = untouched.run(*UP)

    assert code == ExitCode.OK, output
    assert "no changes" in output, "between them, the killed runs had deployed everything"
    assert "as described" in output
