"""What a measured run counts, and what it refuses to count."""

import os
import sys
from pathlib import Path

import pytest

from bench.process import MeasurementError, run

BUSY = "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass"
PARENT = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}], check=True)"


def _python(*code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", *code)


def test_counts_the_cpu_of_children_of_the_program(tmp_path: Path) -> None:
    cost = run(_python(PARENT), folder=tmp_path, env=os.environ)

    assert cost.cpu_seconds >= 0.2


def test_counts_only_the_program_and_not_what_ran_before(tmp_path: Path) -> None:
    run(_python(BUSY), folder=tmp_path, env=os.environ)
    idle = run(("/bin/sh", "-c", "exit 0"), folder=tmp_path, env=os.environ)

    assert idle.cpu_seconds < 0.2


def test_a_failed_program_gives_no_number_but_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="exit code 3") as failure:
        run(_python("print('out of sand'); raise SystemExit(3)"), folder=tmp_path, env=os.environ)

    assert "out of sand" in str(failure.value)


def test_an_expected_exit_code_is_no_failure(tmp_path: Path) -> None:
    cost = run(_python("raise SystemExit(3)"), folder=tmp_path, env=os.environ, allowed=(0, 3))

    assert cost.wall_seconds > 0


def test_runs_in_the_given_folder_with_the_given_variables_only(tmp_path: Path) -> None:
    code = "import os; open('seen', 'w').write(os.environ['WORD'] + str('HOME' in os.environ))"
    run(_python(code), folder=tmp_path, env={"WORD": "sap"})

    assert (tmp_path / "seen").read_text() == "sapFalse"
