"""Takes programs from packages that apt's configured sources offer; unpacked, never installed."""

import shutil
import subprocess
from pathlib import Path

_SECONDS = 120


class NotUnpackedError(Exception):
    """There is no such package to be had here; says why."""


def unpack_package(name: str, folder: Path) -> Path:
    """Download a package and unpack it into ``folder``. Its service is not started: nothing is installed.

    Returns:
        The package file, whose name has the version in it.

    Raises:
        NotUnpackedError: there is no apt, or it offers none.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise NotUnpackedError("unpacking Debian's package needs apt-get and dpkg")
    folder.mkdir(parents=True, exist_ok=True)
    _run(["apt-get", "download", name], folder)
    (package,) = folder.glob(f"{name}_*.deb")
    _run(["dpkg", "-x", str(package), str(folder / "unpacked")], folder)
    return package


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise NotUnpackedError(f"{' '.join(command)} failed: {said[0]}")
