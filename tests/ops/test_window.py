"""D12: ``cambium deploy-window`` says until when, and how to get around it with a reason."""

import json
from pathlib import Path

import pytest

import config.systems
from config.catalog import load_system
from ops.outcome import ExitCode
from ops.testing import Command

DESCRIBED = Path(__file__).parents[1] / "config" / "described"
ASKED = ("deploy-window", "--system", "chatbot", "--env", "production")
FRIDAY = ("--now", "2026-11-27T15:00:00+00:00")


@pytest.fixture(autouse=True)
def described(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system whose production is closed from Friday noon until Monday."""
    monkeypatch.setattr(config.systems, "__path__", [*config.systems.__path__, str(DESCRIBED)])
    load_system.cache_clear()


def test_d12_friday_afternoon_is_refused_with_its_end_and_the_way_around(cambium: Command) -> None:
    result = cambium(*ASKED, *FRIDAY)

    assert result.exit_code == ExitCode.CLOSED
    said = " ".join(result.stderr.split())
    assert "chatbot production is not deployed until Monday 2026-11-30 00:00 UTC" in said
    assert "--override" in said


def test_d12_a_reason_opens_it_and_is_said(cambium: Command) -> None:
    result = cambium(*ASKED, *FRIDAY, "--override", "customers cannot log in")

    assert result.exit_code == ExitCode.OK
    said = " ".join(result.stdout.split())
    assert "although it is closed until Monday 2026-11-30 00:00 UTC, because: customers cannot log in" in said


@pytest.mark.parametrize("reason", ["", "asap"])
def test_d12_a_reason_says_something(cambium: Command, reason: str) -> None:
    result = cambium(*ASKED, *FRIDAY, "--override", reason)

    assert result.exit_code == ExitCode.CONFIGURATION
    assert "--override must say why in 10 characters or more" in " ".join(result.stderr.split())


def test_d12_a_workday_is_open(cambium: Command) -> None:
    assert cambium(*ASKED, "--now", "2026-11-26T15:00:00+00:00").exit_code == ExitCode.OK


def test_d12_a_workflow_gets_moments_in_utc(cambium: Command) -> None:
    result = cambium(*ASKED, *FRIDAY, "--json")

    assert result.exit_code == ExitCode.OK
    assert json.loads(result.stdout)[0] == {"since": "2026-11-27T12:00:00Z", "until": "2026-11-30T00:00:00Z"}


def test_d12_a_moment_has_a_zone(cambium: Command) -> None:
    result = cambium(*ASKED, "--now", "2026-11-27 15:00")

    assert result.exit_code == ExitCode.CONFIGURATION
    assert "--now must be a moment with its zone" in " ".join(result.stderr.split())
