"""Whether a connection comes from a program that the emulator started: a Lambda, a pooler."""

import os
import socket
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

_PROC = Path("/proc")
_LOCAL_ADDRESS, _INODE = 1, 9


def is_inside(peer: tuple[str, int]) -> bool:
    """Tell whether the other end at ``peer`` belongs to a descendant of this process.

    Where there is no /proc, and when the other end is gone already, nobody knows: then it does not.
    """
    # Connections and children are lists that the kernel hands out piece by piece: one can be missed while
    # others come and go. What is found is there; what is not found is looked for again, at last among all
    # processes, which takes some milliseconds.
    looks = (_descendants, _descendants, _descendants_by_parent)
    try:
        return any(_is_seen_inside(peer, look) for look in looks)
    except OSError:
        return False


def _is_seen_inside(peer: tuple[str, int], descendants: Callable[[int], Iterator[int]]) -> bool:
    inode = _inode(peer)
    return inode is not None and any(_holds(pid, inode) for pid in descendants(os.getpid()))


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


def _descendants_by_parent(pid: int) -> Iterator[int]:
    children = defaultdict[int, list[int]](list)
    for entry in _entries(_PROC):
        if entry.name.isdecimal() and (parent := _parent(entry)) is not None:
            children[parent].append(int(entry.name))
    found = list(children[pid])
    for one in found:
        found += children[one]
    yield from found


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


def _parent(process: Path) -> int | None:
    try:
        # A name may have blanks and brackets in it, and ends with the last bracket.
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def _children(thread: Path) -> list[int]:
    try:
        return [int(word) for word in (thread / "children").read_text().split()]
    except OSError:
        return []
