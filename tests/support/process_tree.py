"""What a process started and where that listens, as /proc tells."""

import socket
import time
from pathlib import Path


def listening(pid: int) -> set[tuple[str, int]]:
    """Addresses and ports on which a process and its children listen; over IPv6, without the address."""
    inodes = set()
    for process in (pid, *descendants(pid)):
        for link in Path(f"/proc/{process}/fd").iterdir():
            inodes.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return {_place(row[1]) for row in rows if row[3] == "0A" and row[9] in inodes}


def _place(text: str) -> tuple[str, int]:
    address, _, port = text.partition(":")
    # The kernel prints the bytes of an IPv4 address as a number, the last one first.
    host = socket.inet_ntoa(bytes.fromhex(address)[::-1]) if len(address) == 8 else "IPv6"
    return host, int(port, 16)


def descendants(pid: int) -> list[int]:
    """The processes it started, and those they started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def command_line(pid: int) -> str:
    """Its program and arguments; nothing when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except FileNotFoundError:
        return ""


def gone(pids: list[int], seconds: float = 5) -> bool:
    """Whether they have ended, at last after so long."""
    deadline = time.monotonic() + seconds
    while any(Path(f"/proc/{pid}").exists() and not zombie(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def zombie(pid: int) -> bool:
    """Whether nothing is left of it but its number."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
