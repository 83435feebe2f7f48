"""Measures and draws cards, and rows of cards."""

from itertools import zip_longest
from math import ceil

from ops.picture.geometry import Box
from ops.picture.glyphs import draw_glyph
from ops.picture.svg import Drawing
from ops.picture.theme import LINE, SIZES, Style, width_of, wrapped
from ops.picture.things import Card, Row

PAD = 10.0
GAP = 10.0
MOST_COLUMNS = 3
SIGN = 18.0
"""What a title leaves free for the outline beside it."""


def card_height(card: Card, width: float) -> float:
    """What it needs at that width."""
    inner = width - 2 * PAD
    lines = sum(len(wrapped(line, inner, "body")) for line in card.lines)
    return 2 * PAD - 4 + len(wrapped(card.title, inner - SIGN, "h3")) * LINE["h3"] + lines * LINE["body"]


def draw_card(drawing: Drawing, card: Card, box: Box) -> None:
    """A white box with its title and facts."""
    group = drawing.part("nodes", card.part, f"{card.title}: {', '.join(card.lines)}")
    drawing.rect(group, box, f"{card.hue}-card", radius=6)
    draw_glyph(drawing, group, card.part, (box.right - 8, box.y + 8), card.hue)
    y = box.y + PAD - 2
    texts: list[tuple[str, Style, str]] = [
        (card.title, "h3", "ink"),
        *((t, "body", "soft") for t in card.lines),
    ]
    for text, style, colour in texts:
        room = box.width - 2 * PAD - (SIGN if style == "h3" else 0)
        for line in wrapped(text, room, style):
            drawing.text(group, (box.x + PAD, y + base(style)), line, style, colour=colour)
            y += LINE[style]


def base(style: Style) -> float:
    """From the top of a line of text to its base line."""
    return LINE[style] / 2 + SIZES[style] * 0.36


def _per_line(cards: int) -> int:
    """Cards side by side; four are two and two."""
    lines = ceil(cards / MOST_COLUMNS)
    return ceil(cards / lines)


def row_height(row: Row, box: Box) -> float:
    """What a row needs in the width of ``box``."""
    head = PAD * 2 - 4 + _title_lines(row, box.width) * LINE["h3"]
    heights = _heights(row, box)
    return head + sum(heights) + GAP * (len(heights) - 1) + 4 if heights else head


def _title_lines(row: Row, width: float) -> int:
    fits = width_of(row.title, "h3") + 12 + width_of(row.note, "body") <= width - 2 * PAD
    return 1 if fits or not row.note else 1 + len(wrapped(row.note, width - 2 * PAD, "body"))


def _columns(box: Box, count: int) -> list[Box]:
    return Box(box.x + PAD, box.y, box.width - 2 * PAD, 0).columns(count, GAP)


def _lines(row: Row) -> list[tuple[Card | None, ...]]:
    """Its cards line by line: those of zones each in its zone's column."""
    if row.zones:
        return list(zip_longest(*row.zones))
    each = _per_line(len(row.cards)) if row.cards else 1
    return [row.cards[start : start + each] for start in range(0, len(row.cards), each)]


def _grid(row: Row, box: Box) -> list[Box]:
    lines = _lines(row)
    return _columns(box, len(lines[0]) if lines else 1)


def _heights(row: Row, box: Box) -> list[float]:
    width = _grid(row, box)[0].width
    return [max(card_height(card, width) for card in line if card) for line in _lines(row)]


def draw_row(drawing: Drawing, row: Row, box: Box) -> None:
    """A frame with its title, and its cards in a grid or in the columns of the zones."""
    group = drawing.part("panels", f"party:{row.party}", f"{row.title}: {row.note}")
    drawing.rect(group, box, f"{row.hue}-panel")
    y = box.y + PAD - 2
    beside = _title_lines(row, box.width) == 1
    at = (box.x + PAD, y + base("h3"))
    note = row.note if beside else ""
    drawing.text(group, at, row.title, "h3", colour=f"{row.hue}-ink", note=note)
    for words in [] if beside else wrapped(row.note, box.width - 2 * PAD, "body"):
        y += LINE["h3"]
        drawing.text(group, (at[0], y + base("h3")), words, colour="soft")
    top = box.y + PAD * 2 - 4 + _title_lines(row, box.width) * LINE["h3"] - 6
    columns = _grid(row, box)
    for line, height in zip(_lines(row), _heights(row, box), strict=True):
        for card, column in zip(line, columns, strict=False):
            if card is not None:
                draw_card(drawing, card, Box(column.x, top, column.width, height))
        top += height + GAP
