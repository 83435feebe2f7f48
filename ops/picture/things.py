"""What is drawn: cards, rows of cards in the network, and lists beside it."""

from dataclasses import dataclass

from ops.picture.theme import Hue


@dataclass(frozen=True, slots=True)
class Card:
    """One thing, with what is worth knowing about it."""

    part: str
    """``kind:name``, by which tests and style sheets find it."""
    title: str
    lines: tuple[str, ...]
    hue: Hue


@dataclass(frozen=True, slots=True)
class Row:
    """A party of the access table, across the zones of the network."""

    party: str
    """Its name in the access table."""
    title: str
    hue: Hue
    note: str = ""
    cards: tuple[Card, ...] = ()
    """Cards that belong to no zone."""
    zones: tuple[tuple[Card, ...], ...] = ()
    """Cards of each zone."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list."""

    part: str
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A list beside the network."""

    title: str
    hue: Hue
    entries: tuple[Entry, ...]
