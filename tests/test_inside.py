"""Where tests write: below ``.cambium`` of this checkout, and nowhere else."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.inside import DAY_SECONDS, STATE, forget_old


def test_folders_of_tests_are_inside_the_checkout(tmp_path: Path) -> None:
    assert tmp_path.is_relative_to(STATE)


def test_temporary_files_and_the_home_folder_are_inside_the_checkout() -> None:
    assert Path(tempfile.gettempdir()).is_relative_to(STATE)
    assert Path.home().is_relative_to(STATE)


def test_so_they_are_for_programs_that_tests_start() -> None:
    where = "import tempfile, pathlib; print(tempfile.gettempdir(), pathlib.Path.home(), sep='\\n')"
    said = subprocess.run([sys.executable, "-c", where], check=True, capture_output=True, text=True).stdout

    assert all(Path(line).is_relative_to(STATE) for line in said.splitlines())


def test_only_what_nobody_has_touched_for_a_day_is_forgotten(tmp_path: Path) -> None:
    yesterday = time.time() - 2 * DAY_SECONDS
    for name in ("old", "new", "pytest-of-somebody"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    for name in ("old", "pytest-of-somebody"):
        os.utime(tmp_path / name, (yesterday, yesterday))

    forget_old(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "pytest-of-somebody"]
