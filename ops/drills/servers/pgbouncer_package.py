"""Takes pgbouncer from the package that apt's configured sources offer; unpacked, never installed."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from ops.drills.servers.pgbouncer_build import NotBuiltError

_SECONDS = 120


def unpack(folder: Path, say: Callable[[str], None]) -> Path:
    """Download and unpack the package. Its service is not started, because nothing is installed.

    Raises:
        NotBuiltError: there is no apt, or it offers none.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise NotBuiltError("unpacking Debian's package needs apt-get and dpkg")
    say("downloading the package pgbouncer")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        _run(["apt-get", "download", "pgbouncer"], scratch)
        (package,) = scratch.glob("pgbouncer_*.deb")
        _run(["dpkg", "-x", str(package), str(scratch / "unpacked")], scratch)
        release = re.sub(r"^pgbouncer_([\d.]+).*", r"\1", package.name)
        done = folder / f"{release}-package"
        done.mkdir(parents=True, exist_ok=True)
        shutil.copy(scratch / "unpacked" / "usr" / "sbin" / "pgbouncer", done / "pgbouncer")
    return done / "pgbouncer"


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise NotBuiltError(f"{' '.join(command)} failed: {said[0]}")
