"""Measures and draws cards, rows and lists: the same paddings everywhere."""

from math import ceil

from ops.picture.geometry import Box
from ops.picture.svg import Drawing
from ops.picture.theme import LINE, SIZES, Style, width_of, wrapped
from ops.picture.things import Card, Entry, Row, Section

PAD = 10.0
GAP = 10.0
MOST_COLUMNS = 3


def card_height(card: Card, width: float) -> float:
    """What it needs at that width."""
    inner = width - 2 * PAD
    lines = sum(len(wrapped(line, inner, "body")) for line in card.lines)
    return 2 * PAD - 4 + len(wrapped(card.title, inner, "h3")) * LINE["h3"] + lines * LINE["body"]


def draw_card(drawing: Drawing, card: Card, box: Box) -> None:
    """A white box with its title and facts."""
    group = drawing.part("nodes", card.part, f"{card.title}: {', '.join(card.lines)}")
    drawing.rect(group, box, f"{card.hue}-card", radius=6)
    y = box.y + PAD - 2
    texts: list[tuple[str, Style, str]] = [
        (card.title, "h3", "ink"),
        *((t, "body", "soft") for t in card.lines),
    ]
    for text, style, colour in texts:
        for line in wrapped(text, box.width - 2 * PAD, style):
            drawing.text(group, (box.x + PAD, y + _base(style)), line, style, colour=colour)
            y += LINE[style]


def _base(style: Style) -> float:
    return LINE[style] / 2 + SIZES[style] * 0.36


def _per_line(cards: int) -> int:
    """Cards side by side; four are two and two."""
    lines = ceil(cards / MOST_COLUMNS)
    return ceil(cards / lines)


def row_height(row: Row, box: Box, zones: list[Box]) -> float:
    """What a row needs in the width of ``box``."""
    head = PAD * 2 - 4 + _title_lines(row, box.width) * LINE["h3"]
    if row.cards:
        return head + _grid_height(row, box) + 4
    tallest = max((_column_height(row.zones[i], zones[i].width - 2 * PAD) for i in _used(row)), default=0)
    return head + tallest + 4 if tallest else head


def _title_lines(row: Row, width: float) -> int:
    fits = width_of(row.title, "h3") + 12 + width_of(row.note, "body") <= width - 2 * PAD
    return 1 if fits or not row.note else 1 + len(wrapped(row.note, width - 2 * PAD, "body"))


def _used(row: Row) -> list[int]:
    return [index for index, cards in enumerate(row.zones) if cards]


def _grid(row: Row, width: float) -> list[tuple[Card, ...]]:
    each = _per_line(len(row.cards))
    return [row.cards[start : start + each] for start in range(0, len(row.cards), each)]


def _grid_height(row: Row, box: Box) -> float:
    columns = box.inset(PAD).columns(_per_line(len(row.cards)), GAP)
    tallest = [max(card_height(card, columns[0].width) for card in line) for line in _grid(row, box.width)]
    return sum(tallest) + GAP * (len(tallest) - 1)


def _column_height(cards: tuple[Card, ...], width: float) -> float:
    return sum(card_height(card, width) for card in cards) + GAP * (len(cards) - 1)


def draw_row(drawing: Drawing, row: Row, box: Box, zones: list[Box]) -> None:
    """A frame with its title, and its cards in a grid or in the columns of the zones."""
    group = drawing.part("panels", f"party:{row.party}", f"{row.title}: {row.note}")
    drawing.rect(group, box, f"{row.hue}-panel")
    y = box.y + PAD - 2
    drawing.text(group, (box.x + PAD, y + _base("h3")), row.title, "h3", colour=f"{row.hue}-ink")
    if row.note:
        _draw_note(drawing, row, box, y)
    top = box.y + PAD * 2 - 4 + _title_lines(row, box.width) * LINE["h3"] - 6
    if row.cards:
        _draw_grid(drawing, row, box, top)
    for index in _used(row):
        y = top
        column = zones[index]
        for card in row.zones[index]:
            height = card_height(card, column.width - 2 * PAD)
            draw_card(drawing, card, Box(column.x + PAD, y, column.width - 2 * PAD, height))
            y += height + GAP


def _draw_note(drawing: Drawing, row: Row, box: Box, y: float) -> None:
    beside = _title_lines(row, box.width) == 1
    x = box.x + PAD + (width_of(row.title, "h3") + 8 if beside else 0)
    for line in [row.note] if beside else wrapped(row.note, box.width - 2 * PAD, "body"):
        y += 0 if beside else LINE["h3"]
        drawing.text("panels", (x, y + _base("h3")), line, colour="soft")


def _draw_grid(drawing: Drawing, row: Row, box: Box, y: float) -> None:
    columns = Box(box.x + PAD, 0, box.width - 2 * PAD, 0).columns(_per_line(len(row.cards)), GAP)
    for line in _grid(row, box.width):
        height = max(card_height(card, columns[0].width) for card in line)
        for card, column in zip(line, columns, strict=False):
            draw_card(drawing, card, Box(column.x, y, column.width, height))
        y += height + GAP


def section_height(section: Section, width: float) -> float:
    """What a list needs at that width."""
    return 2 * PAD + LINE["h3"] + 2 + sum(entry_height(entry, width) for entry in section.entries)


def entry_height(entry: Entry, width: float) -> float:
    """What a line of a list needs."""
    return len(_entry_lines(entry, width)) * LINE["body"] + 5


def _entry_lines(entry: Entry, width: float) -> list[tuple[str, str]]:
    inner = width - 2 * PAD
    told = [(line, "ink") for line in wrapped(entry.text, inner, "body")]
    return told + [(line, "soft") for note in entry.notes for line in wrapped(note, inner, "body")]


def draw_section(drawing: Drawing, section: Section, box: Box) -> dict[str, float]:
    """A list; returns the height each entry is at."""
    drawing.rect("panels", box, f"{section.hue}-panel")
    y = box.y + PAD - 2
    drawing.text("panels", (box.x + PAD, y + _base("h3")), section.title, "h3", colour=f"{section.hue}-ink")
    y += LINE["h3"] + 4
    found = {}
    for entry in section.entries:
        group = drawing.part("nodes", entry.part, "; ".join([entry.text, *entry.notes]))
        found[entry.part] = y + LINE["body"] / 2
        for line, colour in _entry_lines(entry, box.width):
            drawing.text(group, (box.x + PAD, y + _base("body")), line, colour=colour)
            y += LINE["body"]
        y += 5
    return found
