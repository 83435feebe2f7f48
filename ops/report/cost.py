"""A bill on the terminal: where the money goes first, then every line."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from ops.cost.bill import NOT_COUNTED, Bill
from ops.cost.line import Line
from ops.cost.projection import Month
from ops.cost.savings import Saving
from ops.report.tables import Cell, bad, faint, good, section, table

BAR = 40
MARKS = {"high": "", "medium": "~", "low": "?", "unknown": "??"}
TRUST = (
    "~ one source, or a price that changes   ? low confidence: check before use   ?? unknown: not in the sum"
)


def show_bill(console: Console, bill: Bill) -> None:
    """The families, the verdict, and each line."""
    console.print(Text(bill.title, style="bold"))
    _show_families(console, bill)
    console.print(verdict(bill))
    if bill.without_schedule is not None:
        saved, before = bill.saved_by_schedule_usd, bill.without_schedule.total("low")
        words = f"the schedule ({bill.in_words}) saves {usd(saved)} of {usd(before)} a month"
        console.print(good(words))
    _show_lines(console, bill)
    console.print(faint(TRUST))
    console.print(faint(f"not counted: {'; '.join(NOT_COUNTED)}"))


def verdict(bill: Bill) -> Text:
    """The sums, beside the budget."""
    least = "at least " if bill.unknown else ""
    low, high = usd(bill.total("low")), usd(bill.total("high"))
    reach = f"{least}{low} a month" if low == high else f"{least}{low} to {high} a month"
    known = f", {len(bill.unknown)} of {len(bill.lines)} lines unknown" if bill.unknown else ""
    if bill.over_budget_usd:
        over = f"; {usd(bill.over_budget_usd)} above its budget of ${bill.budget_usd:,} at the least"
        return Text.assemble((reach, "bold"), known, bad(over))
    within = f"; budget ${bill.budget_usd:,}"
    if bill.total("high") > bill.budget_usd:
        return Text.assemble(
            (reach, "bold"), known, Text(f"{within}, which the most exceeds", style="yellow")
        )
    return Text.assemble((reach, "bold"), known, good(within))


def show_tenants(console: Console, tenants: Mapping[str, Bill]) -> None:
    """What each enterprise tenant adds, by region; nothing where there is no such tier."""
    for bill in tenants.values():
        low, high = usd(bill.total("low")), usd(bill.total("high"))
        least = "at least " if bill.unknown else ""
        console.print(f"  {bill.title} adds {least}{low} to {high} a month", markup=False)


def show_months(console: Console, months: Sequence[Month], budget_usd: int) -> None:
    """A line for each month, and the sum; nothing where no months were asked for."""
    if not months:
        return
    content = table("month", "use", "USD", "", right=["use", "USD"])
    most = max(month.usd for month in months)
    for month in months:
        over = month.usd > budget_usd
        amount = bad(usd(month.usd)) if over else Text(usd(month.usd))
        content.add_row(str(month.number), f"x {month.growth:.2f}", amount, _bar(month.usd, most))
    section(console, "The next twelve months, in this phase", content)
    total = sum(month.usd for month in months)
    console.print(f"  {usd(total)} a year, {usd(total / len(months))} a month on average", markup=False)


def show_savings(console: Console, commitments: Sequence[Saving]) -> None:
    """What a year's commitment would save; what is not known is said to be so."""
    if not commitments:
        console.print(faint("nothing here runs all the time: a commitment would save nothing"))
        return
    content = table("for a year, nothing upfront", "on demand", "saves", "", right=["on demand", "saves"])
    for one in commitments:
        saved: Cell = Text("unknown", style="yellow") if one.saved_usd is None else usd(one.saved_usd)
        content.add_row(one.what, usd(one.eligible_usd), saved, one.note)
    section(console, "Commitments", content)


def usd(amount: float) -> str:
    """``$1,234.50``."""
    return f"${amount:,.2f}"


def _show_families(console: Console, bill: Bill) -> None:
    most = max((bill.total("high", family) for family in bill.families), default=0)
    content = table("", "at the least", "at the most", "", right=["at the least", "at the most"])
    for family in bill.families:
        low, high = bill.total("low", family), bill.total("high", family)
        content.add_row(family, usd(low), usd(high), _bar(low, most, high))
    console.print(content)


def _bar(low: float, most: float, high: float = 0) -> Text:
    filled = round(BAR * low / most) if most else 0
    further = max(round(BAR * high / most) - filled, 0) if most else 0
    return Text.assemble(("█" * filled, "cyan"), ("░" * further, "dim"))


def _show_lines(console: Console, bill: Bill) -> None:
    heads = ("what", "how many", "each", "least", "most", "")
    content = table(*heads, right=heads[1:5], keep=heads[1:])
    for family in bill.families:
        content.add_row(Text(family, style="bold"), "", "", "", "", "")
        these = [line for line in bill.lines if line.family == family]
        for line in sorted(these, key=lambda line: -(line.low_usd or 0)):
            content.add_row(*_row(line))
    section(console, "Line by line", content)


def _row(line: Line) -> list[Cell]:
    where = ", ".join(part for part in (line.region, line.note) if part)
    what = Text.assemble(line.what, (f"\n{where}", "dim"))
    many = f"{line.low:,.6g}" if line.low == line.high else f"{line.low:,.6g} to {line.high:,.6g}"
    if line.price is None or line.low_usd is None or line.high_usd is None:
        return [what, many, *[Text("unknown", style="yellow")] * 3, MARKS["unknown"]]
    most = "" if line.low == line.high else usd(line.high_usd)
    unit = f"{line.price.usd:.5g}"
    mark = "~" if line.price.variable and line.confidence == "high" else MARKS[line.confidence]
    return [what, many, unit, usd(line.low_usd), most, mark]
