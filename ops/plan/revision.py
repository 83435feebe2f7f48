"""Another revision of the sources as a checkout of its own, with the tools of this one."""

import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.assembly.synthesis import SOURCE_ROOTS
from ops.embedded import loopback
from ops.lock import in_turn
from ops.outcome import ExitCode, OperatorError
from ops.workspace import Workspace

SHARED = (".venv", "node_modules", ".cambium")
"""What a revision borrows: it runs with the libraries that are installed here."""

DESCRIBE = """
import json
from config.catalog import load_system, system_names
print(json.dumps({name: [one.name for one in load_system(name).environments] for name in system_names()}))
"""


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision, laid out below ``.cambium``."""

    name: str
    """As it was asked for."""
    commit: str
    workspace: Workspace

    @property
    def short(self) -> str:
        """As people quote it."""
        return self.commit[:8]


def lay_out(workspace: Workspace, revision: str) -> Revision:
    """Write the sources of a revision below ``.cambium``, unless they are there.

    Raises:
        OperatorError: git knows no such revision here.
    """
    asked = [f"{revision}^{{commit}}"]
    commit = _git(workspace, "rev-parse", "--verify", "--quiet", "--end-of-options", *asked).decode().strip()
    folder = workspace.state / "revisions" / commit
    with in_turn(workspace, folder):
        if not folder.exists():
            _write(workspace, commit, folder)
    return Revision(revision, commit, Workspace(folder))


def _write(workspace: Workspace, commit: str, folder: Path) -> None:
    unfinished = folder.with_name(f"{commit}.partial")
    shutil.rmtree(unfinished, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(_git(workspace, "archive", "--format=tar", commit))) as sources:
        sources.extractall(unfinished, filter="data")
    for name in SHARED:
        (unfinished / name).symlink_to(workspace.root / name)
    unfinished.replace(folder)


def described(workspace: Workspace) -> Mapping[str, list[str]]:
    """The environments of each system as the sources of a checkout describe them.

    Raises:
        OperatorError: they cannot be read.
    """
    variables = loopback.environment(workspace)
    variables["PYTHONPATH"] = os.pathsep.join(str(workspace.root / name) for name in SOURCE_ROOTS)
    command = [str(workspace.bin / "python"), "-c", DESCRIBE]
    ended = subprocess.run(
        command, cwd=workspace.root, env=variables, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise OperatorError(
            ExitCode.NOT_COMPARABLE,
            f"the systems of {workspace.root.name} cannot be read",
            details=ended.stderr.strip()[-2000:],
            hint="compare with a revision that describes them, or synthesise it yourself and use --from-out",
        )
    found: dict[str, list[str]] = json.loads(ended.stdout)
    return found


def _git(workspace: Workspace, *words: str) -> bytes:
    command = ["git", "-C", str(Path(workspace.root)), *words]
    ended = subprocess.run(command, capture_output=True, check=False)
    if ended.returncode:
        raise OperatorError(
            ExitCode.NOT_COMPARABLE,
            f"git finds no revision {words[-1].removesuffix('^{commit}')!r} here",
            details=ended.stderr.decode(errors="replace").strip(),
            hint="name a branch, a tag or a commit; git fetch brings those of the server",
        )
    return ended.stdout
