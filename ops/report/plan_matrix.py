"""The matrix of all steps: what people look at before they read."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ops.outcome import ExitCode
from ops.plan.matrix import Row
from ops.plan.prover import Plan
from ops.plan.verdict import Verdict
from ops.plan.words import OUTCOMES
from ops.report.tables import table

STYLES = {
    ExitCode.OK: "green",
    ExitCode.REFUSED: "yellow",
    ExitCode.MAY_LOSE_DATA: "bold yellow",
    ExitCode.LOSES_DATA: "bold red",
}
COUNTED = {
    "new": (Verdict.CREATES,),
    "in place": (Verdict.IN_PLACE,),
    "interrupted": (Verdict.INTERRUPTS,),
    "replaced": (Verdict.MAY_REPLACE, Verdict.REPLACES),
    "gone": (Verdict.DELETES, Verdict.ORPHANS, Verdict.MOVES),
}
"""The columns of numbers, and the verdicts they count."""


def show_matrix(console: Console, rows: Iterable[Row]) -> None:
    """A coloured line for each step."""
    console.print(matrix(rows))


def matrix(rows: Iterable[Row]) -> Table:
    """The table itself."""
    content = table(
        "system", "environment", "step", "", "verdict", *COUNTED, "data", right=[*COUNTED, "data"]
    )
    last = ""
    for row in rows:
        name = "" if row.system == last else row.system
        last = row.system
        content.add_row(
            name,
            row.environment,
            row.words,
            row.kind,
            verdict(row),
            *_numbers(row.plan),
            _untouched(row.plan),
        )
    return content


def verdict(row: Row) -> Text:
    """Such as ``safe``; a way back that AWS refuses in part says that the data stays."""
    code = row.plan.outcome
    if row.kept and code == ExitCode.REFUSED:
        return Text("keeps data, not all sizes", style="yellow")
    return Text(OUTCOMES[code], style=STYLES[code])


def _numbers(plan: Plan) -> list[str]:
    found = [sum(one.verdict in verdicts for one in plan.changes) for verdicts in COUNTED.values()]
    return [str(number) if number else "·" for number in found]


def _untouched(plan: Plan) -> str:
    """How many resources hold data, and how many of them are no longer what is used."""
    return f"-{len(plan.losses)}" if plan.losses else "kept"


def matrix_markdown(rows: Iterable[Row]) -> str:
    """The same for a pull request."""
    lines = ["| system | environment | step | verdict | changes |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        mark = "✅" if row.kept else "🛑"
        lines.append(
            f"| {row.system} | {row.environment} | {row.words} | {mark} {verdict(row).plain} | "
            f"{len(row.plan.changes)} |"
        )
    return "\n".join(lines) + "\n"
