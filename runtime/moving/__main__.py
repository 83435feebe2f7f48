"""``python -m moving STEP``: one step of a move; exit codes are those of ``database.failure`` and ours.

0 done; 1 failed, try again; 2 told something wrong; 4 the two sides differ; 5 refused, somebody has to change
something first; 6 something else was in the way for too long, try again.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any

from database import log
from database.failure import JobError
from database.store import Store
from moving.place import both
from moving.settings import Settings
from moving.steps import STEPS, Move


def main(arguments: Sequence[str]) -> int:
    """Do one step and return its exit code; its result is the last line that is written."""
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _asked_to_stop)
    parser = argparse.ArgumentParser(prog="moving", description="Moves one tenant between two databases.")
    parser.add_argument("step", choices=list(STEPS))
    step = parser.parse_args(arguments).step
    told, began = dict(os.environ), time.monotonic()
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]  # libpq would read them for both databases
    settings = None
    outcome: dict[str, Any] = {"step": step, "tenant": told.get("TENANT", "")[:128]}
    try:
        settings = Settings.read(told)
        with both(settings) as (source, target):
            outcome |= {"ok": True, "code": 0, **STEPS[step](Move.between(source, target, settings))}
    except JobError as failure:
        log.error(str(failure), step=step, code=failure.code)
        outcome |= {"ok": False, "code": failure.code, "message": str(failure)}
    return _conclude(settings, {**outcome, "total_seconds": round(time.monotonic() - began, 3)})


def _conclude(settings: Settings | None, outcome: dict[str, Any]) -> int:
    try:
        if settings is not None and settings.result is not None:
            bucket, key = settings.result
            Store(bucket).put(key, json.dumps(outcome).encode())
    except JobError as failure:
        log.error(str(failure), step=outcome["step"], code=failure.code)
        outcome = {**outcome, "ok": False, "code": outcome["code"] or failure.code, "message": str(failure)}
    log.write(outcome)
    return int(outcome["code"])


def _asked_to_stop(_number: int, _frame: FrameType | None) -> None:
    raise JobError("asked to stop before it was done: run it again")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
