"""The bill for a program."""

from collections.abc import Mapping, Sequence
from typing import Any

from ops.cost.bill import NOT_COUNTED, Bill
from ops.cost.line import Line
from ops.cost.projection import Month
from ops.cost.savings import Saving


def as_json(
    bill: Bill,
    *,
    months: Sequence[Month] = (),
    commitments: Sequence[Saving] = (),
    tenants: Mapping[str, Bill] | None = None,
) -> dict[str, Any]:
    """All of it; what is unknown is null, never 0."""
    shown: dict[str, Any] = {
        "title": bill.title,
        "currency": "USD",
        "complete": not bill.unknown,
        "low_usd": _cents(bill.total("low")),
        "high_usd": _cents(bill.total("high")),
        "budget_usd": bill.budget_usd,
        "over_budget_usd": _cents(bill.over_budget_usd),
        "saved_by_schedule_usd": _cents(bill.saved_by_schedule_usd),
        "lines": [_line(line) for line in bill.lines],
        "free": bill.free,
        "not_counted": list(NOT_COUNTED),
    }
    if tenants:
        shown["each_tenant"] = {
            region: {"low_usd": _cents(one.total("low")), "high_usd": _cents(one.total("high"))}
            for region, one in tenants.items()
        }
    if months:
        shown["months"] = [{"month": one.number, "usd": _cents(one.usd)} for one in months]
    if commitments:
        shown["savings"] = [
            {
                "what": one.what,
                "eligible_usd": _cents(one.eligible_usd),
                "saved_usd": _cents(one.saved_usd),
                "note": one.note,
            }
            for one in commitments
        ]
    return shown


def _line(line: Line) -> dict[str, Any]:
    price = line.price
    return {
        "family": line.family,
        "what": line.what,
        "region": line.region,
        "low": line.low,
        "high": line.high,
        "unit": line.unit or (price.unit if price else ""),
        "unit_usd": price.usd if price else None,
        "low_usd": _cents(line.low_usd),
        "high_usd": _cents(line.high_usd),
        "confidence": line.confidence,
        "note": line.note,
        "source": price.source if price else None,
        "date": price.date if price else None,
    }


def _cents(usd: float | None) -> float | None:
    return None if usd is None else round(usd, 2)
