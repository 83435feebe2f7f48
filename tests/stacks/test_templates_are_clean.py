"""Templates pass every checker: cfn-lint here, the rule packs and our own rules in the synth itself."""

import subprocess
from pathlib import Path

import pytest

from stacks.posture import STANDING_DECISIONS
from support import findings
from support.assembly import Assembly
from support.findings import Findings
from support.linting import CHECKED, FIRST, Lint, linted, wrong
from support.synthesis import DEPLOYMENTS, ROOT, SYNTHS
from support.synths import Synths

HIPAA = "HIPAA.Security"
NOTES = DEPLOYMENTS["notes"]


@pytest.fixture(scope="module")
def lint(synths: Synths) -> Lint:
    """What cfn-lint says of every template of a first phase."""
    return linted(FIRST, synths)


@pytest.mark.parametrize("name", FIRST)
def test_cfn_lint_finds_no_error_and_no_version_that_can_no_longer_be_created(
    lint: Lint, synths: Synths, name: str
) -> None:
    assert wrong(lint, synths[name]) == []


@pytest.mark.parametrize("name", CHECKED)
def test_a22_no_finding_is_left_unacknowledged(synths: Synths, name: str) -> None:
    assert findings.left(synths[name]) == set()


@pytest.mark.parametrize("name", ["tenanted", "tenanted_on_app_runner"])
def test_a17_the_template_of_tenants_is_linted_too(lint: Lint, synths: Synths, name: str) -> None:
    assert synths[name].inside["tenant-eu"].template_file in lint


@pytest.mark.parametrize("name", ["phase_three", "tenanted", "tenanted_on_app_runner"])
def test_a17_the_template_of_tenants_is_looked_at_by_the_rules_too(synths: Synths, name: str) -> None:
    assert {path.partition("/")[0] for _, path in findings.found(synths[name])} >= {"Tenant"}


@pytest.fixture(scope="module")
def found(synths: Synths) -> Findings:
    """Everything that is found in any deployment when nothing is accepted."""
    return {one for name in CHECKED for one in findings.found(synths[name])}


@pytest.fixture(scope="module")
def accepted(synths: Synths) -> list[dict[str, str]]:
    """Every acknowledgement of a rule that is looked at, once: not every product has the HIPAA pack."""
    made = [
        one
        for assembly in map(synths.__getitem__, CHECKED)
        for one in findings.accepted(assembly)
        if not one["rule"].startswith(HIPAA) or HIPAA in packs(assembly)
    ]
    return list({tuple(one.items()): one for one in made}.values())


def packs(assembly: Assembly) -> set[str]:
    """The rule packs, and our own, that found anything."""
    return {rule.partition("-")[0] for rule, _ in findings.found(assembly)}


@pytest.mark.parametrize("rule", STANDING_DECISIONS)
def test_a22_a_standing_decision_is_about_something_that_exists(found: Findings, rule: str) -> None:
    assert rule in {name for name, _ in found}, "stale: nothing is found that it accepts"


def test_a22_no_acknowledgement_in_a_construct_is_stale(
    found: Findings, accepted: list[dict[str, str]]
) -> None:
    stale = {f"{one['rule']} on {one['path']}" for one in accepted if not findings.is_about(one, found)}

    assert stale == set()


def test_a22_both_rule_packs_look_at_the_healthcare_product(phase_one: Assembly) -> None:
    assert {"AwsSolutions", HIPAA} <= packs(phase_one)


def test_a22_every_acknowledgement_has_a_reason(accepted: list[dict[str, str]]) -> None:
    assert all(len(one["reason"].split()) >= 4 for one in accepted)


PLANTED = "--plant"


def test_a_finding_fails_the_app_which_is_otherwise_as_tested(notes: Assembly, tmp_path: Path) -> None:
    """The other tests read apps that were synthesised in one process, one after the other."""
    run = NOTES.run(tmp_path / "cdk.out", PLANTED)
    planted = Assembly(tmp_path / "cdk.out")

    assert run.returncode != 0
    assert "AwsSolutions-S1" in {rule for rule, _ in findings.left(planted)}
    for template in planted.templates.values():
        template["Resources"].pop("Planted", None)
    assert planted.templates == notes.templates


@pytest.mark.long
def test_a17_a_finding_in_the_template_of_tenants_fails_the_app(tmp_path: Path) -> None:
    run = SYNTHS["tenanted_on_app_runner"].run(tmp_path / "cdk.out", "--plant-in-tenants")

    report = tmp_path / "cdk.out" / "tenant-eu" / findings.REPORT
    assert run.returncode != 0
    assert ("AwsSolutions-S1", "Tenant/Planted") in findings.in_report(report)


def test_a_finding_fails_the_cdk_cli(tmp_path: Path) -> None:
    cli = [str(ROOT / "node_modules" / ".bin" / "cdk"), "synth", "--quiet", "--no-version-reporting"]
    context = ["-c", "system=notes", "-c", "env=production"]
    app = ["--app", " ".join(NOTES.command(PLANTED)), "--output", str(tmp_path / "cdk.out")]
    run = subprocess.run(
        [*cli, *app, *context], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )

    assert run.returncode != 0
    assert "AwsSolutions-S1" in run.stdout + run.stderr
