"""A plan and its runbook as a page: for a pull request, or to work from on the day."""

from collections.abc import Iterator, Sequence

from ops.outcome import ExitCode
from ops.plan import words
from ops.plan.deploy import Deploy
from ops.plan.prover import Plan
from ops.plan.runbook import Runbook
from ops.plan.runbook_lines import Line
from ops.plan.verdict import Verdict
from ops.report.wording import count

MARKS = {ExitCode.OK: "✅", ExitCode.REFUSED: "✋", ExitCode.MAY_LOSE_DATA: "⚠️", ExitCode.LOSES_DATA: "🛑"}


def page(plan: Plan, book: Runbook) -> str:
    """The plan, then the runbook."""
    return "\n".join([*_summary(plan, book), *_runbook(book)]) + "\n"


def summary(plan: Plan, book: Runbook) -> str:
    """The plan alone, as short as a comment should be: details are folded."""
    return "\n".join(_summary(plan, book)) + "\n"


def _summary(plan: Plan, book: Runbook) -> Iterator[str]:
    yield f"## {MARKS[plan.outcome]} {_cell(book.title)}"
    yield f"\n{_cell(words.sentence(plan, book)).capitalize()}."
    for loss in plan.losses:
        doubt = "" if loss.certain else "perhaps "
        yield f"- **{doubt}{_cell(loss.what)}, {loss.fate}**: {_cell(loss.words)}."
    for one in plan.refusals:
        where = f"`{words.path(plan, one.address)}` of {one.address.stack}"
        yield f"- **refused**: {where}: {_cell(one.what)}. Instead: {_cell(one.instead)}."
    for line in plan.weakened:
        yield f"- **a protection goes**: {_cell(line)}."
    for line in words.about_tenants(plan):
        yield f"- {_cell(line)}."
    yield from _changes(plan)


def _changes(plan: Plan) -> Iterator[str]:
    if not plan.changes:
        return
    held = [change for change, _ in words.holding(plan)]
    still = sum(change.verdict == Verdict.NONE for change in held)
    yield f"\n{count(still, 'resource')} that hold data do not change.\n"
    totals = f"{count(len(plan.changes), 'change')}: {words.totals(list(plan.changes))}"
    yield f"<details><summary>{totals}</summary>\n"
    yield "| stack | what | happens | because |\n| --- | --- | --- | --- |"
    for change in sorted(plan.changes, key=lambda one: (-one.verdict, one.address)):
        what = f"`{_cell(change.resource.path)}` ({words.short(change.resource.type)})"
        because = "" if change.verdict == Verdict.CREATES else _cell(words.reason(change))
        yield f"| {change.address.stack} | {what} | {change.verdict.words} | {because} |"
    yield "\n</details>"


def _runbook(book: Runbook) -> Iterator[str]:
    if not book.deploys:
        return
    yield f"\n## Runbook: {count(len(book.deploys), 'deploy')}"
    yield from _lines("Before", book.before)
    for number, deploy in enumerate(book.deploys, start=1):
        yield from _deploy(f"Deploy {number}", deploy)
    for wave in book.waves:
        yield from _deploy("Then", wave)
    yield from _lines("Over when", book.after)


def _deploy(order: str, deploy: Deploy) -> Iterator[str]:
    yield f"\n### {order}. {_cell(deploy.title)}"
    if deploy.why:
        yield f"\nWhy by itself: {_cell(deploy.why)}."
    yield from _lines("Check first", deploy.before)
    yield from _lines("Do", deploy.do)
    yield from _lines("Watch", deploy.watch)
    yield from _lines("Check then", deploy.after)
    yield from _lines("Go back", deploy.back)


def _lines(title: str, lines: Sequence[Line]) -> Iterator[str]:
    if not lines:
        return
    yield f"\n**{title}**\n"
    for line in lines:
        yield f"- [ ] {_cell(line.text)}"
        if line.command:
            body = "\n".join(f"  {part}" for part in line.command.splitlines())
            yield f"\n  ```bash\n{body}\n  ```\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
