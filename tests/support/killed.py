"""Runs ``python -m moving``, and kills it as it makes its n-th request to a database.

Run as ``killed.py <n> <step> ...``. It ends by SIGKILL, or as the program does where it makes fewer.
"""

import os
import signal
import sys
from typing import Any

import psycopg

from moving.__main__ import main

_left = int(sys.argv[1])


def _count() -> None:
    global _left
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)


_execute, _write = psycopg.Cursor.execute, psycopg.Copy.write


def execute(self: Any, *asked: Any, **more: Any) -> Any:
    """Ask the server, unless it was the last time."""
    _count()
    return _execute(self, *asked, **more)


def write(self: Any, data: Any) -> None:
    """Send rows, unless it was the last time."""
    _count()
    _write(self, data)


psycopg.Cursor.execute, psycopg.Copy.write = execute, write  # type: ignore[method-assign,assignment]

if __name__ == "__main__":
    code = main(sys.argv[2:])
    print(f"requests {int(sys.argv[1]) - _left}", file=sys.stderr)
    sys.exit(code)
