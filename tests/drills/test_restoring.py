"""The restore drill, with a little data: what came back, how fast, and that damage is noticed."""

import pytest

from config.recovery import RecoveryTargets
from ops.drills import restoring
from support.majors import must_have

pytestmark = pytest.mark.database
PROMISED = RecoveryTargets(restore_hours=4, loss_hours=24, availability_percent=99.9)


@pytest.mark.parametrize("version", ["15", "16", "18"])
def test_e6_e10_a_backup_comes_back_whole_and_a_damaged_one_does_not(version: str) -> None:
    must_have(version)
    checks = restoring.run(version, PROMISED, lambda _: None, megabytes=2)

    wrong = {check.what: check.measured for check in checks if check.verdict != "pass"}
    # Two megabytes on a busy machine say nothing about speed.
    assert {what for what in wrong if "MB/s" not in what} == set(), wrong
    assert [check.what for check in checks if check.kind == "contrast"] == [
        "restore of a damaged object: exit code"
    ]
