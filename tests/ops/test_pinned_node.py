"""The commands that come with the virtual environment."""

import os
import subprocess
from pathlib import Path

import pytest

from ops.pinned_node import COMPILED, SCRIPTS, install_into


@pytest.mark.parametrize("command", SCRIPTS)
def test_npm_and_npx_leave_nothing_in_the_temporary_folder(tmp_path: Path, command: str) -> None:
    commands, temporary = tmp_path / "venv" / "bin", tmp_path / "tmp"
    commands.mkdir(parents=True)
    temporary.mkdir()
    variables = {name: value for name, value in os.environ.items() if name != "NODE_COMPILE_CACHE"}

    install_into(commands)
    said = subprocess.run(
        [str(commands / command), "--version"],
        env={**variables, "TMPDIR": str(temporary)},
        check=True,
        capture_output=True,
        text=True,
    )

    assert said.stdout.strip()
    assert list(temporary.iterdir()) == []
    assert (tmp_path / "venv" / COMPILED).is_dir()
