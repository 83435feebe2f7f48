"""Runs the programs of a step: never two sets of them, and none that outlives its command unseen.

A command that is killed cannot stop what it started. So each program is written down while it
runs, and the next command ends what is left of the last one before it starts anything itself.
"""

import contextlib
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from ops.embedded import processes
from ops.embedded.processes import Identity
from ops.workspace import Workspace


@contextlib.contextmanager
def running(
    workspace: Workspace, command: Sequence[str], variables: Mapping[str, str], *, folder: Path
) -> Iterator[subprocess.Popen[str]]:
    """Run a program with its output joined into one stream; end it if the block ends first."""
    record = workspace.state / "program.json"
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        list(command),
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    known = processes.identity(process.pid)
    try:
        if known is not None:
            record.write_text(json.dumps(asdict(known)))
        yield process
    finally:
        if process.poll() is None and known is not None:
            processes.stop(known, patience_seconds=5, group=True)
        process.wait()
        record.unlink(missing_ok=True)


def end_leftover(workspace: Workspace) -> Identity | None:
    """End the program of a command that was killed; None if there is none."""
    record = workspace.state / "program.json"
    try:
        known = Identity(**json.loads(record.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    left = known if processes.is_same(known) else None
    if left is not None:
        processes.stop(left, patience_seconds=5, group=True)
    record.unlink(missing_ok=True)
    return left
