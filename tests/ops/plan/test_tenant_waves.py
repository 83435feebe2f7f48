"""A17: the runbook says when tenants get what a deploy changes of their template, and how."""

from pathlib import Path

from docs.aws_command import complaints
from docs.markdown import Page
from ops.plan.prover import prove
from ops.plan.runbook import runbook
from ops.report.plan_markdown import page
from support.assembly import Assembly
from support.planted import Templates, properties_at, real
from support.planted_tenants import DATABASE, MACHINES, SUBJECT, TITLE, after, another_threshold


def test_a_change_of_tenants_is_a_wave_after_the_last_deploy(tenanted: Assembly) -> None:
    plan = after(tenanted, another_threshold)
    book = runbook(plan, SUBJECT)
    (wave,) = book.waves
    commands = " ".join(line.command for part in (wave.do, wave.after) for line in part)

    assert len(book.deploys) == 1
    assert plan.deployed == ()
    assert f"stateMachine:{MACHINES}-change" in commands
    assert f"stateMachine:{MACHINES}-wave" in commands
    assert "starts_with(StackName, 'clinic-production-eu-tenant-')" in commands
    assert book.deploys[0].watch == ()


def test_what_no_tenant_notices_needs_no_wave(phase_one: Assembly, tenanted: Assembly) -> None:
    def plant(templates: Templates) -> None:
        properties_at(templates, "data", DATABASE)["BackupRetentionPeriod"] = 35

    assert runbook(after(phase_one, plant), SUBJECT).waves == ()
    assert runbook(after(tenanted, plant), SUBJECT).waves == ()


def test_what_a_deploy_takes_from_under_tenants_is_told_before_it(
    tenanted: Assembly, tenanted_on_app_runner: Assembly
) -> None:
    there = runbook(prove(real(tenanted), real(tenanted_on_app_runner)), SUBJECT)
    back = runbook(prove(real(tenanted_on_app_runner), real(tenanted)), SUBJECT)
    said = [line for line in there.deploys[0].before if line.text.startswith(TITLE)]

    assert len(said) == 1
    assert "LoadBalancer/Https" in said[0].text
    assert f"cdk deploy {MACHINES} --exclusively" in said[0].command
    assert [line for line in back.deploys[0].before if line.text.startswith(TITLE)] == []


def test_the_page_of_a_wave_has_commands_that_the_cli_would_accept(
    tenanted: Assembly, tmp_path: Path
) -> None:
    plan = after(tenanted, another_threshold)
    written = Page(tmp_path / "plan.md")
    written.path.write_text(page(plan, runbook(plan, SUBJECT)))
    commands = list(written.commands("aws"))

    assert len(commands) == 3
    assert [complaint for words in commands for complaint in complaints(words)] == []
