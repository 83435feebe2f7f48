"""Small outlines, one for each kind of thing: nobody's trademark, and the same size everywhere."""

from xml.etree.ElementTree import Element

from ops.picture.geometry import Point
from ops.picture.svg import Drawing, number
from ops.picture.theme import Hue

SIZE = 18.0

# In a square of 18 by 18.
OUTLINES = {
    "service": "M9 1.5 L15.5 5 V13 L9 16.5 L2.5 13 V5 Z M2.5 5 L9 8.5 L15.5 5 M9 8.5 V16.5",
    "database": "M3 4 C3 0.8 15 0.8 15 4 V14 C15 17.2 3 17.2 3 14 Z M3 4 C3 7.2 15 7.2 15 4 "
    "M3 9 C3 12.2 15 12.2 15 9",
    "cache": "M10.5 1.5 L3.5 10.5 H8.5 L7.5 16.5 L14.5 7.5 H9.5 Z",
    "nat": "M11 3 H2.5 V15 H11 M6.5 9 H16 M12.5 5.5 L16 9 L12.5 12.5",
    "repository": "M2 5.5 H16 V15.5 H2 Z M2 5.5 L4.5 2 H13.5 L16 5.5 M7 9 H11",
    "secret": "M10 8.5 H16.5 M14 8.5 V12 M16.5 8.5 V11 M1.5 8.5 a4.2 4.2 0 1 0 8.4 0 a4.2 4.2 0 1 0 -8.4 0",
    "queue": "M1.5 5 H5.5 V13 H1.5 Z M7 5 H11 V13 H7 Z M12.5 5 H16.5 V13 H12.5 Z",
    "alarms": "M3 13 C5 11 4 4 9 3 C14 4 13 11 15 13 Z M9 3 V1.5 M7.5 15 C8 17 10 17 10.5 15",
    "budget": "M2 9 a7 7 0 1 0 14 0 a7 7 0 1 0 -14 0 M11.5 6.5 C9.5 4.5 6 6 7 8 C7.5 9 10.5 9 11 10 "
    "C12 12 8.5 13.5 6.5 11.5 M9 4 V14",
    "record": "M4 1.5 H14 V16.5 H4 Z M6.5 5.5 H11.5 M6.5 9 H11.5 M6.5 12.5 H9.5",
    "bucket": "M2.5 4.5 C2.5 1.5 15.5 1.5 15.5 4.5 C15.5 7.5 2.5 7.5 2.5 4.5 L4.5 15 "
    "C5 17 13 17 13.5 15 L15.5 4.5",
}
OUTLINES["copy"] = OUTLINES["bucket"]


def draw_glyph(drawing: Drawing, group: Element, part: str, right_top: Point, hue: Hue) -> None:
    """The outline for ``part`` (``kind:name``), its upper right corner at ``right_top``."""
    outline = OUTLINES.get(part.partition(":")[0])
    if outline is not None:
        x, y = right_top
        place = f"translate({number(x - SIZE)} {number(y)})"
        drawing.shape(group, outline, f"{hue}-glyph", transform=place)
