"""Ends what a drill started when the drill itself is gone, however it ended, ``kill -9`` included.

Run as a program with the drill's folder as its argument. Its standard input is the drill's other end: a
line ``+123`` or ``-123`` for each process that began or ended, and the end of the file when nobody is
left to write. It imports nothing of ours, so that it starts in a moment.
"""

import os
import shutil
import signal
import sys
import time

PATIENCE_SECONDS = 3.0


def main() -> None:
    """Wait for the drill to end, then end its processes and remove its folder."""
    known: set[int] = set()
    for line in sys.stdin:
        process = int(line[1:])
        known.add(process) if line[0] == "+" else known.discard(process)
    end(known)
    shutil.rmtree(sys.argv[1], ignore_errors=True)


def end(processes: set[int]) -> None:
    """At once, but with time for PostgreSQL to give its shared memory back."""
    for process in processes:
        _send(process, signal.SIGQUIT)
        _send(process, signal.SIGCONT)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(map(_lives, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in processes:
        _send(process, signal.SIGKILL)


def _send(process: int, number: signal.Signals) -> None:
    try:
        os.killpg(process, number)
    except (ProcessLookupError, PermissionError):
        return


def _lives(process: int) -> bool:
    try:
        os.killpg(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main()
