"""What a run leaves out is said where one looks: in its last line."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONG = "tests/tenants/test_command.py"
NONE_RUN = 5


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["alone", "in a worker"])
def test_the_last_line_says_what_was_not_run_and_how_to_run_it(workers: list[str]) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "not long",
        LONG,
        *workers,
    ]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == NONE_RUN, run.stderr
    last = run.stdout.splitlines()[-1]
    assert re.match(r"not run: [1-9]\d* long tests, which deploy whole products", last)
    assert last.endswith("make test-long and make test-nightly")
