"""Whoever asks for something impossible is told what is possible, in one line and without a stack trace."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.values import ConfigError
from stacks.app import app_from_context

APP = Path(__file__).parents[2] / "app.py"
GOOD = {"system": "restartix", "env": "production"}

ASKED = [
    ({}, "say which system and environment: -c system=<chatbot|reptidex|restartix"),
    ({"system": "restartix"}, "say which system and environment"),
    ({**GOOD, "system": "nope"}, "there is no system 'nope'; there is chatbot, reptidex, restartix"),
    ({**GOOD, "env": "nope"}, "system restartix has no environment 'nope'; it has production"),
    ({**GOOD, "phase": "x"}, "phase must be a number, got 'x'"),
    ({**GOOD, "phase": "5"}, "phase must be 1 to 4: system restartix ends at phase 4, got 5"),
    ({**GOOD, "platform": "x"}, "platform must be fargate or app-runner, got 'x'"),
]


@pytest.mark.parametrize(("context", "message"), ASKED, ids=[message[:40] for _, message in ASKED])
def test_the_app_says_what_is_possible(context: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        app_from_context(context)

    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_person_reads_one_line_and_the_shell_a_failure(tmp_path: Path) -> None:
    context = json.dumps({**GOOD, "phase": "5"})
    variables = {**os.environ, "CDK_CONTEXT_JSON": context, "CDK_OUTDIR": str(tmp_path / "out")}
    run = subprocess.run(
        [sys.executable, "app.py"], cwd=APP.parent, env=variables, capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
    assert run.stderr.startswith("cambium: phase must be 1 to 4: ")
    assert not (tmp_path / "out" / "manifest.json").exists()
