"""``python -m bench``: measures, prints, and writes ``docs/benchmarks.md``."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import machine, synthesis
from bench.page import page
from bench.parts import PARTS, SUITE, SUITE_TITLE, TARGET, Effort
from bench.process import MeasurementError
from bench.section import Section, not_measured
from bench.temporary import temporary_files_in
from ops.console import progress, results
from ops.outcome import OperatorError
from ops.report.steps import Step, Steps
from ops.workspace import Workspace, here

FULL = Effort(rounds=7, repeats=50)
QUICK = Effort(rounds=2, repeats=5, quick=True)
PAGE = "docs/benchmarks.md"


def main() -> int:
    """Measure what was asked for.

    Returns:
        0, or 1 when a part could not be measured, or a test of the suite failed.
    """
    options = _options()
    workspace = here()
    with temporary_files_in(workspace.state / "bench" / "tmp"):
        return _run(workspace, options)


def _run(workspace: Workspace, options: argparse.Namespace) -> int:
    if options.fairness:
        return _prove(workspace)
    chosen = list(dict.fromkeys(options.part or PARTS))
    if options.no_suite:
        chosen.remove(SUITE)
    facts = machine.facts(workspace)
    sections = _measure(workspace, chosen, QUICK if options.quick else FULL)
    for section in sections:
        results().print(section.as_table())
    if options.part:
        results().print(f"{PAGE} is only written when every part is measured")
        return 1 if _flaws(sections) else 0
    if options.no_suite:
        sections.append(not_measured(SUITE_TITLE, "left out by --no-suite"))
    return publish(
        workspace.root / PAGE, sections, facts, _command(quick=options.quick, no_suite=options.no_suite)
    )


def publish(path: Path, sections: Sequence[Section], facts: Mapping[str, str], command: str) -> int:
    """Write the page, unless something failed: the page of a failing run is never published.

    Returns:
        0, or 1 when nothing was written.
    """
    flaws = _flaws(sections)
    for flaw in flaws:
        progress().print(flaw, markup=False)
    if flaws:
        progress().print(f"{PAGE} is left as it was: a failing run is not published")
        return 1
    path.write_text(page(sections, facts, command, datetime.now(UTC).date()))
    results().print(f"written to {PAGE}")
    return 0


def _flaws(sections: Sequence[Section]) -> list[str]:
    return [f"{section.title}: {section.flaw}" for section in sections if section.flaw]


def _prove(workspace: Workspace) -> int:
    try:
        likeness = synthesis.prove(workspace, TARGET)
    except (MeasurementError, OperatorError) as error:
        progress().print(str(error), markup=False)
        return 1
    results().print(str(likeness))
    return 0


def _command(*, quick: bool, no_suite: bool) -> str:
    if not no_suite:
        return "make bench QUICK=1" if quick else "make bench"
    return f"python -m bench{' --quick' if quick else ''} --no-suite"


def _measure(workspace: Workspace, chosen: Sequence[str], effort: Effort) -> list[Section]:
    steps = Steps(progress(), len(chosen))
    sections: list[Section] = []
    for part in chosen:
        with steps.step(part) as step:
            found = _attempt(workspace, part, effort, step)
        sections += found or [not_measured(part, "the message was printed", flaw="could not be measured")]
    return sections


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
    parser.add_argument("--no-suite", action="store_true", help="leave out the tests, and say so on the page")
    parser.add_argument(
        "--fairness",
        action="store_true",
        help="only prove that both apps describe the same; measures nothing",
    )
    options = parser.parse_args()
    if options.part and options.no_suite:
        parser.error("--no-suite is for the whole page: with --part, name the parts to measure")
    return options


if __name__ == "__main__":
    sys.exit(main())
