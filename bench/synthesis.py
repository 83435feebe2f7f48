"""Synthesis of a system, beside the smallest app and beside the same written in JavaScript."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from bench import description, fairness
from bench.apps.staged import STAGES
from bench.fairness import Likeness
from bench.programs import JAVASCRIPT_STAGES, javascript, ours, programs, runner, smallest
from bench.rounds import Measured, Spread
from bench.rounds import measure as measure_rounds
from bench.section import Section
from ops.assembly.target import Target
from ops.workspace import Workspace

AIM = 1.3
DESCRIPTION = "description.json"
WHOLE = STAGES[-1]
SAME_CHECKS = JAVASCRIPT_STAGES[-1]


def measure(
    workspace: Workspace, target: Target, rounds: int, say: Callable[[str], None]
) -> tuple[Measured, Likeness, Path]:
    """Prove that the apps describe the same, then run every program in turn.

    Returns:
        The costs, how alike the assemblies are, and the folder of ours.
    """
    say("comparing the templates of the two apps")
    likeness = prove(workspace, target)
    scratch = _scratch(workspace)
    known = programs(workspace, scratch / DESCRIPTION)
    once = {program.name: runner(workspace, program, target, scratch / "out") for program in known}
    return measure_rounds(once, rounds, say), likeness, scratch / "python"


def prove(workspace: Workspace, target: Target) -> Likeness:
    """Synthesise both apps and compare them.

    Raises:
        MeasurementError: they do not describe the same, or one cannot be synthesised.
    """
    scratch = _scratch(workspace)
    description.write(scratch / DESCRIPTION, target.system, target.environment)
    known = {program.name: program for program in programs(workspace, scratch / DESCRIPTION)}
    runner(workspace, known[ours(WHOLE)], target, scratch / "python")()
    runner(workspace, known[javascript(SAME_CHECKS)], target, scratch / "javascript")()
    return fairness.compare(scratch / "python", scratch / "javascript")


def verdict(ratio: Spread) -> str:
    """Whether the aim is met, in a sentence."""
    if ratio.median > AIM:
        return f"The aim of at most {AIM} for the same checks is missed by the median ({ratio.median:.3f})."
    every = "and by every round" if ratio.highest <= AIM else "though not by every round"
    return f"The aim of at most {AIM} for the same checks is met by the median ({ratio.median:.3f}), {every}."


def _scratch(workspace: Workspace) -> Path:
    folder = workspace.state / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sections(measured: Measured, likeness: Likeness, rounds: int) -> list[Section]:
    """The report."""
    return [_seconds(measured, likeness, rounds), _ratios(measured), _stages(measured)]


def _seconds(measured: Measured, likeness: Likeness, rounds: int) -> Section:
    apps = {
        "one bucket, JavaScript": [smallest("JavaScript", checked=checked) for checked in (False, True)],
        "one bucket, Python": [smallest("Python", checked=checked) for checked in (False, True)],
        "restartix production, JavaScript": [javascript("synth"), javascript(SAME_CHECKS)],
        "restartix production, ours, same checks": [ours("synth"), ours(SAME_CHECKS)],
        "restartix production, ours, with the deploy rules": [ours("synth"), ours(WHOLE)],
    }
    return Section(
        title="Synthesis",
        meaning=f"CPU seconds (user and system, the whole process tree), medians of {rounds} rounds in which "
        "every program runs once after the other. Validation means CDK's built-in checks and, for restartix, "
        "the rule packs AwsSolutions and HIPAA. Before timing, both restartix apps are proved to have "
        f"{likeness}.",
        header=["App", "without validation", "with validation", "with validation, wall"],
        rows=[
            [
                name,
                _number(measured.cpu(plain)),
                _number(measured.cpu(checked)),
                _number(measured.wall(checked)),
            ]
            for name, (plain, checked) in apps.items()
        ],
    )


def _ratios(measured: Measured) -> Section:
    floor, floor_javascript = (smallest(language, checked=True) for language in ("Python", "JavaScript"))
    same_checks = (ours(SAME_CHECKS), javascript(SAME_CHECKS))
    aim = verdict(measured.ratio(*same_checks))
    pairs = {
        f"ours / JavaScript, same checks (aim: at most {AIM})": same_checks,
        "ours with the deploy rules / JavaScript without": (ours(WHOLE), javascript(SAME_CHECKS)),
        "ours / JavaScript, no validation": (ours("synth"), javascript("synth")),
        "ours / one Python bucket, validation on": (ours(WHOLE), floor),
        "one bucket, Python / JavaScript, validation on": (floor, floor_javascript),
    }
    return Section(
        title="Ratios of synthesis",
        meaning="CPU of the first divided by CPU of the second, of runs of the same round: the median, and "
        f"in brackets the lowest and the highest round. {aim}",
        header=["What", "ratio"],
        rows=[[name, str(measured.ratio(*pair))] for name, pair in pairs.items()],
    )


def _stages(measured: Measured) -> Section:
    rows = [["imports", _number(measured.cpu(ours("imports"))), _number(measured.cpu(javascript("imports")))]]
    for before, stage in pairwise(STAGES):
        other = stage in JAVASCRIPT_STAGES
        rows.append(
            [
                _WORDS[stage],
                str(measured.added(ours(stage), ours(before))),
                str(measured.added(javascript(stage), javascript(before))) if other else "not there",
            ]
        )
    return Section(
        title="Where synthesis spends its time",
        meaning="CPU seconds each stage adds to the one before (median of the differences within a round): "
        "imports start Python, jsii and Node.js and load the library; constructs define every resource; "
        "synth resolves references and writes templates; the rest are checks. "
        "The brackets hold the lowest and the highest round: where they reach across zero, the stage costs "
        "less than this session could tell.",
        header=["Stage", "ours", "JavaScript"],
        rows=rows,
    )


_WORDS = {
    "constructs": "constructs",
    "synth": "synth",
    "built-in": "CDK's built-in validation",
    "AwsSolutions": "rule pack AwsSolutions",
    "HIPAA": "rule pack HIPAA",
    "deploy rules": "our deploy rules",
}


def _number(seconds: float) -> str:
    return f"{seconds:.2f}"
