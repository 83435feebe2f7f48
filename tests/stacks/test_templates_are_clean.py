"""Templates pass every checker: cfn-lint here, the rule packs and our own rules in the synth itself."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stacks.posture import STANDING_DECISIONS
from support.assembly import Assembly
from support.synthesis import DEPLOYMENTS, NOTES, ROOT, Synth

UNCREATABLE_VERSION = "W3691"
"""A warning to cfn-lint; to AWS a refusal to create the database."""


Lint = dict[Path, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def linted(deployments: dict[str, Assembly]) -> Lint:
    """What cfn-lint says about every template where it goes; each different one is read once."""
    same: dict[tuple[str, bytes], list[Path]] = {}
    for assembly in deployments.values():
        for stack in assembly.stacks.values():
            key = stack.place.region, stack.template_file.read_bytes()
            same.setdefault(key, []).append(stack.template_file)
    found: Lint = {file: [] for files in same.values() for file in files}
    for region in sorted({region for region, _ in same}):
        for match in lint(region, [files[0] for (other, _), files in same.items() if other == region]):
            file = Path(match["Filename"])
            for copy in same[region, file.read_bytes()]:
                found[copy].append(match)
    return found


def lint(region: str, files: list[Path]) -> list[dict[str, Any]]:
    """One run of cfn-lint."""
    command = [str(Path(sys.executable).parent / "cfn-lint"), "--format", "json", "--regions", region, "--"]
    run = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    assert run.stdout, run.stderr
    matches: list[dict[str, Any]] = json.loads(run.stdout)
    return matches


def violations(folder: Path) -> list[dict[str, Any]]:
    """Every finding of a synth that nobody accepted, whichever plugin found it."""
    report = json.loads((folder / "validation-report.json").read_text())
    return [one for plugin in report["pluginReports"] for one in plugin["violations"]]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_cfn_lint_finds_no_error_and_no_version_that_can_no_longer_be_created(
    linted: Lint, deployments: dict[str, Assembly], name: str
) -> None:
    found = [
        f"{stack.name}: {match['Rule']['Id']} {match['Message']}"
        for stack in deployments[name].stacks.values()
        for match in linted[stack.template_file]
        if match["Level"] == "Error" or match["Rule"]["Id"] == UNCREATABLE_VERSION
    ]

    assert found == []


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a22_no_finding_is_left_unacknowledged(deployments: dict[str, Assembly], name: str) -> None:
    assert violations(deployments[name].folder) == []


@pytest.fixture(scope="module")
def unacknowledged(
    unacknowledged_phase_one: Assembly,
    unacknowledged_fargate: Assembly,
    unacknowledged_staging: Assembly,
    unacknowledged_pooled: Assembly,
) -> tuple[Assembly, ...]:
    """Deployments with no finding accepted, which together use every construct."""
    return (
        unacknowledged_phase_one,
        unacknowledged_fargate,
        unacknowledged_staging,
        unacknowledged_pooled,
    )


@pytest.fixture(scope="module")
def findings(unacknowledged: tuple[Assembly, ...]) -> list[tuple[str, str]]:
    """Rule and construct path of everything found when nothing is accepted."""
    return [
        (one["ruleName"], construct["constructPath"])
        for assembly in unacknowledged
        for one in violations(assembly.folder)
        for construct in one["violatingConstructs"]
    ]


@pytest.fixture(scope="module")
def accepted(unacknowledged: tuple[Assembly, ...]) -> list[dict[str, str]]:
    """Every acknowledgement in the code that those synths came across."""
    found = []
    for assembly in unacknowledged:
        found += json.loads((assembly.folder / "acknowledgements.json").read_text())
    return found


@pytest.mark.parametrize("rule", STANDING_DECISIONS)
def test_a22_a_standing_decision_is_about_something_that_exists(
    findings: list[tuple[str, str]], rule: str
) -> None:
    assert rule in {found for found, _ in findings}, "stale: nothing is found that it accepts"


def test_a22_no_acknowledgement_in_a_construct_is_stale(
    findings: list[tuple[str, str]], accepted: list[dict[str, str]]
) -> None:
    stale = {
        f"{one['rule']} on {one['path']}"
        for one in accepted
        if not any(
            one["rule"] in (rule, f"CloudFormation-Validate::{rule}") and inside(path, one["path"])
            for rule, path in findings
        )
    }

    assert stale == set()


def inside(path: str, scope: str) -> bool:
    return not scope or path == scope or path.startswith(f"{scope}/")


def test_a22_both_rule_packs_look_at_the_healthcare_product(findings: list[tuple[str, str]]) -> None:
    packs = {rule.partition("-")[0] for rule, _ in findings}

    assert {"AwsSolutions", "HIPAA.Security"} <= packs


def test_a22_every_acknowledgement_has_a_reason(accepted: list[dict[str, str]]) -> None:
    assert all(len(one["reason"].split()) >= 4 for one in accepted)


PLANTED = Synth(NOTES.target, (*NOTES.bend, "--plant"))


def test_a_finding_fails_the_app(tmp_path: Path) -> None:
    run = PLANTED.run(tmp_path / "cdk.out")

    assert run.returncode != 0
    assert "AwsSolutions-S1" in {one["ruleName"] for one in violations(tmp_path / "cdk.out")}


def test_a_finding_fails_the_cdk_cli(tmp_path: Path) -> None:
    cli = [str(ROOT / "node_modules" / ".bin" / "cdk"), "synth", "--quiet", "--no-version-reporting"]
    context = ["-c", "system=notes", "-c", "env=production"]
    app = ["--app", " ".join(PLANTED.command), "--output", str(tmp_path / "cdk.out")]
    run = subprocess.run(
        [*cli, *app, *context], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )

    assert run.returncode != 0
    assert "AwsSolutions-S1" in run.stdout + run.stderr
