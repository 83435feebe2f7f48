"""D12: the workflows refuse Friday afternoon, unless somebody says why; and that is kept."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
RULES = "friday 12:00 Europe/Berlin; saturday 00:00 Europe/Berlin; sunday 00:00 Europe/Berlin"


def script(file: str, job: str, title: str) -> str:
    """What a step of a workflow runs."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / file).read_text())
    (found,) = [one for one in loaded["jobs"][job]["steps"] if one.get("name") == title]
    return str(found["run"])


def run(text: str, folder: Path, **given: str) -> "tuple[int, str, str]":
    """Run it; exit code, what it said, and what is kept."""
    summary = folder / "summary"
    summary.touch()
    variables = {**os.environ, "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ACTOR": "ahmed", **given}
    done = subprocess.run(
        ["/bin/bash", "-c", text], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr, summary.read_text()


def approved(folder: Path, closed: bool, reason: str = "") -> "tuple[int, str, str]":
    """The deploy job, after its approval."""
    since = datetime.now(UTC) + timedelta(hours=-1 if closed else 1)
    hours = [
        {"since": f"{since:%Y-%m-%dT%H:%M:%SZ}", "until": f"{since + timedelta(hours=5):%Y-%m-%dT%H:%M:%SZ}"}
    ]
    (folder / "closed.json").write_text(json.dumps(hours))
    text = script(".github/workflows/deploy.yml", "deploy", "Refuse hours without deployments")
    return run(text, folder, REASON=reason, ENVIRONMENT="production")


def test_d12_an_approval_in_closed_hours_deploys_nothing(tmp_path: Path) -> None:
    code, said, kept = approved(tmp_path, closed=True)

    assert (code, kept) == (1, "")
    assert "production is not deployed until 20" in said
    assert "override_reason" in said


def test_d12_with_a_reason_it_is_deployed_and_the_reason_is_kept(tmp_path: Path) -> None:
    code, _, kept = approved(tmp_path, closed=True, reason="patients cannot log in")

    assert code == 0
    assert "ahmed deploys production before 20" in kept
    assert "because: patients cannot log in" in kept


def test_d12_in_open_hours_nothing_is_asked(tmp_path: Path) -> None:
    assert approved(tmp_path, closed=False) == (0, "", "")


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ("2026-11-27 10:59 UTC", 0),
        ("2026-11-27 11:00 UTC", 1),
        ("2026-11-28 03:00 UTC", 1),
        ("2026-11-29 22:59 UTC", 1),
        ("2026-11-29 23:00 UTC", 0),
    ],
)
def test_d12_a_release_is_refused_by_the_clock_of_its_zone(tmp_path: Path, now: str, code: int) -> None:
    text = script("examples/application-deploy.yml", "window", "Refuse hours without releases")

    ended, said, _ = run(text, tmp_path, NO_DEPLOYS=RULES, MESSAGE="Mend the login", NOW=now)

    assert ended == code, said
    assert ("Release-anyway" in said) == bool(code)


def test_d12_a_release_that_cannot_wait_says_why_in_its_commit(tmp_path: Path) -> None:
    text = script("examples/application-deploy.yml", "window", "Refuse hours without releases")
    message = "Mend the login\n\nRelease-anyway: patients cannot log in\n"

    code, _, kept = run(text, tmp_path, NO_DEPLOYS=RULES, MESSAGE=message, NOW="2026-11-27 15:00 UTC")

    assert code == 0
    assert kept == "Released on Friday at 16:00 (Europe/Berlin), because: patients cannot log in\n"


def test_d12_a_zone_that_does_not_exist_is_not_taken_for_utc(tmp_path: Path) -> None:
    text = script("examples/application-deploy.yml", "window", "Refuse hours without releases")

    code, said, _ = run(text, tmp_path, NO_DEPLOYS="friday 12:00 Europe/Atlantis", MESSAGE="x")

    assert code == 1
    assert "there is no zone 'Europe/Atlantis'" in said


def test_d12_without_hours_a_release_is_never_refused(tmp_path: Path) -> None:
    text = script("examples/application-deploy.yml", "window", "Refuse hours without releases")

    assert run(text, tmp_path, NO_DEPLOYS="", MESSAGE="x")[0] == 0


def test_d12_everything_that_is_built_waits_for_the_clock() -> None:
    loaded = yaml.safe_load((ROOT / "examples" / "application-deploy.yml").read_text())

    assert loaded["jobs"]["image"]["needs"] == "window"
