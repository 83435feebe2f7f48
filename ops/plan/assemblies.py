"""The assemblies of a plan: synthesised two at a time, and kept until a source changes."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ops.assembly.synthesis import synthesise
from ops.assembly.target import Target
from ops.plan.side import Side, read_side
from ops.workspace import Workspace

AT_ONCE = 2
"""A synthesis keeps one core busy, and a little more; more at once gain nothing on two cores."""

Wanted = tuple[Workspace, Target]
"""What to synthesise, and from which sources."""


def folder_of(wanted: Wanted) -> Path:
    """Where its assembly is kept: beside those of ``cambium up``, which asks for them in other words."""
    workspace, target = wanted
    phase = "as-written" if target.phase is None else str(target.phase)
    words = [target.system, target.environment, phase, *([target.platform] if target.platform else [])]
    return workspace.state / "plan" / workspace.root.name / "-".join(words)


def read_all(wanted: Iterable[Wanted], say: Callable[[str], None]) -> dict[Wanted, Side]:
    """Each side; those that have not changed since the last plan are read at once.

    Raises:
        OperatorError: an app failed; the details are what it said.
    """
    asked = list(dict.fromkeys(wanted))
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        made = [pool.submit(_read, one, say) for one in asked]
        return {one: side.result() for one, side in zip(asked, made, strict=True)}


def _read(wanted: Wanted, say: Callable[[str], None]) -> Side:
    workspace, target = wanted
    folder = folder_of(wanted)
    synthesise(workspace, target, folder, say)
    return read_side(folder)
