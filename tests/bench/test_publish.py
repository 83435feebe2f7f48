"""The page is written for a part in which nothing failed, and for no other; the other parts stay."""

import sys
from datetime import date
from pathlib import Path

import pytest

from bench import __main__ as command
from bench import machine, markdown
from bench.parts import PARTS
from bench.process import MeasurementError
from bench.record import Record
from bench.section import Section
from ops.workspace import Workspace

GOOD = Section(title="Synthesis", meaning="CPU seconds.", header=["App", "CPU"], rows=[["ours", "5.90"]])
BAD = Section(title="Suite", meaning="", header=["Part"], rows=[["ops"]], flaw="1 failed: b")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty checkout, which is the one that is measured."""
    workspace = Workspace(tmp_path)
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(command, "here", lambda: workspace)
    monkeypatch.setattr(machine, "facts", lambda _workspace: {"Processor": "p" * 200})
    for part in list(PARTS):
        monkeypatch.setitem(PARTS, part, lambda *_: [GOOD])
    return workspace


def _record(*sections: Section, part: str = "synthesis") -> Record:
    return Record(
        part=part, measured_on=date(2026, 11, 20), command="make bench", facts={}, sections=sections
    )


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])
    return command.main()


def _page(checkout: Workspace) -> Path:
    return checkout.root / command.PAGE


def test_a_run_without_failures_is_published_in_lines_that_fit(
    checkout: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _run(monkeypatch) == 0
    assert _page(checkout).read_text().count("## Synthesis") == len(PARTS)
    assert max(map(len, _page(checkout).read_text().splitlines())) <= markdown.LINE_LENGTH


def test_measuring_one_part_leaves_the_others_on_the_page(
    checkout: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(monkeypatch, "--part", "up")
    monkeypatch.setitem(PARTS, "plan", lambda *_: [Section(title="New", meaning="", header=["a"], rows=[])])

    assert _run(monkeypatch, "--part", "plan") == 0
    assert "make bench PART=up" in _page(checkout).read_text()
    assert "## New" in _page(checkout).read_text()


def test_a_failing_part_leaves_the_page_as_it_was(
    checkout: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not command.publish(checkout, _record(GOOD), quick=False)
    before = _page(checkout).read_text()

    assert command.publish(checkout, _record(GOOD, BAD), quick=False)
    assert _page(checkout).read_text() == before
    assert "Suite: 1 failed: b" in capsys.readouterr().err


def test_a_part_that_cannot_be_measured_is_no_success_and_the_next_is_measured(
    checkout: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> list[Section]:
        raise MeasurementError("no bucket")

    monkeypatch.setitem(PARTS, "up", broken)

    assert _run(monkeypatch, "--part", "up", "--part", "plan") == 1
    assert "up: no bucket" in capsys.readouterr().err
    assert "make bench PART=plan" in _page(checkout).read_text()


def test_a_quick_run_is_not_published(checkout: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(monkeypatch, "--quick") == 0
    assert not _page(checkout).exists()
