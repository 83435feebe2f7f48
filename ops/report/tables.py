"""The look of every table: a title, a thin head, no frames, at most 100 columns."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

Cell = str | Text


def table(*columns: str, right: Iterable[str] = (), keep: Iterable[str] = ()) -> Table:
    """An empty table; columns in ``right`` hold numbers, those in ``keep`` are never wrapped."""
    made = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, show_edge=False)
    for column in columns:
        made.add_column(
            column,
            justify="right" if column in set(right) else "left",
            no_wrap=column in set(keep),
            overflow="fold",
        )
    return made


def wide(console: Console, content: Table) -> None:
    """A table as wide as what it holds, so that its addresses stay whole and can be copied."""
    console.width = max(console.width, console.measure(content).maximum)
    console.print(content)


def heading(console: Console, title: str) -> None:
    """The title of a part of a report."""
    console.print(f"\n[bold]{escape(title)}[/]")


def section(console: Console, title: str, content: Table) -> None:
    """A part of a report that is one table."""
    heading(console, title)
    console.print(content)


def entry(console: Console, title: str, remark: str, value: str) -> None:
    """Something with a long name: what it is on one line, the name below, whole and easy to copy."""
    console.print(f"{escape(title)}  [dim]{escape(remark)}[/]")
    console.print(f"  {escape(value)}", soft_wrap=True)


def good(text: str) -> Text:
    """Something that is as it should be."""
    return Text(text, style="green")


def bad(text: str) -> Text:
    """Something that is not."""
    return Text(text, style="bold red")


def faint(text: str) -> Text:
    """Something that matters less."""
    return Text(text, style="dim")
