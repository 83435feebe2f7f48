"""The command: which drills there are, what it prints, and how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from ops.cli import Verbs
from ops.commands import drill as command
from ops.drills import catalog
from ops.drills.check import CannotRunError, Check, at_least, at_most, exactly, not_run
from ops.drills.servers import our_pooler, pgbouncer
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.outcome import ExitCode
from ops.workspace import Workspace
from support.assembly import Assembly

Drill = Callable[..., Result]
GOOD = exactly("clients: refused", 0, 0)
BAD = at_most("peak", 101, 100)
WEAK = at_least("leaks without protection", 0, 1, kind="contrast")
MISSING = not_run("silent loss", "clients work again", "no network namespaces")


@pytest.fixture
def drill(workspace: Workspace, pooled_production: Assembly, monkeypatch: pytest.MonkeyPatch) -> Drill:
    """The command, about a synthesised assembly; give it the lines that the drill will find."""
    app = typer.Typer(cls=Verbs)
    app.callback()(lambda: None)
    app.command()(command.drill)
    monkeypatch.setattr(pgbouncer, "find", lambda *_: Pgbouncer(Path("pgbouncer"), "1.26.1"))
    monkeypatch.setattr(our_pooler, "check_machine", lambda: None)

    def run(*words: str, finds: list[Check] | Exception = [GOOD]) -> Result:  # noqa: B006 - never changed
        def find(*_: Any) -> list[Check]:
            if isinstance(finds, Exception):
                raise finds
            return finds

        monkeypatch.setitem(catalog.DRILLS, "prepared", catalog.Drill("Does it work?", 1, find))
        folder = ["--assembly", str(pooled_production.folder)] if words and words[0] != "--help" else []
        return CliRunner().invoke(app, ["drill", *words, *folder], obj=workspace)

    return run


def test_without_a_name_it_lists_the_drills(drill: Drill) -> None:
    shown = drill()

    assert shown.exit_code == 0
    for name in ("connections", "tenancy", "failover", "prepared", "restore", "moving"):
        assert name in shown.stdout


def test_it_takes_the_system_with_a_pool_in_production_when_told_nothing(drill: Drill) -> None:
    shown = drill("prepared")

    assert shown.exit_code == 0
    assert "restartix-fargate production, phase 1" in shown.stdout
    assert "max_connections=200" in shown.stdout


def test_a_failed_line_is_a_failed_command(drill: Drill) -> None:
    shown = drill("prepared", finds=[GOOD, BAD])

    assert shown.exit_code == ExitCode.DRILL
    assert "FAIL" in shown.stdout
    assert "failed: prepared" in shown.stderr


def test_a_contrast_that_does_not_fail_says_that_the_drill_proves_nothing(drill: Drill) -> None:
    shown = drill("prepared", finds=[GOOD, WEAK])

    assert shown.exit_code == ExitCode.DRILL
    assert "could not have failed" in shown.stdout


def test_what_could_not_be_tried_is_named_and_never_a_success(drill: Drill) -> None:
    shown = drill("prepared", finds=[GOOD, MISSING])

    assert shown.exit_code == ExitCode.NOT_HERE
    assert "not run" in shown.stdout
    assert "no network namespaces" in shown.stdout


def test_a_machine_without_pgbouncer_is_told_how_to_get_one(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> Pgbouncer:
        raise CannotRunError("no pgbouncer 1.23 or newer; name one with PGBOUNCER=/path/to/pgbouncer")

    monkeypatch.setattr(pgbouncer, "find", none)

    shown = drill("prepared")

    assert shown.exit_code == ExitCode.NOT_HERE
    assert "PGBOUNCER=" in shown.stdout


def test_a_drill_that_breaks_has_failed(drill: Drill) -> None:
    shown = drill("prepared", finds=RuntimeError("PostgreSQL did not start"))

    assert shown.exit_code == ExitCode.DRILL
    assert "PostgreSQL did not start" in shown.stdout


def test_a_program_gets_the_same_as_json(drill: Drill) -> None:
    shown = drill("prepared", "--json", finds=[GOOD, WEAK])

    (report,) = json.loads(shown.stdout)
    assert report["name"] == "prepared"
    assert report["verdict"] == "fail"
    assert report["facts"]["pgbouncer"] == "1.26.1"
    assert report["checks"][1] == {
        "what": "leaks without protection",
        "expected": "at least 1",
        "measured": "0",
        "verdict": "fail",
        "kind": "contrast",
    }


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("unknown",), ExitCode.USAGE, "there is no drill 'unknown'; there is connections"),
        (("prepared", "--system", "restartix"), ExitCode.CONFIGURATION, "has no connection pool"),
        (("prepared", "--env", "moon"), ExitCode.CONFIGURATION, "moon"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_ones(
    drill: Drill, words: tuple[str, ...], code: ExitCode, said: str
) -> None:
    shown = drill(*words)

    assert shown.exit_code == code
    assert said in shown.stderr


def test_help_has_an_example(drill: Drill) -> None:
    assert "cambium drill tenancy" in drill("--help").stdout
