"""A plan on the terminal: the verdict first, then data, then everything else."""

from rich.console import Console
from rich.text import Text

from ops.outcome import ExitCode
from ops.plan import words
from ops.plan.prover import Plan
from ops.plan.runbook import Runbook
from ops.plan.verdict import Change, Verdict
from ops.reachability.templates import Address
from ops.report.tables import bad, entry, faint, good, heading, section, table
from ops.report.wording import count

STYLES = {
    Verdict.NONE: "dim",
    Verdict.CREATES: "green",
    Verdict.IN_PLACE: "green",
    Verdict.INTERRUPTS: "yellow",
    Verdict.MAY_REPLACE: "yellow",
    Verdict.REPLACES: "red",
    Verdict.DELETES: "red",
    Verdict.ORPHANS: "yellow",
    Verdict.MOVES: "red",
}


def show_plan(console: Console, plan: Plan, book: Runbook) -> None:
    """All of a plan that a person decides by."""
    verdict = words.sentence(plan, book)
    mark = {ExitCode.OK: good("✓ "), ExitCode.REFUSED: Text("✗ ", style="yellow")}
    console.print(Text.assemble((book.title, "bold"), "  ", mark.get(plan.outcome, bad("✗ ")), verdict))
    _show_losses(console, plan)
    _show_refusals(console, plan)
    _show_data(console, plan)
    _show_changes(console, plan)
    for line in words.about_tenants(plan):
        console.print(faint(line))
    if plan.weakened:
        heading(console, "Protections that go")
        for line in plan.weakened:
            console.print(f"  {line}", markup=False)
    _show_deploys(console, book)


def _show_losses(console: Console, plan: Plan) -> None:
    if plan.losses:
        heading(console, "What would be lost")
    for loss in plan.losses:
        doubt = "" if loss.certain else "perhaps "
        entry(console, f"{doubt}{loss.what}, {loss.fate}", _place(plan, loss.address), f"{loss.words}.")


def _place(plan: Plan, where: Address) -> str:
    """The stack; of what tenants have, that of the machines, since the words say whose it is."""
    stamp = plan.stack(where.stack).stamp
    return stamp.stack if stamp else where.stack


def _show_refusals(console: Console, plan: Plan) -> None:
    if plan.refusals:
        heading(console, "What is refused")
    for one in plan.refusals:
        what = f"{words.path(plan, one.address)}: {one.what}"
        entry(console, what, one.address.stack, f"instead: {one.instead}")


def _show_data(console: Console, plan: Plan) -> None:
    held = list(words.holding(plan))
    changing = [(change, what) for change, what in held if change.verdict > Verdict.CREATES]
    content = table("what holds data", "happens", "because", keep=["happens"])
    for change, what in changing:
        content.add_row(Text.assemble(change.resource.path, (f"\n{what}", "dim")), *_happens(change))
    if changing:
        console.print()
        console.print(content)
    still = sum(change.verdict == Verdict.NONE for change, _ in held)
    if still:
        verb = "stays as it is" if still == 1 else "stay as they are"
        console.print(faint(f"{count(still, 'resource')} that hold data {verb}"))


def _show_changes(console: Console, plan: Plan) -> None:
    if not plan.changes:
        return
    prefix = words.common_prefix([*words.deployed(plan.before), *words.deployed(plan.after)])
    content = table("stack", "happens", "to what", keep=["stack", "happens"])
    for name in words.ordered(plan):
        shown = name.removeprefix(prefix)
        for verdict, what in words.grouped([one for one in plan.changes if one.address.stack == name]):
            content.add_row(shown, _styled(verdict), what)
            shown = ""
    section(console, f"Every change, in stacks of {prefix.rstrip('-')}", content)


def _happens(change: Change) -> tuple[Text, str]:
    return _styled(change.verdict), words.reason(change)


def _styled(verdict: Verdict) -> Text:
    return Text(verdict.words, style=STYLES[verdict])


def _show_deploys(console: Console, book: Runbook) -> None:
    parts = (*book.deploys, *book.waves)
    if len(parts) > 1:
        heading(console, "In this order")
        for number, deploy in enumerate(parts, start=1):
            console.print(f"  {number}. {deploy.title}", markup=False)
            if deploy.why:
                console.print(faint(f"     {deploy.why}"))
