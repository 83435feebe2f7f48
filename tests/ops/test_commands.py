"""What the commands print and how they end, where no AWS is needed."""

import fcntl
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from ops.assembly import complaints
from ops.assembly.synthesis import app_context
from ops.assembly.target import Target
from ops.cli import app
from ops.outcome import ExitCode
from ops.report.plans import BAR_WIDTH, bar
from ops.testing import Command

PRODUCTION = ("--system", "restartix", "--env", "production")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--system", "nobody", "--env", "production"), "there is no system 'nobody'"),
        (("--system", "restartix", "--env", "moon"), "has no environment 'moon'"),
        ((*PRODUCTION, "--phase", "99"), "phase"),
    ],
)
def test_a_wrong_configuration_is_one_message_and_starts_nothing(
    cambium: Command, words: tuple[str, ...], message: str
) -> None:
    result = cambium("up", *words)

    assert result.exit_code == ExitCode.CONFIGURATION
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert "correct the options" in result.stderr
    assert not cambium.workspace.emulator_state.exists()


def test_a_second_command_says_who_is_at_work(cambium: Command) -> None:
    cambium.workspace.state.mkdir()
    with (cambium.workspace.state / "lock").open("w") as lock:
        lock.write("cambium up (process 4711)")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)

        result = cambium("up", *PRODUCTION)

    assert result.exit_code == ExitCode.BUSY
    assert "cambium up (process 4711) is at work" in result.stderr


def test_status_tells_the_shell_that_nothing_runs(cambium: Command) -> None:
    result = cambium("status")

    assert result.exit_code == ExitCode.NOT_RUNNING
    assert result.stdout == ""


def test_down_is_fine_when_nothing_runs(cambium: Command) -> None:
    assert cambium("down").exit_code == ExitCode.OK
    assert not cambium.workspace.state.exists()


def test_access_lists_the_rules_of_the_platform(cambium: Command) -> None:
    on_fargate = cambium("access", *PRODUCTION, "--platform", "fargate").stdout

    assert "load-balancer" in on_fargate
    assert "5432" in on_fargate
    assert "load-balancer" not in cambium("access", *PRODUCTION, "--platform", "app-runner").stdout


def test_only_the_platforms_one_may_choose_are_offered(cambium: Command) -> None:
    result = cambium("access", *PRODUCTION, "--platform", "host")

    assert result.exit_code == ExitCode.USAGE
    assert "'fargate'" in result.stderr
    assert "Invalid value" in result.stderr


def test_connections_shows_every_consumer_against_the_limit(cambium: Command) -> None:
    shown = cambium("connections", *PRODUCTION).stdout

    assert "core-api" in shown
    assert "max_connections" in shown
    assert "%" in shown


def test_systems_lists_environments_and_phases(cambium: Command) -> None:
    shown = cambium("systems").stdout

    assert "restartix" in shown
    assert "production" in shown
    tenants = shown.partition("Tenants with a stack for themselves")[2]
    assert re.search(r"restartix +production +from 3 on +large, xlarge", tenants)


@pytest.mark.parametrize("verb", [("access", *PRODUCTION), ("connections", *PRODUCTION), ("systems",)])
def test_a_program_can_read_the_answer(cambium: Command, verb: tuple[str, ...]) -> None:
    assert json.loads(cambium(*verb, "--json").stdout)


def test_a_bar_never_leaves_its_column() -> None:
    assert bar(50, 100).plain.count("█") == BAR_WIDTH // 2
    assert bar(300, 100).plain.count("█") == BAR_WIDTH


def test_a_key_that_no_person_sets_is_refused_with_those_that_are(cambium: Command) -> None:
    result = cambium("set-secret", *PRODUCTION, "--secret", "core-api", "--key", "DATABASE_URL")

    assert result.exit_code == ExitCode.USAGE
    assert "--secret core-api --key CLERK_SECRET_KEY" in result.stderr


