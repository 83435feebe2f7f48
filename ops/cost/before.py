"""What the same environment cost at another revision."""

from collections.abc import Callable

from ops.assembly.target import Target
from ops.cost.bill import Bill, bill_of
from ops.cost.reading import Reading
from ops.plan.assemblies import read_all
from ops.plan.revision import described, lay_out
from ops.plan.side import Side
from ops.workspace import Workspace

HOURS = "-hours"
"""How the stack with a schedule ends."""


def bill_before(
    workspace: Workspace, revision: str, target: Target, say: Callable[[str], None]
) -> Bill | None:
    """The bill of the templates of ``revision``; None where it has no such environment.

    The assumptions, the prices and the hours of a schedule are those of now, so that the difference is what
    the templates differ by.

    Raises:
        OperatorError: git knows no such revision, or its app failed.
    """
    base = lay_out(workspace, revision).workspace
    if target.environment not in described(base).get(target.system, []):
        return None
    wanted = (base, target)
    return bill_then(Reading(read_all([wanted], say)[wanted], target.resolve()))


def bill_then(reading: Reading) -> Bill:
    """The bill of older templates, which sleep only if they have a stack that puts them to sleep."""
    return bill_of(
        Reading(
            reading.side, reading.deployment, prices=reading.prices, always_awake=not _sleeps(reading.side)
        )
    )


def _sleeps(side: Side) -> bool:
    return any(name.endswith(HOURS) for name in side.stacks)
