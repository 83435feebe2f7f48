"""Prints what drills found, for people and for programs."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from ops.drills.catalog import DRILLS, MOVE, MOVING, REHEARSAL, RESTORE
from ops.drills.check import Check, Report, Verdict
from ops.report.tables import bad, faint, good, heading, table
from ops.report.wording import count

_MARKS = {"pass": good("pass"), "fail": bad("FAIL"), "not run": Text("not run", style="bold yellow")}


def show_names(console: Console) -> None:
    """Every drill with its question."""
    content = table("drill", "seconds", "question", right=["seconds"], keep=["drill"])
    for name, drill in DRILLS.items():
        content.add_row(name, str(drill.seconds), drill.question)
    content.add_row(RESTORE, str(REHEARSAL[1]), REHEARSAL[0])
    content.add_row(MOVING, str(MOVE[1]), MOVE[0])
    console.print(content)


def show(console: Console, report: Report, *, facts: bool = True) -> None:
    """One drill; what it ran on need not be said again when the one before has said it."""
    heading(console, f"{report.name}: {report.question}")
    for name, value in report.facts.items() if facts else ():
        console.print(f"[dim]{escape(name)}:[/] {escape(value)}")
    content = table("", "what", "expected", "measured", keep=[""])
    for check in report.checks:
        what = Text(check.what) if check.kind == "promise" else faint("contrast: ") + Text(check.what)
        content.add_row(_MARKS[check.verdict], what, check.expected, check.measured)
    console.print()
    console.print(content)
    console.print(_conclusion(report))


def as_json(reports: Iterable[Report]) -> list[dict[str, Any]]:
    """The same for a program."""
    return [{**dataclasses.asdict(report), "verdict": report.verdict} for report in reports]


def _conclusion(report: Report) -> Text:
    lines = {verdict: [one for one in report.checks if one.verdict == verdict] for verdict in _MARKS}
    if report.verdict == "pass":
        return good(f"{count(len(lines['pass']), 'line')} as expected, in {report.seconds:.0f} s")
    if report.verdict == "fail":
        return bad(_failure(lines["fail"]))
    return Text(f"{count(len(lines['not run']), 'line')} could not be tried here", style="bold yellow")


def _failure(failed: list[Check]) -> str:
    weak = [check for check in failed if check.kind == "contrast"]
    words = f"{count(len(failed), 'line')} not as expected"
    if weak:
        words += f"; the drill could not have failed, so its other lines prove nothing: {weak[0].what}"
    return words


def worst(reports: Iterable[Report]) -> Verdict:
    """The verdict on all of them."""
    found = {report.verdict for report in reports}
    return "fail" if "fail" in found else "not run" if "not run" in found else "pass"
