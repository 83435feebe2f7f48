"""``cambium cost``: what a person and a program are told."""

import json
from dataclasses import replace

import pytest

from ops.assembly.target import Target
from ops.commands import cost
from ops.cost.before import bill_then
from ops.cost.bill import bill_of
from ops.cost.reading import Reading
from ops.outcome import ExitCode
from ops.plan.side import Side
from ops.report.cost_markdown import bill_markdown
from ops.testing import Command
from support.bills import bill, reading_of
from support.synths import Synths

STAGING = ("--system", "restartix-fargate", "--env", "staging")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, synths: Synths) -> None:
    """The templates that other tests look at, instead of making them again."""
    names = {"staging": "pooled_staging", "dev": "chatbot_dev", "production": "reptidex_production"}

    def read(_workspace: object, target: Target) -> Reading:
        return reading_of(synths, names[target.environment])

    monkeypatch.setattr(cost, "read", read)


def test_b11_a_bill_above_its_budget_ends_with_a_code_of_its_own(
    cambium: Command, monkeypatch: pytest.MonkeyPatch, synths: Synths
) -> None:
    reading = reading_of(synths, "pooled_staging")
    tight = replace(reading, deployment=reading.deployment.model_copy(update={"monthly_budget_usd": 60}))
    monkeypatch.setattr(cost, "read", lambda _workspace, _target: tight)

    answer = cambium("cost", *STAGING)

    assert answer.exit_code == ExitCode.OVER_BUDGET
    assert "above its budget of $60 at the least" in " ".join(answer.stdout.split())


@pytest.mark.usefixtures("asked")
def test_b11_staging_as_it_is_described_ends_well(cambium: Command) -> None:
    assert cambium("cost", *STAGING).exit_code == ExitCode.OK


@pytest.mark.usefixtures("asked")
def test_a_bill_within_its_budget_ends_well(cambium: Command) -> None:
    assert cambium("cost", "--system", "chatbot", "--env", "dev").exit_code == ExitCode.OK


@pytest.mark.usefixtures("asked")
def test_what_is_unknown_is_called_so_and_the_sum_at_least(cambium: Command) -> None:
    shown = cambium("cost", "--system", "chatbot", "--env", "dev").stdout

    assert "at least $" in shown
    assert "1 of" in shown
    kept = next(line for line in shown.splitlines() if line.lstrip().startswith("backups of files"))
    assert kept.split()[-4:] == ["unknown", "unknown", "unknown", "??"]


@pytest.mark.usefixtures("asked")
def test_a_program_gets_null_for_what_is_unknown(cambium: Command) -> None:
    told = json.loads(cambium("cost", "--system", "chatbot", "--env", "dev", "--json").stdout)

    files = next(line for line in told["lines"] if line["what"] == "backups of files")
    assert (files["unit_usd"], files["low_usd"], files["high_usd"]) == (None, None, None)
    assert told["complete"] is False
    assert all(line["source"] and line["date"] for line in told["lines"] if line["unit_usd"] is not None)


@pytest.mark.usefixtures("asked")
def test_c14_the_saving_of_the_schedule_is_shown(cambium: Command) -> None:
    shown = cambium("cost", "--system", "chatbot", "--env", "dev").stdout

    assert "the schedule (awake 108 of 168 hours a week) saves $" in shown


@pytest.mark.usefixtures("asked")
def test_c18_twelve_months_and_commitments_are_shown_on_request(cambium: Command) -> None:
    words = ("--projection", "--growth", "10", "--savings-plans")

    shown = cambium("cost", "--system", "reptidex", "--env", "production", *words).stdout

    assert "x 2.85" in shown, "1.1 to the power of 11"
    assert "a year" in shown
    assert "Compute Savings Plan" in shown
    assert "unknown" in shown


def test_a_pull_request_is_shown_what_becomes_dearer(synths: Synths) -> None:
    before, after = bill(synths, "pooled_production"), bill(synths, "pooled_phase_two")

    shown = bill_markdown(after, before)

    assert "| database | $" in shown
    assert "| +$" in shown
    assert "| security | $" not in shown.split("<details>")[0], "what stays is not repeated"


def test_a_pull_request_that_costs_nothing_says_so(synths: Synths) -> None:
    same = bill_of(reading_of(synths, "pooled_production"))

    assert "It costs what it did before." in bill_markdown(same, same)


def test_templates_without_a_schedule_were_awake_all_week(synths: Synths) -> None:
    reading = reading_of(synths, "reptidex_dev")
    awake = replace(
        reading, side=Side.of(one for one in reading.side.stacks.values() if "hours" not in one.name)
    )

    assert bill_then(reading).total("low") == bill_of(reading).total("low")
    assert bill_then(awake).total("low") > bill_of(reading).total("low") + 100


def test_a_revision_is_compared_in_markdown_only(cambium: Command) -> None:
    answer = cambium("cost", *STAGING, "--base", "HEAD")

    assert answer.exit_code == ExitCode.USAGE
    assert "--base needs --markdown" in answer.stderr


@pytest.mark.usefixtures("asked")
def test_a_pull_request_is_shown_each_line_with_how_far_to_trust_it(cambium: Command) -> None:
    shown = cambium("cost", "--system", "chatbot", "--env", "dev", "--markdown").stdout

    assert shown.startswith("### What a month of `chatbot dev, phase 1` costs\n")
    assert "| storage | backups of files (eu-west-1) | 10 | unknown | unknown | unknown | unknown |" in shown
