"""A real nginx: the machine's, or else Debian's package, unpacked into the checkout once."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from ops.drills.servers.debian_package import unpack_package
from ops.workspace import here

CACHE = here().state / "nginx"


def nginx_program() -> Path:
    """The program."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if found:
        return Path(found)
    program = CACHE / "unpacked" / "usr" / "sbin" / "nginx"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            unpack_package("nginx", CACHE)
    return program


class Nginx:
    """nginx with one configuration file, in the foreground of a process of its own."""

    def __init__(self, folder: Path, configuration: str) -> None:
        self._folder, self._program = folder, nginx_program()
        self._file = folder / "nginx.conf"
        self._file.write_text(configuration)
        self._log = folder / "nginx.log"

    @property
    def _command(self) -> list[str]:
        return [str(self._program), "-p", str(self._folder), "-e", str(self._log), "-c", str(self._file)]

    def test(self) -> subprocess.CompletedProcess[str]:
        """Let it try its configuration."""
        return subprocess.run([*self._command, "-t"], capture_output=True, text=True, check=False)

    def start(self) -> "subprocess.Popen[bytes]":
        """Start it; the caller ends it."""
        with self._log.open("ab") as output:
            return subprocess.Popen(
                [*self._command, "-g", "daemon off;"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def reload(self) -> None:
        """Let the running one read the configuration again, and wait until no worker has the old one.

        nginx itself does not wait; on a machine that is busy, the short pauses of tests could pass meanwhile.
        """
        master = int((self._folder / "nginx.pid").read_text())
        before = _workers(master)
        os.kill(master, signal.SIGHUP)
        deadline = time.monotonic() + 10
        while any(map(_accepts, before)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"nginx did not reload: {self._log.read_text()[-500:]}")
            time.sleep(0.01)


def _workers(master: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def _accepts(worker: int) -> bool:
    try:
        title = Path(f"/proc/{worker}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        # Gone before its file was opened, or before it was read.
        return False
    return title != b"" and b"shutting down" not in title
