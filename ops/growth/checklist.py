"""A checklist with its findings, and whether they came in the right order."""

from collections.abc import Sequence
from dataclasses import dataclass

from ops.growth.facts import Facts
from ops.growth.steps import Finding, Step


@dataclass(frozen=True, slots=True)
class Ticked:
    """A step and what was found."""

    step: Step
    finding: Finding


@dataclass(frozen=True, slots=True)
class Checklist:
    """Every step of one shard."""

    shard: str
    ticked: tuple[Ticked, ...]

    @property
    def next(self) -> Ticked | None:
        """The first step that is not done."""
        return next((one for one in self.ticked if one.finding.state != "done"), None)

    @property
    def out_of_order(self) -> tuple[Ticked, ...]:
        """Steps that were begun while one before them is not done."""
        late = [number for number, one in enumerate(self.ticked) if one.finding.state != "done"]
        return tuple(one for one in self.ticked[late[0] + 1 :] if one.finding.state != "open") if late else ()


def tick(shard: str, steps: Sequence[Step], facts: Facts) -> Checklist:
    """Look at every step."""
    return Checklist(shard, tuple(Ticked(step, step.look(facts)) for step in steps))
