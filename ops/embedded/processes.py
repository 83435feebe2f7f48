"""Who a process is. A number alone proves nothing: the system gives it to somebody else later."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PS = ("/bin/ps", "/usr/bin/ps")


@dataclass(frozen=True, slots=True)
class Identity:
    """A process: its number, when it started, in the system's own words, and its command line."""

    pid: int
    started: str
    command: str


def identity(pid: int) -> Identity | None:
    """Who has this number now; None if nobody, or only what is left of a dead one."""
    return _from_proc(pid) if Path("/proc/self/stat").exists() else _from_ps(pid)


def is_same(known: Identity) -> bool:
    """Whether the process we knew still runs."""
    now = identity(known.pid)
    return now is not None and now.started == known.started


def mentioning(text: str) -> list[Identity]:
    """Every process with ``text`` in its command line, but this one."""
    found = [identity(pid) for pid in _all_pids() if pid != os.getpid()]
    return [process for process in found if process is not None and text in process.command]


def stop(known: Identity, *, patience_seconds: float, group: bool = False) -> bool:
    """Ask a process to end, then make it; with ``group`` all that it started in its session too.

    Returns:
        Whether it is gone.
    """
    if is_same(known):
        _send(known.pid, signal.SIGTERM, group=group)
    if _wait_until_gone(known, patience_seconds):
        return True
    _send(known.pid, signal.SIGKILL, group=group)
    return _wait_until_gone(known, 5)


def _send(pid: int, number: signal.Signals, *, group: bool) -> None:
    try:
        if group and os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _wait_until_gone(known: Identity, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while is_same(known):
        if time.monotonic() >= end:
            return False
        time.sleep(0.05)
    return True


def _from_proc(pid: int) -> Identity | None:
    folder = Path("/proc") / str(pid)
    try:
        # The second field is the name in parentheses, and may itself hold spaces and parentheses.
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return None
    return None if fields[0] in "ZX" else Identity(pid, fields[19], command)


def _from_ps(pid: int) -> Identity | None:
    ps = next((path for path in PS if Path(path).exists()), "ps")
    shown = subprocess.run(
        [ps, "-o", "stat=,lstart=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=6)
    if len(shown) < 7 or shown[0].startswith("Z"):
        return None
    return Identity(pid, " ".join(shown[1:6]), shown[6].strip())


def _all_pids() -> list[int]:
    if Path("/proc/self/stat").exists():
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    ps = next((path for path in PS if Path(path).exists()), "ps")
    listed = subprocess.run([ps, "-axo", "pid="], capture_output=True, text=True, check=True).stdout
    return [int(word) for word in listed.split()]
