"""Runs the silent loss of a primary in a network of its own, where the machine allows one."""

import json
import sys
from pathlib import Path

from ops.drills.check import CannotRunError, Check, not_run
from ops.drills.plan import Plan
from ops.drills.servers import network
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.drills.servers.process import Process

WHAT = "silent loss of the primary"
EXPECTED = "clients work again, pgbouncer's defaults hang"
END_SECONDS = 100.0
"""It takes 40."""


class SilentLoss:
    """Starts it, so that it runs beside the rest of the drill, and collects what it found."""

    def __init__(self, lifetime: Lifetime, plan: Plan, program: Pgbouncer) -> None:
        self._process: Process | None = None
        self._reason = ""
        self._found = lifetime.folder / "loss.json"
        try:
            command = network.inside()
        except CannotRunError as error:
            self._reason = str(error)
            return
        given = lifetime.folder / "plan.json"
        given.write_text(plan.model_dump_json())
        self._process = lifetime.start(
            [sys.executable, "-m", "ops.drills.loss", *map(str, (*program, given, self._found))],
            log=lifetime.folder / "loss.log",
            prefix=command,
            unprivileged=False,  # it changes its own network, and starts its servers without those rights
        )

    def checks(self) -> list[Check]:
        """Wait for it.

        Raises:
            RuntimeError: it broke; with its words.
        """
        if self._process is None:
            return [not_run(WHAT, EXPECTED, self._reason)]
        if not self._process.wait(END_SECONDS):
            raise RuntimeError(f"{WHAT} did not end: {self._process.said()}")
        return _read(self._found, self._process)


def _read(found: Path, process: Process) -> list[Check]:
    try:
        return [Check(**check) for check in json.loads(found.read_text())]
    except (OSError, ValueError):
        raise RuntimeError(f"{WHAT} broke: {process.said()}") from None
