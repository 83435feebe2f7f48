"""The page is written for a run in which nothing failed, and for no other."""

from pathlib import Path

import pytest

from bench import __main__ as command
from bench import machine, markdown
from bench.parts import PARTS
from bench.section import Section, not_measured

GOOD = Section(title="Synthesis", meaning="CPU seconds.", header=["App", "CPU"], rows=[["ours", "5.90"]])
LEFT_OUT = not_measured("Test suite by part", "left out by --no-suite")


def _failing(*_: object) -> list[Section]:
    return [Section(title="Suite", meaning="", header=["Part"], rows=[["ops"]], flaw="1 failed: b")]


def test_a_run_without_failures_is_published_in_lines_that_fit(tmp_path: Path) -> None:
    page = tmp_path / "page.md"

    assert command.publish(page, [GOOD, LEFT_OUT], {"Processor": "p" * 200}, "make bench") == 0
    assert "left out by --no-suite" in page.read_text()
    assert max(map(len, page.read_text().splitlines())) <= markdown.LINE_LENGTH


def test_a_failing_run_leaves_the_page_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text("before")

    assert command.publish(page, [GOOD, *_failing()], {"Python": "3.11"}, "make bench") == 1
    assert page.read_text() == "before"
    assert "Suite: 1 failed: b" in capsys.readouterr().err


def test_a_part_that_cannot_be_measured_is_a_flaw(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    broken = not_measured("up", "the message was printed", flaw="could not be measured")

    assert command.publish(page, [GOOD, broken], {"Python": "3.11"}, "make bench") == 1
    assert not page.exists()


def test_without_the_suite_the_other_parts_run_and_the_page_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[str] = []
    published: list[Section] = []

    def record(name: str) -> list[Section]:
        ran.append(name)
        return [GOOD]

    def publish(_path: Path, sections: list[Section], _facts: object, told: str) -> int:
        published.extend(sections)
        assert told == "python -m bench --no-suite"
        return 0

    monkeypatch.setattr("sys.argv", ["bench", "--no-suite"])
    monkeypatch.setattr(command, "publish", publish)
    monkeypatch.setattr(machine, "facts", lambda _workspace: {})
    for part in list(PARTS):
        monkeypatch.setitem(PARTS, part, lambda *_, name=part: record(name))

    assert command.main() == 0
    assert ran == [*PARTS][:-1]
    assert published == [*[GOOD] * len(ran), LEFT_OUT]


def test_one_part_that_fails_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--part", "tests"])
    monkeypatch.setattr(machine, "facts", lambda _workspace: {})
    monkeypatch.setitem(PARTS, "tests", _failing)

    assert command.main() == 1


def test_leaving_out_the_suite_and_choosing_parts_do_not_go_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--part", "up", "--no-suite"])

    with pytest.raises(SystemExit):
        command.main()
