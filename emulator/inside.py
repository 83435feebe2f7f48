"""Whether a connection comes from a program that the emulator started: a Lambda, a pooler."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_LOCAL_ADDRESS, _INODE = 1, 9
_LOOKS = 3


def is_inside(peer: tuple[str, int]) -> bool:
    """Tell whether the other end at ``peer`` belongs to a descendant of this process.

    Where there is no /proc, and when the other end is gone already, nobody knows: then it does not.
    """
    # Both lists the kernel hands out piece by piece: a connection, or a child, can be missed while others
    # come and go. What is found is there; what is not found is looked for again.
    try:
        return any(_is_seen_inside(peer) for _ in range(_LOOKS))
    except OSError:
        return False


def _is_seen_inside(peer: tuple[str, int]) -> bool:
    inode = _inode(peer)
    return inode is not None and any(_holds(pid, inode) for pid in _descendants(os.getpid()))


def _inode(peer: tuple[str, int]) -> str | None:
    # The kernel prints the four bytes of an address as a number of this machine's byte order.
    address = int.from_bytes(socket.inet_aton(peer[0]), sys.byteorder)
    wanted = f"{address:08X}:{peer[1]:04X}"
    for line in (_PROC / "net" / "tcp").read_text().splitlines()[1:]:
        fields = line.split()
        # An earlier connection of the same port that is over has no socket any more.
        if fields[_LOCAL_ADDRESS] == wanted and fields[_INODE] != "0":
            return fields[_INODE]
    return None


def _holds(pid: int, inode: str) -> bool:
    return any(_target(link) == f"socket:[{inode}]" for link in _entries(_PROC / str(pid) / "fd"))


def _descendants(pid: int) -> Iterator[int]:
    for thread in _entries(_PROC / str(pid) / "task"):
        for child in _children(thread):
            yield child
            yield from _descendants(child)


# Any of it may end, or be closed, while we look.


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _children(thread: Path) -> list[int]:
    try:
        return [int(word) for word in (thread / "children").read_text().split()]
    except OSError:
        return []
