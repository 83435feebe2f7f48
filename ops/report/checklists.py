"""The table of a checklist."""

from rich.console import Console
from rich.text import Text

from ops.growth.checklist import Checklist
from ops.growth.steps import State
from ops.report.tables import faint, good, section, table


def show_checklist(console: Console, checklist: Checklist) -> None:
    """Every step with its state and what was found."""
    content = table("", "step", "state", "found", right=[""], keep=["step", "state"])
    for number, one in enumerate(checklist.ticked, start=1):
        content.add_row(str(number), one.step.title, _state(one.finding.state), one.finding.found)
    section(console, f"Growing, {checklist.shard}", content)


def _state(state: State) -> Text:
    return {"done": good, "open": faint, "under way": Text}[state](state)
