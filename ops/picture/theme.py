"""Colours by kind of thing, four sizes of type, and how wide words are."""

import re
from collections.abc import Iterator
from typing import Literal

Hue = Literal["outside", "network", "compute", "data", "watch"]
Style = Literal["h1", "h2", "h3", "body"]

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
SIZES: dict[Style, float] = {"h1": 26, "h2": 17, "h3": 14.5, "body": 12.5}
LINE: dict[Style, float] = {"h1": 32, "h2": 24, "h3": 19, "body": 17}
"""Height of a line of text."""

KINDS: dict[Hue, str] = {
    "outside": "the internet",
    "network": "network",
    "compute": "runs the product",
    "data": "holds data",
    "watch": "watches and guards",
}

# Fill of panels, line and heading; light first, then dark.
_HUES: dict[Hue, tuple[tuple[str, str], tuple[str, str]]] = {
    "outside": (("#eef0f3", "#59636f"), ("#262b32", "#a9b4c0")),
    "network": (("#edf1f8", "#43597b"), ("#222c3b", "#9fb6d9")),
    "compute": (("#e9f2fc", "#1f62ab"), ("#1a2b3f", "#7fb6f2")),
    "data": (("#e8f5ee", "#1f7350"), ("#182e26", "#79cfa6")),
    "watch": (("#fbf4e6", "#8a5a12"), ("#2f2719", "#dfb36b")),
}
_PLAIN = {
    "page": ("#fbfcfd", "#15191e"),
    "card": ("#ffffff", "#1d232a"),
    "zone": ("#f1f4f8", "#1b212a"),
    "ink": ("#1c242e", "#e8edf2"),
    "soft": ("#4b5663", "#b3bdc8"),
    "edge": ("#c9d1da", "#3a444f"),
}

_NARROW, _WIDE = set("iljtfrI.,:;'|!()[]/ -"), set("mwMW@%")


def width_of(text: str, style: Style) -> float:
    """About how wide ``text`` is, rather too wide than too narrow: fonts differ."""
    bold = 1.14 if style != "body" else 1.0
    return sum(_em(letter) for letter in text) * SIZES[style] * bold


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.35
    if letter in _WIDE:
        return 0.94
    return 0.7 if letter.isupper() else 0.585


def wrapped(text: str, width: float, style: Style) -> list[str]:
    """``text`` in lines that fit, broken at spaces, or after ``- . / @`` where a word is too long."""
    lines = [""]
    for piece in _pieces(text, width, style):
        if lines[-1] and width_of((lines[-1] + piece).rstrip(), style) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _pieces(text: str, width: float, style: Style) -> Iterator[str]:
    for word in re.findall(r"\S+\s*", text):
        if width_of(word.rstrip(), style) <= width:
            yield word
        else:
            yield from re.findall(r"[^-./@]*[-./@]?\s*", word)


def css() -> str:
    """The rules of the picture; the dark ones count where the reader prefers dark."""
    sizes = "".join(
        f".{style}{{font-size:{size}px;font-weight:{400 if style == 'body' else 600}}}"
        for style, size in SIZES.items()
    )
    return f"text{{font-family:{FONT}}}{sizes}{_colours(0)}@media(prefers-color-scheme:dark){{{_colours(1)}}}"


def _colours(mode: Literal[0, 1]) -> str:
    plain = {name: pair[mode] for name, pair in _PLAIN.items()}
    rules = [
        f".page{{fill:{plain['page']};stroke:{plain['edge']}}}",
        f".zone{{fill:{plain['zone']};stroke:none}}",
        f".ink{{fill:{plain['ink']}}}.soft{{fill:{plain['soft']}}}",
    ]
    for hue, pairs in _HUES.items():
        fill, line = pairs[mode]
        rules += [
            f".{hue}-panel{{fill:{fill};stroke:{line};stroke-opacity:.6}}",
            f".{hue}-frame{{fill:{plain['page']};stroke:{line};stroke-opacity:.6}}",
            f".{hue}-card{{fill:{plain['card']};stroke:{line};stroke-opacity:.6}}",
            f".{hue}-line{{fill:none;stroke:{line};stroke-width:1.8}}",
            f".{hue}-glyph{{fill:none;stroke:{line};stroke-width:1.3;stroke-linejoin:round}}",
            f".{hue}-ink{{fill:{line}}}",
        ]
    return "".join(rules)
