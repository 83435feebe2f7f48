"""A part of the report: what was measured, what the numbers mean, and the table."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from bench import markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table with its explanation."""

    title: str
    meaning: str
    """One sentence or a few: what a number in the table says."""
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    flaw: str | None = None
    """Why a page with this section must not be published."""

    def as_markdown(self) -> str:
        """For the page."""
        table = markdown.table(self.header, self.rows)
        return f"## {self.title}\n\n{markdown.paragraph(self.meaning)}\n\n{table}\n"

    def as_table(self) -> Table:
        """For the terminal."""
        shown = Table(title=self.title, title_justify="left")
        for number, name in enumerate(self.header):
            shown.add_column(name, justify="right" if number else "left", overflow="fold")
        for row in self.rows:
            shown.add_row(*row)
        return shown


def not_measured(title: str, reason: str, flaw: str | None = None) -> Section:
    """In place of a part that was left out or failed: its absence must not look like a zero."""
    return Section(
        title=title, meaning="Not measured in this run.", header=["Reason"], rows=[[reason]], flaw=flaw
    )
