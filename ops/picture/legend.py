"""What the colours and the lines mean."""

from typing import Literal

from ops.picture.geometry import Box
from ops.picture.svg import Drawing
from ops.picture.theme import KINDS, SIZES, Hue, width_of

LINES: tuple[tuple[Literal["solid", "dashed", "dotted"], Hue, str], ...] = (
    ("solid", "network", "may connect, on these ports"),
    ("dotted", "outside", "AWS connects"),
    ("dashed", "data", "AWS copies"),
)
SWATCH, APART = 16.0, 20.0


def draw_legend(drawing: Drawing, at: Box) -> float:
    """One or two lines; returns its lower edge."""
    group = drawing.part("labels", "legend")
    x, y = at.x + 4, at.y + 12
    for hue, words in KINDS.items():
        drawing.rect(group, Box(x, y - 12, SWATCH, 14), f"{hue}-panel", radius=4)
        x += SWATCH + 6
        drawing.text(group, (x, y), words, colour="soft")
        x += width_of(words, "body") + APART
    x, y = at.x + 4, y + 24
    for kind, line_hue, words in LINES:
        middle = y - SIZES["body"] * 0.35
        drawing.line(group, [(x, middle), (x + 34, middle)], line_hue, kind=kind, head=kind != "dotted")
        drawing.text(group, (x + 42, y), words, colour="soft")
        x += 42 + width_of(words, "body") + APART
    drawing.text(
        group, (at.right - 4, y), "Where there is no line, nothing can connect.", colour="soft", anchor="end"
    )
    return y
