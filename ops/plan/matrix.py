"""Every step of every environment, proved at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ops.assembly.target import Target
from ops.outcome import ExitCode
from ops.plan.as_json import as_json
from ops.plan.assemblies import read_all
from ops.plan.prover import Plan, prove
from ops.plan.revision import Revision, described
from ops.plan.runbook import Runbook, Subject, runbook
from ops.plan.side import Side
from ops.plan.step import Step, every_step
from ops.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Row:
    """One step with its plan."""

    system: str
    environment: str
    words: str
    kind: str
    """``up``, ``back``, ``platform`` or ``change``."""
    plan: Plan
    kept: bool
    """Whether the plan keeps what is promised of such a step."""


def steps_of_growth(workspace: Workspace, say: Callable[[str], None]) -> list[Row]:
    """A row for each step that the configuration offers."""
    steps = every_step()
    wanted = {(workspace, target): None for step in steps for target in (step.before, step.after)}
    sides = read_all(wanted, say)
    return [_row(step, prove(sides[workspace, step.before], sides[workspace, step.after])) for step in steps]


def _row(step: Step, plan: Plan) -> Row:
    target = step.before
    return Row(target.system, target.environment, step.words, step.direction, plan, step.kept(plan))


def changes_since(workspace: Workspace, base: Revision, say: Callable[[str], None]) -> list[Row]:
    """A row for each environment: from how a revision describes it to how these sources do."""
    places = [base.workspace, workspace]
    known = [
        {(name, one) for name, environments in described(place).items() for one in environments}
        for place in places
    ]
    wanted = {
        (place, name, one): (place, Target(name, one))
        for place, these in zip(places, known, strict=True)
        for name, one in these
    }
    sides = read_all(wanted.values(), say)
    nothing = Side.of(())
    rows = []
    for name, one in sorted(known[0] | known[1]):
        ends = [
            sides[place, Target(name, one)] if (place, name, one) in wanted else nothing for place in places
        ]
        plan = prove(*ends)
        rows.append(Row(name, one, f"{base.short} to now", "change", plan, plan.outcome == ExitCode.OK))
    return rows


def outcome(rows: Iterable[Row]) -> ExitCode:
    """The worst of the rows that do not keep what is promised."""
    found = {row.plan.outcome for row in rows if not row.kept}
    return next((code for code in WORST_FIRST if code in found), ExitCode.OK)


WORST_FIRST = (ExitCode.LOSES_DATA, ExitCode.MAY_LOSE_DATA, ExitCode.REFUSED)


def book_of(row: Row) -> Runbook:
    """The runbook of a row."""
    title = f"{row.system} {row.environment}, {row.words}"
    return runbook(row.plan, Subject(title, f"-c system={row.system} -c env={row.environment}"))


def facts(row: Row) -> dict[str, Any]:
    """A row for a program."""
    return {
        "system": row.system,
        "environment": row.environment,
        "step": row.words,
        "kind": row.kind,
        "kept": row.kept,
        **{key: value for key, value in as_json(row.plan, book_of(row)).items() if key in SUMMARY},
    }


SUMMARY = (
    "verdict",
    "exit_code",
    "deploys",
    "losses",
    "refusals",
    "weakened",
    "tenants",
    "renamed_stacks",
)
"""What of a plan goes into a matrix."""
