"""What committing for a year would save: reserved databases, and Compute Savings Plans."""

from collections.abc import Iterator
from dataclasses import dataclass

from ops.cost.bill import Bill

MOST_OF_FARGATE = 0.5
"""AWS's own words for Fargate: up to 50 %, which is three years paid at once. One year is less."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What a commitment of a year is about, and what it saves."""

    what: str
    eligible_usd: float
    """A month on demand of what it applies to, at the smallest scale-out: what always runs."""
    saved_usd: float | None
    """A month; None when the price of the commitment is unknown."""
    note: str


def savings(bill: Bill) -> Iterator[Saving]:
    """Every commitment that applies to a bill, for one year and with nothing upfront.

    What a schedule stops is not in here: whoever commits pays for closed hours too.
    """
    for line in bill.lines:
        if line.reservable and line.price is not None:
            reserved = line.reserved
            saved = None if reserved is None else line.low * (line.price.usd - reserved.usd)
            note = "no price of a reserved node is known" if reserved is None else f"{reserved.usd:g} an hour"
            yield Saving(f"reserve {line.what}", line.low_usd or 0, saved, note)
    committed = sum(line.low_usd or 0 for line in bill.lines if line.committed)
    if committed and bill.without_schedule is None:
        yield Saving(
            "Compute Savings Plan",
            committed,
            None,
            f"no list price is known: ask Cost Explorer; at most ${committed * MOST_OF_FARGATE:,.2f}",
        )
