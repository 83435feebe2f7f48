"""Finds a pgbouncer that is new enough, or gets one without touching the system."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ops.drills.check import CannotRunError
from ops.drills.servers import pgbouncer_build, pgbouncer_package
from ops.drills.servers.pgbouncer_build import NotBuiltError
from ops.lock import in_turn
from ops.workspace import Workspace

OLDEST = (1, 23)
"""Sizes of pools by role, and SIGTERM that waits for clients, came with 1.23."""
HOMEBREW = (Path("/opt/homebrew/bin/pgbouncer"), Path("/usr/local/bin/pgbouncer"))
VARIABLE = "PGBOUNCER"


class Pgbouncer(NamedTuple):
    """A program that was found."""

    path: Path
    version: str


def find(workspace: Workspace, say: Callable[[str], None]) -> Pgbouncer:
    """The first of: $PGBOUNCER, PATH, Homebrew, what was built before, a build, Debian's package.

    A build takes half a minute, once per checkout; of several processes at once one builds and the others
    wait. Nothing is installed on the system.

    Raises:
        CannotRunError: none could be had; with what was tried, and what to do.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = _try(Path(named))
        if found is None:
            raise CannotRunError(f"{VARIABLE}={named} is no pgbouncer of version {_words(OLDEST)} or newer")
        return found
    folder = workspace.state / "pgbouncer"
    with in_turn(workspace, folder):
        for path in (*_installed(), *_cached(folder)):
            found = _try(path)
            if found is not None:
                return found
        return _get(folder, say)


def version_of(path: Path) -> tuple[int, ...] | None:
    """The version a program says it is, or None when it is no pgbouncer that runs here."""
    try:
        shown = subprocess.run([path, "-V"], capture_output=True, text=True, check=False, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = re.match(r"PgBouncer (\d+(?:\.\d+)*)", shown, re.IGNORECASE)
    return tuple(int(part) for part in said[1].split(".")) if said else None


def _get(folder: Path, say: Callable[[str], None]) -> Pgbouncer:
    refused = []
    ways: list[Callable[[], Path]] = [
        *pgbouncer_build.builds(folder, say),
        partial(pgbouncer_package.unpack, folder, say),
    ]
    for get in ways:
        try:
            made = get()
        except NotBuiltError as error:
            refused.append(str(error))
            continue
        found = _try(made)
        if found is not None:
            return found
        refused.append(f"{made.parent.name} does not run here, or is older than {_words(OLDEST)}")
    tried = "".join(f"\n  {reason}" for reason in refused)
    raise CannotRunError(
        f"no pgbouncer {_words(OLDEST)} or newer; name one with {VARIABLE}=/path/to/pgbouncer. "
        f"Not on PATH, and:{tried}"
    )


def _installed() -> Iterator[Path]:
    on_path = shutil.which("pgbouncer")
    if on_path:
        yield Path(on_path)
    yield from HOMEBREW


def _cached(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/pgbouncer"), key=lambda path: version_of(path) or (), reverse=True)


def _try(path: Path) -> Pgbouncer | None:
    version = version_of(path)
    return Pgbouncer(path, _words(version)) if version and version >= OLDEST else None


def _words(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
