"""Measures ``cambium up`` in a copy of the checkout, so that nobody's embedded AWS is touched."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.process import Cost, MeasurementError, run
from ops.assembly.target import Target
from ops.embedded import loopback
from ops.workspace import Workspace

INSTALLED = (".venv", "node_modules", ".cambium/jsii", ".cambium/lambda-layer")
"""What ``make setup`` installs: shared with the copy, because it is no part of ``up``."""


@dataclass(frozen=True, slots=True)
class UpCost:
    """One run of ``cambium up``."""

    steps: dict[str, float]
    """Wall seconds by step, as the command itself recorded them."""
    total: Cost


def measure(workspace: Workspace, target: Target, say: Callable[[str], None]) -> tuple[UpCost, UpCost]:
    """A first run from nothing, and a second that has nothing to do."""
    with _copy(workspace) as copy:
        say("cambium up, the first time (minutes)")
        first = _up(copy, target)
        say("cambium up, the second time")
        return first, _up(copy, target)


def _up(workspace: Workspace, target: Target) -> UpCost:
    workspace.timings.unlink(missing_ok=True)
    total = _cambium(workspace, "up", "--system", target.system, "--env", target.environment)
    if not workspace.timings.exists():
        raise MeasurementError(f"cambium up left no {workspace.timings.name}: its steps cannot be reported")
    steps: dict[str, float] = json.loads(workspace.timings.read_text())
    return UpCost(steps, total)


@contextmanager
def _copy(workspace: Workspace) -> Iterator[Workspace]:
    """The sources in a folder of their own; its embedded AWS takes the next free port."""
    # Below .cambium: nothing outside the checkout is written, and state is found by its full path.
    copy = Workspace(workspace.state / "bench" / "checkout")
    _remove(copy)
    for name in _sources(workspace.root):
        (copy.root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(workspace.root / name, copy.root / name)
    for name in INSTALLED:
        (copy.root / name).parent.mkdir(parents=True, exist_ok=True)
        (copy.root / name).symlink_to(workspace.root / name)
    try:
        yield copy
    finally:
        _remove(copy)


def _remove(copy: Workspace) -> None:
    if copy.bin.exists():
        _cambium(copy, "down")
    shutil.rmtree(copy.root, ignore_errors=True)


def _cambium(workspace: Workspace, *arguments: str) -> Cost:
    command = (str(workspace.bin / "python"), "-m", "ops.cli", *arguments)
    return run(command, folder=workspace.root, env=loopback.environment(workspace))


def _sources(root: Path) -> list[str]:
    git = shutil.which("git") or "git"
    command = (git, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (root / name).is_file()]
