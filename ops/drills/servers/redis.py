"""Finds a Redis server, or takes Debian's package apart without installing anything."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from ops.drills.check import CannotRunError
from ops.lock import in_turn
from ops.workspace import Workspace

PACKAGES = ("redis-tools", "libjemalloc2", "liblzf1", "libatomic1")
"""Debian's server is a program of redis-tools; the others are the libraries it is linked to."""
_SECONDS = 120


class Redis(NamedTuple):
    """A program that was found, and what has to be in its environment."""

    path: Path
    environment: Mapping[str, str]


def find(workspace: Workspace, say: Callable[[str], None]) -> Redis:
    """The one on PATH, or that of Debian's package, which is unpacked once per checkout.

    Raises:
        CannotRunError: neither could be had; with what to do.
    """
    installed = shutil.which("redis-server")
    if installed:
        return Redis(Path(installed), {})
    folder = workspace.state / "redis"
    with in_turn(workspace, folder):
        if not (folder / "redis-server").exists():
            _unpack(folder, say)
    return Redis(folder / "redis-server", {"LD_LIBRARY_PATH": str(folder)})


def start(redis: Redis, port: int, folder: Path) -> "subprocess.Popen[bytes]":
    """Run it on loopback, with nothing on disk; it ends with the caller's terminate()."""
    return subprocess.Popen(
        [redis.path, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        cwd=folder,
        env={**os.environ, **redis.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _unpack(folder: Path, say: Callable[[str], None]) -> None:
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise CannotRunError("no redis-server: install Redis 7 so that it is on PATH")
    say("downloading the package redis-tools")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        for package in PACKAGES:
            _run(["apt-get", "download", package], scratch)
            (file,) = scratch.glob(f"{package}_*.deb")
            _run(["dpkg", "-x", str(file), str(scratch / "unpacked")], scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for library in (scratch / "unpacked" / "usr" / "lib").glob("*/*.so*"):
            shutil.copy(library, folder / library.name)
        # It tells by its name what it is.
        shutil.copy(scratch / "unpacked" / "usr" / "bin" / "redis-check-rdb", folder / "redis-server")


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise CannotRunError(f"{' '.join(command)} failed: {said[0]}; install Redis 7 so that it is on PATH")
