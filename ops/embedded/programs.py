"""Runs the programs of a step: never two sets of them, and none that outlives its command unseen.

A command that is killed cannot stop what it started. So each program is written down with its
owner while it runs, and the next command ends those whose owner is gone before it starts anything.
"""

import contextlib
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from ops.embedded import processes
from ops.embedded.processes import Identity
from ops.workspace import Workspace

_NUMBERS = itertools.count(1)
"""A command may run several programs at once, from threads."""


@contextlib.contextmanager
def running(
    workspace: Workspace, command: Sequence[str], variables: Mapping[str, str], *, folder: Path
) -> Iterator[subprocess.Popen[str]]:
    """Run a program with its output joined into one stream; end it if the block ends first."""
    record = _folder(workspace) / f"{os.getpid()}-{next(_NUMBERS)}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(record)
    temporary.mkdir(exist_ok=True)
    process = subprocess.Popen(
        list(command),
        cwd=folder,
        env={**variables, "TMPDIR": str(temporary)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    known, owner = processes.identity(process.pid), processes.identity(os.getpid())
    try:
        if known is not None and owner is not None:
            unfinished = record.with_suffix(".partial")
            unfinished.write_text(json.dumps({"owner": asdict(owner), "program": asdict(known)}))
            unfinished.replace(record)
        yield process
    finally:
        if process.poll() is None and known is not None:
            processes.stop(known, patience_seconds=5, group=True)
        process.wait()
        _forget(record)


def end_leftovers(workspace: Workspace) -> list[Identity]:
    """End the programs whose command was killed; answers which they were."""
    ended = []
    for record in sorted(_folder(workspace).glob("*.json")):
        owner, program = _read(record)
        if owner is not None and processes.is_same(owner):
            continue
        if program is not None and processes.is_same(program):
            processes.stop(program, patience_seconds=5, group=True)
            ended.append(program)
        _forget(record)
    return ended


def _temporary(record: Path) -> Path:
    # Of the program's own, because the CDK CLI leaves folders in it.
    return record.with_suffix(".tmp")


def _forget(record: Path) -> None:
    shutil.rmtree(_temporary(record), ignore_errors=True)
    record.unlink(missing_ok=True)


def _read(record: Path) -> tuple[Identity | None, Identity | None]:
    try:
        written = json.loads(record.read_text())
        return Identity(**written["owner"]), Identity(**written["program"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, None


def _folder(workspace: Workspace) -> Path:
    return workspace.state / "programs"
