"""Writes SVG: what is drawn goes into layers, so that no line ever lies above text."""

from typing import Literal
from xml.etree import ElementTree

from ops.picture.geometry import Box, Point
from ops.picture.theme import SIZES, Hue, Style, css, width_of

Layer = Literal["page", "back", "panels", "lines", "nodes", "labels"]
Anchor = Literal["start", "middle", "end"]

LAYERS: tuple[Layer, ...] = ("page", "back", "panels", "lines", "nodes", "labels")
DASHES = {"solid": "", "dashed": "7 4", "dotted": "1.5 4.5"}
HEAD, HALF_HEAD = 9.0, 4.8
CORNER = 7.0


class Drawing:
    """A picture in the making."""

    def __init__(self) -> None:
        self._layers = {name: ElementTree.Element("g", {"class": name}) for name in LAYERS}

    def part(self, layer: Layer, name: str, told: str = "") -> ElementTree.Element:
        """A named group of shapes; ``told`` is what a pointer resting on it shows."""
        group = ElementTree.SubElement(self._layers[layer], "g", {"data-part": name})
        if told:
            ElementTree.SubElement(group, "title").text = told
        return group

    def rect(
        self, layer: Layer | ElementTree.Element, box: Box, look: str, radius: float = 8, dash: str = ""
    ) -> None:
        """A rounded rectangle."""
        numbers = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "rx": radius}
        given = {"class": look, **{key: number(value) for key, value in numbers.items()}}
        ElementTree.SubElement(self._at(layer), "rect", given | ({"stroke-dasharray": dash} if dash else {}))

    def text(
        self,
        layer: Layer | ElementTree.Element,
        at: Point,
        words: str,
        style: Style = "body",
        *,
        colour: str = "ink",
        anchor: Anchor = "start",
        note: str = "",
    ) -> None:
        """One line of text; ``at`` is on its base line. A ``note`` follows it, smaller."""
        given = {"x": number(at[0]), "y": number(at[1]), "class": f"{style} {colour}"}
        if anchor != "start":
            given["text-anchor"] = anchor
        line = ElementTree.SubElement(self._at(layer), "text", given)
        line.text = words
        if note:
            ElementTree.SubElement(line, "tspan", {"class": "body soft", "dx": "8"}).text = note

    def shape(self, layer: Layer | ElementTree.Element, outline: str, look: str, **more: str) -> None:
        """Any path."""
        ElementTree.SubElement(self._at(layer), "path", {"d": outline, "class": look, **more})

    def line(
        self,
        group: ElementTree.Element,
        points: list[Point],
        hue: Hue,
        *,
        kind: Literal["solid", "dashed", "dotted"] = "solid",
        head: bool = True,
    ) -> None:
        """A line with rounded corners through ``points``, with an arrow head at its end."""
        (x, y), last = points[-2], points[-1]
        dx, dy = _sign(last[0] - x), _sign(last[1] - y)
        end = (last[0] - dx * HEAD, last[1] - dy * HEAD) if head else last
        more = {"stroke-dasharray": DASHES[kind], "stroke-linecap": "round"} if DASHES[kind] else {}
        self.shape(group, _rounded([*points[:-1], end]), f"{hue}-line", **more)
        if head:
            left = (end[0] - dy * HALF_HEAD, end[1] + dx * HALF_HEAD)
            right = (end[0] + dy * HALF_HEAD, end[1] - dx * HALF_HEAD)
            corners = " L".join(_pair(point) for point in (left, last, right))
            self.shape(group, f"M{corners} Z", f"{hue}-ink")

    def pill(self, at: Point, words: str, hue: Hue) -> None:
        """A label that sits on a line, centred at ``at``."""
        width = pill_width(words)
        self.rect("labels", Box(at[0] - width / 2, at[1] - 10.5, width, 21), f"{hue}-card", radius=10.5)
        self.text(
            "labels", (at[0], at[1] + SIZES["body"] * 0.35), words, colour=f"{hue}-ink", anchor="middle"
        )

    def render(self, width: float, height: float, title: str, description: str) -> str:
        """The whole file."""
        root = ElementTree.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {number(width)} {number(height)}",
                "role": "img",
                "aria-labelledby": "picture-title picture-description",
            },
        )
        ElementTree.SubElement(root, "title", {"id": "picture-title"}).text = title
        ElementTree.SubElement(root, "desc", {"id": "picture-description"}).text = description
        ElementTree.SubElement(root, "style").text = css()
        root.extend(self._layers[name] for name in LAYERS)
        ElementTree.indent(root, " ")
        return ElementTree.tostring(root, encoding="unicode") + "\n"

    def _at(self, layer: Layer | ElementTree.Element) -> ElementTree.Element:
        return self._layers[layer] if isinstance(layer, str) else layer


def pill_width(words: str) -> float:
    """How wide a label is."""
    return width_of(words, "body") + 18


def number(value: float) -> str:
    """The same text everywhere, and no longer than a picture needs."""
    return f"{value:.1f}".removesuffix(".0")


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _rounded(points: list[Point]) -> str:
    steps = [f"M{_pair(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        steps.append(f"L{_pair(_towards(corner, before))} Q{_pair(corner)} {_pair(_towards(corner, after))}")
    return " ".join([*steps, f"L{_pair(points[-1])}"])


def _towards(corner: Point, other: Point) -> Point:
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    far = min(CORNER, (abs(dx) + abs(dy)) / 2)
    return corner[0] + _sign(dx) * far, corner[1] + _sign(dy) * far
