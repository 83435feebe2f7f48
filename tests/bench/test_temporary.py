"""Where a measurement leaves its temporary files: nowhere."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.temporary import temporary_files_in


def test_temporary_files_are_in_the_given_folder_and_go_with_it(tmp_path: Path) -> None:
    before = tempfile.gettempdir()
    folder = tmp_path / "tmp"

    with temporary_files_in(folder):
        ours = tempfile.mkdtemp()
        make = (sys.executable, "-c", "import tempfile; print(tempfile.mkdtemp())")
        theirs = subprocess.run(make, check=True, capture_output=True, text=True).stdout

    assert ours.startswith(str(folder))
    assert theirs.startswith(str(folder))
    assert list(folder.iterdir()) == []
    assert tempfile.gettempdir() == before


def test_another_measurement_keeps_its_files_and_a_killed_one_leaves_none(tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    with temporary_files_in(folder):
        theirs = Path(tempfile.mkdtemp())
        left = folder / f"{ended.pid}-x"
        left.mkdir()
        with temporary_files_in(folder):
            pass
        assert theirs.is_dir()
        assert not left.exists()
