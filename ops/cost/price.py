"""Prices: what one unit of something costs, where that was read, and how far to trust it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

FILE = Path(__file__).with_name("prices.json")
"""List prices; refreshed by hand from the bulk files of the AWS Price List, which need no account."""
EVERYWHERE = "global"

Confidence = Literal["high", "medium", "low"]
WORST_FIRST: tuple[Confidence, ...] = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Price:
    """USD for one unit, on demand, before tax."""

    sku: str
    region: str
    usd: float
    unit: str
    confidence: Confidence
    source: str
    date: str
    """When the source was written or read; ``n/a`` for what nobody has looked up."""
    variable: bool = False
    """Whether AWS changes it from day to day, as it does for Spot."""


class Book:
    """Every price there is."""

    def __init__(self, rows: Iterable[tuple[str, Price]]) -> None:
        self._by_name: dict[tuple[str, str], dict[str, Price]] = {}
        for service, price in rows:
            self._by_name.setdefault((service, price.sku), {})[price.region] = price

    def find(self, service: str, sku: str, region: str) -> Price | None:
        """The price in ``region``; None when it is unknown.

        Where every region that is known has the same price, another region's is taken to be that, with low
        confidence.
        """
        known = self._by_name.get((service, sku), {})
        if region in known or EVERYWHERE in known:
            return known.get(region) or known[EVERYWHERE]
        if len(known) > 1 and len({price.usd for price in known.values()}) == 1:
            return replace(next(iter(known.values())), region=region, confidence="low")
        return None


@cache
def book() -> Book:
    """The prices of this checkout."""
    return read(json.loads(FILE.read_text()))


def read(content: dict[str, Any]) -> Book:
    """The book in a price file."""
    sources = content["sources"]
    return Book(
        (
            row["service"],
            Price(
                sku=row["sku"],
                region=row["region"],
                usd=row["usd"],
                unit=row["unit"],
                confidence=row["confidence"],
                source=sources[row["source"]],
                date=row["date"],
                variable=row.get("variable", False),
            ),
        )
        for row in content["prices"]
    )


def together(unit: str, *parts: tuple[float, Price | None]) -> Price | None:
    """One price for a thing made of several, such as a task of processors and memory.

    None when one of them is unknown; as trustworthy as the worst of them.
    """
    known = [(amount, price) for amount, price in parts if price is not None]
    if len(known) < len(parts):
        return None
    first = known[0][1]
    return Price(
        sku=" + ".join(price.sku for _, price in known),
        region=first.region,
        usd=sum(amount * price.usd for amount, price in known),
        unit=unit,
        confidence=worst(price.confidence for _, price in known),
        source=first.source,
        date=min(price.date for _, price in known),
        variable=any(price.variable for _, price in known),
    )


def worst(confidences: Iterable[Confidence]) -> Confidence:
    """The least of several."""
    found = set(confidences)
    return next(one for one in WORST_FIRST if one in found)
