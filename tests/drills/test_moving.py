"""A tenant moves to a database of its own and back while everybody writes; and the drill can fail."""

import pytest

from drills.conftest import Judge
from ops.drills import moving
from ops.drills.moving_ground import Mover, Ran

pytestmark = pytest.mark.database


def test_a_tenant_moves_there_and_back_under_load(all_pass: Judge) -> None:
    all_pass(moving.run("18.1", print, megabytes=5))


def test_a_move_without_catching_up_fails_the_drill(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Mover.run

    def forgetful(self: Mover, told: dict[str, str], *steps: str) -> Ran:
        return real(self, told, *(step for step in steps if step != "catch-up"))

    monkeypatch.setattr(Mover, "run", forgetful)

    checks = moving.run("16.9", print, megabytes=1)

    assert "there: steps that failed" in {check.what for check in checks if check.verdict == "fail"}
