"""The pgbouncer that connection pools run on the embedded AWS, where it looks for one."""

import os
from collections.abc import Callable
from pathlib import Path

from ops.drills.check import CannotRunError
from ops.drills.servers import pgbouncer
from ops.workspace import Workspace

WITHOUT = (
    "no pgbouncer on this machine: connections go straight to the database "
    f"(name one with {pgbouncer.VARIABLE}=/path/to/pgbouncer)"
)


def path(workspace: Workspace) -> Path:
    """Where the embedded AWS looks each time a pooler starts; a link."""
    return workspace.state / "pgbouncer" / "program"


def provide(workspace: Workspace, say: Callable[[str], None]) -> str:
    """Put a pgbouncer there; the first time in a checkout this can take half a minute.

    Returns:
        What to tell people: its version, or that there is none and what that means. The embedded AWS works
        without it; ``cambium drill`` does not, and says in full what was tried.
    """
    link = path(workspace)
    try:
        found = pgbouncer.find(workspace, say)
    except CannotRunError:
        link.unlink(missing_ok=True)
        return WITHOUT
    link.parent.mkdir(parents=True, exist_ok=True)
    unfinished = link.with_name(f"program-{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    unfinished.symlink_to(found.path.absolute())
    unfinished.replace(link)
    return f"pgbouncer {found.version} pools connections"
