"""``python -m bench``: measures, prints, and writes ``docs/benchmarks.md``."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bench import machine
from bench.page import page
from bench.parts import PARTS, Effort
from bench.process import MeasurementError
from bench.section import Section, not_measured
from ops.console import progress, results
from ops.outcome import OperatorError
from ops.report.steps import Step, Steps
from ops.workspace import Workspace, here

FULL = Effort(rounds=7, repeats=50)
QUICK = Effort(rounds=2, repeats=5)
PAGE = "docs/benchmarks.md"


def main() -> int:
    """Measure what was asked for.

    Returns:
        0, or 1 when a part could not be measured.
    """
    options = _options()
    workspace, effort = here(), QUICK if options.quick else FULL
    chosen: list[str] = options.part or list(PARTS)
    facts = machine.facts(workspace)
    sections, failed = _measure(workspace, chosen, effort)
    for section in sections:
        results().print(section.as_table())
    if chosen == list(PARTS):
        command = "make bench QUICK=1" if options.quick else "make bench"
        today = datetime.now(UTC).date()
        (workspace.root / PAGE).write_text(page(sections, facts, command, today))
        results().print(f"written to {PAGE}")
    else:
        results().print(f"{PAGE} is only written when every part is measured")
    return 1 if failed else 0


def _measure(workspace: Workspace, chosen: Sequence[str], effort: Effort) -> tuple[list[Section], bool]:
    steps = Steps(progress(), len(chosen))
    sections: list[Section] = []
    failed = False
    for part in chosen:
        with steps.step(part) as step:
            found = _attempt(workspace, part, effort, step)
        failed = failed or found is None
        sections += found or [not_measured(part, "it failed; the message was printed")]
    return sections, failed


def _attempt(workspace: Workspace, part: str, effort: Effort, step: Step) -> list[Section] | None:
    try:
        found = PARTS[part](workspace, effort, step.say)
    except (MeasurementError, OperatorError) as error:
        step.conclude("could not be measured")
        progress().print(f"{part}: {error}", markup=False)
        return None
    step.conclude("measured")
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=f"Measure synthesis, cambium up and the tests; print tables and write {PAGE}.",
        epilog="Example:  python -m bench --quick --part synthesis",
    )
    parser.add_argument("--quick", action="store_true", help="fewer runs: an idea rather than a measurement")
    parser.add_argument(
        "--part",
        action="append",
        choices=list(PARTS),
        help="measure only this part (repeatable); writes no page",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
