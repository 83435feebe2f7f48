"""The bill for a pull request: what a month costs now, and what it cost before."""

from collections.abc import Iterable, Iterator

from ops.cost.bill import Bill
from ops.report.cost import usd, verdict


def bill_markdown(bill: Bill, before: Bill | None = None) -> str:
    """The sums, a row for each line, folded; with ``before``, what is dearer or cheaper above it."""
    return "\n".join(_parts(bill, before)) + "\n"


def _parts(bill: Bill, before: Bill | None) -> Iterator[str]:
    yield f"### What a month of `{bill.title}` costs\n"
    yield f"{_cell(verdict(bill).plain).capitalize()}.\n"
    if before is not None:
        yield from _difference(bill, before)
    yield "<details><summary>Line by line</summary>\n"
    yield from _table(
        ("family", "what", "how many", "each", "at the least", "at the most", "confidence"),
        (
            (
                line.family,
                f"{line.what} ({line.region})",
                f"{line.low:,.6g}" if line.low == line.high else f"{line.low:,.6g} to {line.high:,.6g}",
                "unknown" if line.price is None else f"{line.price.usd:.5g}",
                _amount(line.low_usd),
                _amount(line.high_usd),
                line.confidence,
            )
            for line in bill.lines
        ),
    )
    yield "\n</details>"


def _difference(bill: Bill, before: Bill) -> Iterator[str]:
    rows = []
    for family in dict.fromkeys([*before.families, *bill.families]):
        was, now = before.total("low", family), bill.total("low", family)
        if abs(now - was) >= 0.005:
            rows.append((family, usd(was), usd(now), f"{'+' if now > was else '-'}{usd(abs(now - was))}"))
    if rows:
        yield from _table(("family", "before", "now", "difference"), rows)
        yield ""
    else:
        yield "It costs what it did before.\n"


def _amount(amount: float | None) -> str:
    return "unknown" if amount is None else usd(amount)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = list(head)
    for line in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(_cell(value) for value in line)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
