"""``python -m bench``: measures, prints, keeps the results, and writes ``docs/benchmarks.md`` from them."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bench import machine, record, synthesis
from bench.page import page
from bench.parts import PARTS, TARGET, Effort
from bench.process import MeasurementError
from bench.record import Record
from bench.section import Section, not_measured
from bench.temporary import temporary_files_in
from ops.console import progress, results
from ops.outcome import OperatorError
from ops.report.steps import Step, Steps
from ops.workspace import Workspace, here

FULL = Effort(rounds=7, repeats=50)
QUICK = Effort(rounds=2, repeats=5, quick=True)
PAGE, MEASURED = "docs/benchmarks.md", "bench/measured"


def main() -> int:
    """Measure what was asked for.

    Returns:
        0, or 1 when a part could not be measured, kept no promise, or a test of the suite failed.
    """
    options = _options()
    workspace = here()
    with temporary_files_in(workspace.state / "bench" / "tmp"):
        return _prove(workspace) if options.fairness else _run(workspace, options)


def _run(workspace: Workspace, options: argparse.Namespace) -> int:
    chosen = list(dict.fromkeys(options.part or PARTS))
    steps = Steps(progress(), len(chosen))
    flawed = False
    for part in chosen:
        facts = machine.facts(workspace)
        with steps.step(part) as step:
            found = _attempt(workspace, part, QUICK if options.quick else FULL, step)
        for section in found:
            results().print(section.as_table())
        flawed |= publish(
            workspace,
            Record(
                part=part,
                measured_on=datetime.now(UTC).date(),
                command=f"make bench PART={part}",
                facts=facts,
                sections=tuple(found),
            ),
            quick=options.quick,
        )
    return 1 if flawed else 0


def publish(workspace: Workspace, measured: Record, *, quick: bool) -> bool:
    """Keep a measurement and write the page again, unless something failed or it is only an idea.

    Returns:
        Whether something failed; then the page stays as it was.
    """
    flaws = [f"{section.title}: {section.flaw}" for section in measured.sections if section.flaw]
    if flaws:
        for flaw in flaws:
            progress().print(flaw, markup=False)
        progress().print(f"{PAGE} is left as it was: a failing run is not published")
        return True
    if quick:
        results().print(f"{PAGE} is left as it was: a quick run is an idea, not a measurement")
        return False
    folder = workspace.root / MEASURED
    record.write(folder, measured)
    (workspace.root / PAGE).write_text(page(record.read(folder, PARTS)))
    results().print(f"written to {PAGE}")
    return False


def _prove(workspace: Workspace) -> int:
    try:
        likeness = synthesis.prove(workspace, TARGET)
    except (MeasurementError, OperatorError) as error:
        progress().print(str(error), markup=False)
        return 1
    results().print(str(likeness))
    return 0


def _attempt(workspace: Workspace, part: str, effort: Effort, step: Step) -> Sequence[Section]:
    try:
        found = PARTS[part](workspace, effort, step.say)
    except (MeasurementError, OperatorError) as error:
        step.conclude("could not be measured")
        progress().print(f"{part}: {error}", markup=False)
        return [not_measured(part, "the message was printed", flaw="could not be measured")]
    step.conclude("measured")
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=f"Measure synthesis, cambium up and the tests; print tables and write {PAGE}.",
        epilog="Example:  python -m bench --quick --part synthesis",
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer runs: an idea rather than a measurement; writes no page"
    )
    parser.add_argument(
        "--part",
        action="append",
        choices=list(PARTS),
        help="measure only this part (repeatable); the others stay on the page as they are",
    )
    parser.add_argument(
        "--fairness",
        action="store_true",
        help="only prove that both apps describe the same; measures nothing",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
