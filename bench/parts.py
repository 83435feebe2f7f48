"""What ``python -m bench`` measures, part by part."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import backups, deploy_rules, lookups, plan, pooling, services, suite, synthesis, tenants, up
from bench.process import Cost
from bench.section import Section
from bench.suite import Part
from bench.up import UpCost
from ops.assembly.target import Target
from ops.workspace import Workspace

TARGET = Target("restartix", "production")
SUITE_TITLE = "Test suite by part"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """How often things are repeated."""

    rounds: int
    repeats: int
    quick: bool = False
    """Smaller data, for an idea."""


def measure_synthesis(workspace: Workspace, effort: Effort, say: Say) -> list[Section]:
    """Synthesis, and the deploy rules on what it made."""
    measured, likeness, assembly = synthesis.measure(workspace, TARGET, effort.rounds, say)
    say("deploy rules")
    rules = deploy_rules.measure(assembly, effort.repeats)
    return [
        *synthesis.sections(measured, likeness, effort.rounds),
        Section(
            title="Deploy rules",
            meaning="CPU milliseconds to read the templates of restartix production and check them with "
            f"every rule, in Python alone; median of {effort.repeats}.",
            header=["Templates", "rules", "findings", "ms"],
            rows=[[str(rules.templates), str(rules.rules), str(rules.findings), f"{rules.milliseconds:.1f}"]],
        ),
    ]


def measure_up(workspace: Workspace, _effort: Effort, say: Say) -> list[Section]:
    """``make up`` by step."""
    first, second = up.measure(workspace, TARGET, say)
    return [
        Section(
            title="make up by step",
            meaning="Wall seconds of `cambium up` for restartix production, in a copy of the checkout on a "
            "free port: once on an empty embedded AWS, and once more with nothing to do. Installing is not "
            "part of it.",
            header=["Step", "first", "again"],
            rows=[
                *([step, _seconds(first, step), _seconds(second, step)] for step in first.steps),
                ["in all, with starting the command", _wall(first), _wall(second)],
                ["CPU of the command, without the embedded AWS", _cpu(first), _cpu(second)],
            ],
        )
    ]


def measure_suite(workspace: Workspace, _effort: Effort, say: Say) -> list[Section]:
    """The tests by folder."""
    return [suite_section(*suite.measure(workspace, say))]


def suite_section(parts: Sequence[Part], whole: Cost) -> Section:
    """The table of the suite."""
    tests, seconds = suite.total(parts)
    return Section(
        title=SUITE_TITLE,
        meaning=f"`make test` took {whole.wall_seconds:.0f} seconds on {os.cpu_count()} cores, after set-up, "
        f"and {whole.cpu_seconds:.0f} seconds of CPU: linters first, then types, without a cache, beside the "
        "tests. The seconds of a part are those of its tests one after the other, the syntheses and servers "
        "they were the first to ask for included. `make test-long` and `make test-nightly` have the others.",
        header=["Part", "tests", "seconds", "slowest"],
        rows=[
            *(
                [part.name, str(part.tests), f"{part.seconds:.1f}", f"{part.slowest_seconds:.1f}"]
                for part in parts
            ),
            ["in all", str(tests), f"{seconds:.1f}", ""],
        ],
    )


SUITE = "tests"
PARTS: dict[str, Callable[[Workspace, Effort, Say], list[Section]]] = {
    "synthesis": measure_synthesis,
    "services": lambda workspace, effort, say: services.measure(workspace, min(effort.rounds, 5), say),
    "up": measure_up,
    "plan": lambda workspace, effort, say: plan.measure(workspace, min(effort.rounds, 5), say),
    "pool": lambda workspace, effort, say: pooling.measure(workspace, min(effort.rounds, 3), say),
    "lookups": lambda workspace, effort, say: lookups.measure(workspace, min(effort.rounds, 3), say),
    "backups": lambda _workspace, effort, say: backups.measure(
        min(effort.rounds, 3), say, quick=effort.quick
    ),
    "tenants": lambda workspace, effort, say: [tenants.measure(workspace, min(effort.rounds, 3), say)],
    SUITE: measure_suite,
}


def _seconds(cost: UpCost, step: str) -> str:
    return f"{cost.steps[step]:.1f}" if step in cost.steps else "-"


def _wall(cost: UpCost) -> str:
    return f"{cost.total.wall_seconds:.1f}"


def _cpu(cost: UpCost) -> str:
    return f"{cost.total.cpu_seconds:.1f}"
