"""Whoever asks for something impossible is told what is possible, in one line and without a stack trace."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = {"system": "restartix", "env": "production"}

ASKED = [
    ({}, "say which system and environment: -c system=<restartix> -c env=<environment>"),
    ({"system": "restartix"}, "say which system and environment"),
    ({**GOOD, "system": "nope"}, "there is no system 'nope'; there is restartix"),
    ({**GOOD, "env": "nope"}, "system restartix has no environment 'nope'; it has production"),
    ({**GOOD, "phase": "x"}, "phase must be a number, got 'x'"),
    ({**GOOD, "phase": "3"}, "phase must be 1 to 2: system restartix ends at phase 2, got 3"),
    ({**GOOD, "platform": "x"}, "platform must be fargate or app-runner, got 'x'"),
]


@pytest.mark.parametrize(("context", "message"), ASKED, ids=[message[:40] for _, message in ASKED])
def test_the_app_says_what_is_possible(tmp_path: Path, context: dict[str, str], message: str) -> None:
    variables = {**os.environ, "CDK_CONTEXT_JSON": json.dumps(context), "CDK_OUTDIR": str(tmp_path / "out")}
    run = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert run.stderr.startswith("cambium: ")
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "out" / "manifest.json").exists()
