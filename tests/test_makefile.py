"""What ``make test`` runs, whatever runs beside what."""

import os
import subprocess
from pathlib import Path

import pytest

from support.distribution import NIGHTLY, is_long

ROOT = Path(__file__).parents[1]


def would_run(target: str) -> list[str]:
    """The commands of a target, as make would give them to the shell."""
    command = ["make", "--dry-run", "--no-print-directory", target]
    # Of the make that runs these tests nothing is wanted.
    variables = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    run = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=True)
    return run.stdout.splitlines()


@pytest.mark.parametrize(
    "part",
    [
        "ruff format --check . && ruff check .",
        ".venv/bin/cambium check-workflows",
        "mypy",
        'pytest -q -n auto --maxprocesses 4 --dist loadfile --durations=3 -m "not long"',
    ],
)
def test_make_test_runs_all_checks_and_the_tests(part: str) -> None:
    assert part in would_run("test")


def test_the_tests_that_it_leaves_out_are_those_of_the_other_two() -> None:
    assert would_run("test-long")[-1].endswith('-m "long and not nightly"')
    assert would_run("test-nightly")[-1].endswith("-m nightly")


def test_every_nightly_test_is_a_long_one_and_there() -> None:
    for name in NIGHTLY:
        assert is_long(name)
        assert (ROOT / name).exists()


def test_the_checks_are_those_of_make_check() -> None:
    checks = would_run("check")

    assert {"ruff format --check . && ruff check .", "mypy", ".venv/bin/cambium check-workflows"} <= set(
        checks
    )
