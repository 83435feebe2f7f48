"""Who counts which type of resource. A type that nobody counts, and that is not free, is unknown."""

from collections.abc import Callable, Iterator, Sequence

from ops.cost.line import Line
from ops.cost.reading import Reading
from ops.plan.side import Resource

Counter = Callable[[Reading, Sequence[Resource]], Iterator[Line]]

COUNTERS: dict[str, Counter] = {}
"""By resource type."""


def counts(kind: str) -> Callable[[Counter], Counter]:
    """Register what makes lines of all resources of a type in a deployment."""

    def register(counter: Counter) -> Counter:
        COUNTERS[kind] = counter
        return counter

    return register
