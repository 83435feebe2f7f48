"""What can go wrong besides what ``database.failure`` has: 1 try again, 2 told wrong, 4 they differ."""

from collections.abc import Sequence

from database.failure import JobError

SHOWN = 10


class RefusedError(JobError):
    """This move must not be done as things are: somebody has to change something first."""

    code = 5


class BusyError(JobError):
    """Something else held what was needed for too long; nothing has changed, and it may be tried again."""

    code = 6


def refuse(problems: Sequence[str]) -> None:
    """Refuse if there are problems, with the first of them.

    Raises:
        RefusedError: there are.
    """
    if problems:
        more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        raise RefusedError("; ".join(problems[:SHOWN]) + more)
