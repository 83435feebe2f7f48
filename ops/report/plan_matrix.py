"""The matrix of all steps: what people look at before they read."""

import io
import re
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
    "+": (Verdict.CREATES,),
    "~": (Verdict.IN_PLACE,),
    "!": (Verdict.INTERRUPTS,),
    "±": (Verdict.MAY_REPLACE, Verdict.REPLACES),
    "-": (Verdict.DELETES, Verdict.ORPHANS, Verdict.MOVES),
}
"""The verdicts that each sign counts."""
SIGNS = {"+": "green", "~": "green", "!": "yellow", "±": "cyan", "-": "magenta"}
LEGEND = "+ new   ~ in place   ! interrupted   ± made anew   - gone"
PICTURE_WIDTH = 96
ELSEWHERE = re.compile(r"\s*@font-face \{.*?\n\s*\}|\s*<!-- .*? -->", re.DOTALL)
"""What of the drawing speaks of other places: fonts to fetch, and who drew it."""


def show_matrix(console: Console, rows: Iterable[Row]) -> None:
    """A coloured line for each step, and what the signs mean."""
    console.print(matrix(rows))
    console.print(Text(LEGEND, style="dim"))


def picture(rows: Iterable[Row]) -> str:
    """The same as an SVG, for a page that people look at before they read it."""
    console = Console(record=True, width=PICTURE_WIDTH, file=io.StringIO(), force_terminal=True)
    show_matrix(console, rows)
    # Nothing is fetched by whoever looks at it: the reader's own monospaced font does.
    return ELSEWHERE.sub("", console.export_svg(title="cambium plan --all", unique_id="plan"))


def matrix(rows: Iterable[Row]) -> Table:
    """The table itself; each environment has a line of its own above its steps."""
    content = table("step", "verdict", "resources", "data", keep=("step", "verdict", "resources", "data"))
    last = ("", "")
    for row in rows:
        place = (row.system, row.environment)
        if place != last:
            content.add_row(Text(" ".join(place), style="bold"), "", "", "")
        last = place
        content.add_row(f"  {row.words}", verdict(row), _resources(row.plan), _data(row.plan))
    return content


def _resources(plan: Plan) -> Text:
    counted = [(sign, sum(one.verdict in those for one in plan.changes)) for sign, those in COUNTED.items()]
    parts = [Text(f"{sign}{number}", style=SIGNS[sign]) for sign, number in counted if number]
    return Text(" ").join(parts) if parts else Text("nothing changes", style="dim")


def _data(plan: Plan) -> Text:
    """Whether all that holds data is still what is used."""
    if plan.losses:
        return Text(f"{len(plan.losses)} lost", style="bold red")
    return Text("kept", style="green")


def verdict(row: Row) -> Text:
    """Such as ``safe``; a way back that AWS refuses in part says that the data stays."""
    code = row.plan.outcome
    if row.kept and code == ExitCode.REFUSED:
        return Text("data kept, part refused", style="yellow")
    return Text(OUTCOMES[code], style=STYLES[code])


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
