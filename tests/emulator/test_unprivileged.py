"""PostgreSQL as another user, on a machine where that is the only way."""

import os
from pathlib import Path

import pytest

from emulator.postgres.unprivileged import Launcher


@pytest.mark.parametrize(("before", "after"), [(0o1777, 0o1777), (0o700, 0o711)], ids=oct)
def test_a_way_through_the_parent_takes_nothing_from_others(tmp_path: Path, before: int, after: int) -> None:
    parent = tmp_path / "parent"
    folder = parent / "folder"
    folder.mkdir(parents=True)
    parent.chmod(before)

    Launcher(owner=os.geteuid()).own(folder)

    assert parent.stat().st_mode & 0o7777 == after
