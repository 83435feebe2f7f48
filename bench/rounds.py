"""Runs programs in turn, A B A B, so that a busy minute of the machine falls on all of them alike."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bench.process import Cost


@dataclass(frozen=True, slots=True)
class Spread:
    """How one program compares with another: by how much, and how sure that is."""

    median: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        """The median, with the range of the rounds."""
        return f"{self.median:.2f} ({self.lowest:.2f} to {self.highest:.2f})"


class Measured:
    """The costs of each program, round by round."""

    def __init__(self, costs: Mapping[str, Sequence[Cost]]) -> None:
        self._costs = costs

    def cpu(self, name: str) -> float:
        """Median CPU seconds."""
        return statistics.median(cost.cpu_seconds for cost in self._costs[name])

    def wall(self, name: str) -> float:
        """Median wall seconds."""
        return statistics.median(cost.wall_seconds for cost in self._costs[name])

    def ratio(self, name: str, other: str) -> Spread:
        """CPU of ``name`` divided by that of ``other``, of runs of the same round."""
        pairs = zip(self._costs[name], self._costs[other], strict=True)
        ratios = [one.cpu_seconds / two.cpu_seconds for one, two in pairs]
        return _spread(ratios)

    def added(self, name: str, before: str) -> Spread:
        """CPU seconds that ``name`` takes more than ``before`` in the same round."""
        pairs = zip(self._costs[name], self._costs[before], strict=True)
        return _spread([one.cpu_seconds - two.cpu_seconds for one, two in pairs])


def measure(programs: Mapping[str, Callable[[], Cost]], rounds: int, say: Callable[[str], None]) -> Measured:
    """Run every program once to warm caches, uncounted, and then ``rounds`` times in turn."""
    costs: dict[str, list[Cost]] = {name: [] for name in programs}
    for number, name in chain.from_iterable(
        [(number, name) for name in programs] for number in range(rounds + 1)
    ):
        say(f"round {number} of {rounds}: {name}" if number else f"warm-up: {name}")
        cost = programs[name]()
        if number:
            costs[name].append(cost)
    return Measured(costs)


def _spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))
