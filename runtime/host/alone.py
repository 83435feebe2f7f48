"""One at a time: releases, the watch and people change the machine after each other."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from host.failure import BusyError

_POLL_SECONDS = 0.2


@contextmanager
def alone(file: Path, *, patience_seconds: float) -> Iterator[None]:
    """Be the only one who changes the machine. The kernel lets go when a process ends, however it ends.

    Raises:
        BusyError: somebody else is at it, and still was after ``patience_seconds``.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience_seconds
    with file.open("a") as lock:
        while not _locked(lock):
            if time.monotonic() >= deadline:
                raise BusyError("another release is under way: wait for its end, or end its command")
            time.sleep(_POLL_SECONDS)
        yield


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
