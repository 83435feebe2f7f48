"""Services that call each other in a circle: none of them can be deployed, started or woken first."""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from config.service import Service


def check_circles(services: Iterable[Service]) -> None:
    """Refuse them.

    Raises:
        ValueError: names everybody in the circle, in the order they call.
    """
    try:
        TopologicalSorter({service.name: service.calls for service in services}).prepare()
    except CycleError as error:
        # Found from the called to the caller.
        circle = " -> ".join(reversed(error.args[1]))
        raise ValueError(
            f"services must not call each other in a circle, got {circle}: none could start first; take one "
            "of the calls out, such as by a queue in between"
        ) from None
