"""A line of the bill: what, how many at the least and at the most, and what one costs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ops.cost.price import Confidence, Price

Family = Literal["compute", "database", "network", "storage", "watching", "security", "other"]
FAMILIES: tuple[Family, ...] = (
    "compute",
    "database",
    "network",
    "storage",
    "watching",
    "security",
    "other",
)

Grows = Literal["not", "with use", "with tasks"]
"""What a line follows when there are more visitors: nothing, the assumed usage, or the number of tasks."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something that is billed by the month."""

    family: Family
    what: str
    region: str
    low: float
    """Units in a month at the smallest scale-out."""
    high: float
    """Units in a month at the largest."""
    price: Price | None
    """None when unknown: such a line has no amount, and is never zero."""
    unit: str = ""
    """What is counted, where it is not what the price says."""
    note: str = ""
    """What a reader must know to believe the number; an assumption says so."""
    grows: Grows = "not"
    doubtful: bool = False
    """Whether the quantity itself is not sure."""
    committed: bool = False
    """Whether a Compute Savings Plan would apply to it."""
    reserved: Price | None = None
    """What a unit costs reserved for a year with nothing upfront, where it can be reserved."""
    reservable: bool = False

    @property
    def low_usd(self) -> float | None:
        """A month at the smallest scale-out."""
        return None if self.price is None else self.low * self.price.usd

    @property
    def high_usd(self) -> float | None:
        """A month at the largest."""
        return None if self.price is None else self.high * self.price.usd

    @property
    def confidence(self) -> Confidence | Literal["unknown"]:
        """How far to trust it."""
        if self.price is None:
            return "unknown"
        return "low" if self.doubtful else self.price.confidence


def merged(lines: Iterable[Line]) -> list[Line]:
    """The lines, with those that count the same added up; in the order of families."""
    kept: dict[Line, Line] = {}
    for line in lines:
        key = replace(line, low=0, high=0)
        before = kept.get(key)
        kept[key] = (
            line if before is None else replace(line, low=line.low + before.low, high=line.high + before.high)
        )
    return sorted(kept.values(), key=lambda line: FAMILIES.index(line.family))


def scale_of(low: float, high: float, noun: str = "task") -> str:
    """Such as "2 to 8 tasks"."""
    words = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return f"{words} {noun}{'' if high == 1 else 's'}"
