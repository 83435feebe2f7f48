"""One command at a time may change what is deployed from a checkout, and one may write to a folder."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.outcome import ExitCode, OperatorError
from ops.workspace import Workspace


@contextmanager
def exclusive(workspace: Workspace, command: str) -> Iterator[None]:
    """Hold the checkout's lock; the kernel lets go of it however this process ends.

    Raises:
        OperatorError: another command holds it; the message says which and its process.
    """
    workspace.state.mkdir(parents=True, exist_ok=True)
    # Opened for appending: truncating would erase the holder's name before we know that we may.
    with (workspace.state / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "another command"
            raise OperatorError(
                ExitCode.BUSY,
                f"{holder} is at work in this checkout",
                hint="wait for it to end, then run this again",
            ) from error
        file.truncate(0)
        file.write(f"cambium {command} (process {os.getpid()})")
        file.flush()
        yield
        file.truncate(0)


@contextmanager
def in_turn(workspace: Workspace, folder: Path) -> Iterator[None]:
    """Wait until nobody else of this checkout writes to ``folder``, then be the one who may."""
    name = hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:16]
    file = workspace.state / "writing" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
