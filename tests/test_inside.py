"""Where tests write: below ``.cambium`` of this checkout, and nowhere else."""

import subprocess
import sys
import tempfile
from pathlib import Path

from support.inside import STATE


def test_folders_of_tests_are_inside_the_checkout(tmp_path: Path) -> None:
    assert tmp_path.is_relative_to(STATE)


def test_temporary_files_and_the_home_folder_are_inside_the_checkout() -> None:
    assert Path(tempfile.gettempdir()).is_relative_to(STATE)
    assert Path.home().is_relative_to(STATE)


def test_so_they_are_for_programs_that_tests_start() -> None:
    where = "import tempfile, pathlib; print(tempfile.gettempdir(), pathlib.Path.home(), sep='\\n')"
    said = subprocess.run([sys.executable, "-c", where], check=True, capture_output=True, text=True).stdout

    assert all(Path(line).is_relative_to(STATE) for line in said.splitlines())
