"""``python -m moving STEP ...``: steps of a move, up to the first that fails.

Exit codes: 0 done; 1 failed, try again; 2 told something wrong; 4 the two sides differ; 5 refused, somebody
has to change something first; 6 something else was in the way for too long, try again.

Several steps in one run, such as ``fence catch-up verify open``, keep short what the fence refuses: a
container takes longer to start than all of them take.
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
from moving.lift import lift
from moving.move import Move
from moving.place import entered
from moving.settings import Settings
from moving.steps import STEPS

LIFT = "lift"
"""The one step that enters one database, ``MOVE_FROM``."""


def main(arguments: Sequence[str]) -> int:
    """Do the steps and return the exit code; the result is the last line that is written."""
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _asked_to_stop)
    parser = argparse.ArgumentParser(prog="moving", description="Moves one tenant between two databases.")
    parser.add_argument("steps", choices=[*STEPS, LIFT], nargs="+", metavar="STEP", help=", ".join(STEPS))
    steps = parser.parse_args(arguments).steps
    if LIFT in steps and len(steps) > 1:
        parser.error(f"{LIFT} goes alone: it is for when there is no other database any more")
    told, began = dict(os.environ), time.monotonic()
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]  # libpq would read them for both databases
    settings = None
    outcome: dict[str, Any] = {"step": steps[0], "tenant": told.get("TENANT", "")[:128]}
    try:
        settings = Settings.read(told, alone=steps == [LIFT])
        with entered(settings) as places:
            if steps == [LIFT]:
                done = [lift(places[0], settings)]
            else:
                source, target = places
                done = _do(steps, Move.between(source, target, settings), outcome)
        outcome |= {"ok": True, "code": 0, **(done[0] if len(steps) == 1 else {"steps": done})}
    except JobError as failure:
        log.error(str(failure), step=outcome["step"], code=failure.code)
        outcome |= {"ok": False, "code": failure.code, "message": str(failure)}
    return _conclude(settings, {**outcome, "total_seconds": round(time.monotonic() - began, 3)})


def _do(steps: Sequence[str], move: Move, outcome: dict[str, Any]) -> list[dict[str, Any]]:
    done: list[dict[str, Any]] = []
    for step in steps:
        outcome["step"] = step
        began = time.monotonic()
        result = STEPS[step](move)
        done.append({"step": step, **result, "step_seconds": round(time.monotonic() - began, 3)})
        if len(steps) > 1:
            log.info("done", **done[-1])
    return done


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
