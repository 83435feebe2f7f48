"""Prose and tables as Markdown, laid out so that the source reads well too."""

import textwrap
from collections.abc import Sequence

LINE_LENGTH = 110
BORDER = len(" | ")


def paragraph(text: str) -> str:
    """Prose in lines that fit."""
    return textwrap.fill(text, LINE_LENGTH, break_long_words=False, break_on_hyphens=False)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is words and whose others are numbers.

    What would not fit in a line is cut from the widest column.

    Raises:
        ValueError: a row has more or fewer cells than the header.
    """
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"each row must have {len(header)} cells, got {len(row)}: {row}")
    cells = _fitting([[_plain(cell) for cell in row] for row in (header, *rows)])
    widths = _widths(cells)
    rule = [("-" * width if not column else "-" * (width - 1) + ":") for column, width in enumerate(widths)]
    return "\n".join(_line(row, widths) for row in [cells[0], rule, *cells[1:]])


def _fitting(cells: list[list[str]]) -> list[list[str]]:
    widths = _widths(cells)
    too_many = sum(widths) + BORDER * len(widths) + 1 - LINE_LENGTH
    if too_many <= 0:
        return cells
    widest = widths.index(max(widths))
    room = widths[widest] - too_many
    return [
        [_cut(cell, room) if column == widest else cell for column, cell in enumerate(row)] for row in cells
    ]


def _cut(cell: str, room: int) -> str:
    return cell if len(cell) <= room else cell[: max(0, room - 3)].rstrip() + "..."


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(3, *map(len, column)) for column in zip(*cells, strict=True)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.rjust(width) if column else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return f"| {' | '.join(padded)} |"


def _plain(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")
