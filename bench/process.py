"""Runs a program to its end and says what it cost: CPU of its whole process tree, and wall time."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TAIL_LINES = 15


class MeasurementError(Exception):
    """A program that was to be measured failed; there is no number to report."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    cpu_seconds: float
    """User and system time of the program and of every descendant it waited for."""
    wall_seconds: float


def run(
    command: Sequence[str], *, folder: Path, env: Mapping[str, str], allowed: Sequence[int] = (0,)
) -> Cost:
    """Run ``command`` to its end.

    Raises:
        MeasurementError: it ended with another code than ``allowed``; the message has what it said last.
    """
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        # Unlike getrusage(RUSAGE_CHILDREN), wait4 answers for this child alone; its tree is in the sum
        # because each process of it waits for its own children.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in allowed:
            output.seek(0)
            lines = output.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
            said = "\n".join(f"  {line[:200]}" for line in lines)
            raise MeasurementError(f"exit code {process.returncode} from {command[0]}:\n{said}")
    return Cost(usage.ru_utime + usage.ru_stime, wall)