def test_synth_leaves_a_folder_alone_that_is_no_assembly(cambium: Command, tmp_path: Path) -> None:
    mine = tmp_path / "holiday"
    mine.mkdir()
    (mine / "photo.jpg").touch()

    result = cambium("synth", *PRODUCTION, "--out", str(mine))

    assert result.exit_code == ExitCode.USAGE
    assert (mine / "photo.jpg").exists()


def test_synth_refuses_a_file_where_the_folder_is_to_be(cambium: Command, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    for out in ("notes.txt", "notes.txt/below"):
        result = cambium("synth", *PRODUCTION, "--out", str(tmp_path / out))
        assert result.exit_code == ExitCode.USAGE
        assert "cannot write a folder" in result.stderr
    assert (tmp_path / "notes.txt").read_text() == "mine"


def every_command() -> dict[str, Any]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    found = {name: command for name, command in group.commands.items() if not isinstance(command, TyperGroup)}
    for name, below in group.commands.items():
        if isinstance(below, TyperGroup):
            found |= {f"{name} {verb}": command for verb, command in below.commands.items()}
    return found


COMMANDS = every_command()
NO_PRODUCT = "s"
"""In the examples of ``tenant``: not every product has a tier."""
NEED_NO_AWS = ("connections", "down", "picture", "review", "systems", "worker")
"""What takes a second; the others synthesise, need a deployment, or depend on the hour."""


def example(name: str) -> list[str]:
    """The words of the example, as the help shows it: a paragraph, folded."""
    paragraphs = (COMMANDS[name].help or "").split("\n\n")
    (found,) = (
        " ".join(text.split()) for text in paragraphs if text.strip().startswith("Example:  cambium ")
    )
    words = shlex.split(found.removeprefix("Example: cambium "))
    assert words[: len(name.split())] == name.split()
    return words


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example_that_can_be_typed(name: str) -> None:
    words = example(name)[len(name.split()) :]

    context = COMMANDS[name].make_context(name, words)

    system, environment = context.params.get("system"), context.params.get("env")
    if system not in (None, NO_PRODUCT):
        assert Target(
            system, environment, context.params.get("phase"), context.params.get("platform")
        ).resolve()


@pytest.mark.parametrize("name", NEED_NO_AWS)
def test_an_example_does_what_it_says(
    cambium: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)

    result = cambium(*example(name))

    assert result.exit_code == ExitCode.OK, result.output


def test_the_app_gets_the_context_the_cdk_cli_would_give_it() -> None:
    settings = {"versionReporting": False, "context": {"flag": True}}

    context = app_context(settings, Target("toy", "test", phase=2, platform="fargate"))

    assert context == {
        "flag": True,
        "aws:cdk:enable-path-metadata": True,
        "aws:cdk:enable-asset-metadata": True,
        "aws:cdk:disable-version-reporting": True,
        "system": "toy",
        "env": "test",
        "phase": "2",
        "platform": "fargate",
    }


def test_a_refused_synthesis_names_rule_and_place_instead_of_stack_frames(tmp_path: Path) -> None:
    violation = {
        "ruleName": "AwsSolutions-RDS3",
        "description": "The database is in one zone. More words.",
        "violatingConstructs": [{"constructPath": "data/Database/Resource"}],
    }
    report = {
        "pluginReports": [{"pluginName": "AwsSolutions", "conclusion": "failure", "violations": [violation]}]
    }
    (tmp_path / "validation-report.json").write_text(json.dumps(report))

    explained = complaints.explain(["Traceback", "      at Immediate._onImmediate"], tmp_path)

    rule, reason, place = (line.strip() for line in explained.splitlines())
    assert rule == "AwsSolutions-RDS3"
    assert reason == "The database is in one zone"
    assert place == "data/Database/Resource"


def test_a_crash_of_the_app_keeps_its_own_lines(tmp_path: Path) -> None:
    output = [
        '  File "/x/site-packages/jsii/a.py", line 1',
        "      at Kernel (x.js:1)",
        "ValueError: two homes",
    ]

    assert complaints.explain(output, tmp_path) == "ValueError: two homes"
