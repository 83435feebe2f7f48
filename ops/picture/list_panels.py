"""Measures and draws the lists beside the network."""

from ops.picture.geometry import Box
from ops.picture.glyphs import draw_glyph
from ops.picture.panels import PAD, base
from ops.picture.svg import Drawing
from ops.picture.theme import LINE, width_of, wrapped
from ops.picture.things import Entry, Section


def section_height(section: Section, width: float) -> float:
    """What a list needs at that width."""
    return 2 * PAD + LINE["h3"] + 2 + sum(_entry_height(entry, width) for entry in section.entries)


def _entry_height(entry: Entry, width: float) -> float:
    """What a line of a list needs."""
    return len(_entry_lines(entry, width)) * LINE["body"] + 5


def _entry_lines(entry: Entry, width: float) -> list[tuple[str, str, str]]:
    """Text, colour, and the note that fits beside it."""
    inner = width - 2 * PAD
    beside = " ".join([entry.text, *entry.notes])
    if len(entry.notes) == 1 and width_of(beside, "body") + 8 <= inner:
        return [(entry.text, "ink", entry.notes[0])]
    told = [(line, "ink", "") for line in wrapped(entry.text, inner, "body")]
    return told + [(line, "soft", "") for note in entry.notes for line in wrapped(note, inner, "body")]


def draw_section(drawing: Drawing, section: Section, box: Box) -> dict[str, float]:
    """A list; returns the height each entry is at."""
    drawing.rect("panels", box, f"{section.hue}-panel")
    sign = section.entries[0].part
    draw_glyph(drawing, drawing.part("nodes", "sign"), sign, (box.right - 9, box.y + 8), section.hue)
    y = box.y + PAD - 2
    drawing.text("panels", (box.x + PAD, y + base("h3")), section.title, "h3", colour=f"{section.hue}-ink")
    y += LINE["h3"] + 4
    found = {}
    for entry in section.entries:
        group = drawing.part("nodes", entry.part, "; ".join([entry.text, *entry.notes]))
        found[entry.part] = y + LINE["body"] / 2
        for line, colour, note in _entry_lines(entry, box.width):
            drawing.text(group, (box.x + PAD, y + base("body")), line, colour=colour, note=note)
            y += LINE["body"]
        y += 5
    return found
