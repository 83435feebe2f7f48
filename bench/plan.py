"""What ``cambium plan`` costs beside one synthesis, for the largest environment there is."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.process import Cost, run
from bench.section import Section
from config.catalog import load_system, system_names
from ops.assembly.target import Target
from ops.embedded import loopback
from ops.plan.assemblies import folder_of
from ops.plan.prover import prove
from ops.plan.side import read_side
from ops.workspace import Workspace

AIM = 2.0
"""A plan needs two syntheses; at the same time, they should take less than two."""


@dataclass
class PlanCost:
    """What was measured; wall seconds, since people wait for it."""

    synthesis: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    proof: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """A plan from nothing divided by one synthesis of the same round."""
        return [plan / one for plan, one in zip(self.cold, self.synthesis, strict=True)]


def largest() -> Target:
    """The environment with most services in most places, in its last phase."""
    sizes = {}
    for name in system_names():
        system = load_system(name)
        for environment in system.environments:
            deployment = system.resolve(environment.name, len(system.phases))
            places = len(list(deployment.shards()))
            sizes[Target(name, environment.name, len(system.phases))] = places * len(deployment.services)
    return max(sizes, key=lambda target: sizes[target])


def measure(workspace: Workspace, rounds: int, say: Callable[[str], None]) -> list[Section]:
    """Synthesis and plan in turn, from nothing and again, and the proof by itself."""
    target = largest()
    cost = PlanCost()
    for number in range(rounds):
        say(f"{target.system} {target.environment}, round {number + 1} of {rounds}")
        _round(workspace, target, cost)
    return [section(target, cost)]


def _round(workspace: Workspace, target: Target, cost: PlanCost) -> None:
    out = workspace.state / "bench" / "plan"
    ends = [Target(target.system, target.environment, phase) for phase in (1, target.phase)]
    for folder in (out, workspace.state / "plan"):
        _forget(folder)
    options = ("--system", target.system, "--env", target.environment)
    phases = ("--from", "1", "--to", str(target.phase))
    cost.synthesis.append(
        _cambium(workspace, "synth", *options, "--phase", str(target.phase), "--out", str(out)).wall_seconds
    )
    cost.cold.append(_cambium(workspace, "plan", *options, *phases).wall_seconds)
    cost.warm.append(_cambium(workspace, "plan", *options, *phases).wall_seconds)
    folders = [folder_of((workspace, one)) for one in ends]
    began = time.perf_counter()
    prove(*map(read_side, folders))
    cost.proof.append(time.perf_counter() - began)


def section(target: Target, cost: PlanCost) -> Section:
    """The table."""
    ratio = statistics.median(cost.ratios)
    spread = f"{ratio:.2f} ({min(cost.ratios):.2f} to {max(cost.ratios):.2f})"
    met = "met" if ratio < AIM else "missed"
    rows = [
        ("one synthesis", cost.synthesis),
        ("plan, both sides synthesised", cost.cold),
        ("plan again, no source changed", cost.warm),
        ("the proof by itself", cost.proof),
    ]
    return Section(
        title="Plan",
        meaning=f"Wall seconds of `cambium plan` for {target.system} {target.environment}, the largest "
        f"environment, from phase 1 to {target.phase}, beside one synthesis of it; medians of "
        f"{len(cost.cold)} rounds. A plan is {spread} syntheses; the aim of less than {AIM:g} is {met}.",
        header=["What", "wall"],
        rows=[[what, f"{statistics.median(seconds):.2f}"] for what, seconds in rows],
    )


def _cambium(workspace: Workspace, *words: str) -> Cost:
    command = (str(workspace.bin / "python"), "-m", "ops.cli", *words)
    return run(command, folder=workspace.root, env=loopback.environment(workspace))


def _forget(folder: Path) -> None:
    """Take the mark of every finished assembly away, so that each is made anew."""
    for mark in folder.rglob("cambium.fingerprint"):
        mark.unlink()
