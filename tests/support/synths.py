"""Synthesises what tests ask for when they ask: once per test run, one process per worker."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from support.assembly import Assembly
from support.synthesis import DEPLOYMENTS, ROOT, SYNTHS

SERVE_APP = Path(__file__).parent / "serve_app.py"
LOG_CHARACTERS = 4000


class Synths:
    """The synths of a test run. Processes that share ``folder`` share them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, Assembly] = {}
        self._app: subprocess.Popen[str] | None = None

    def __getitem__(self, name: str) -> Assembly:
        if name not in self._made:
            self._made[name] = self._shared(name)
        return self._made[name]

    def stop(self) -> None:
        """End the process; it would end with this one, too."""
        if self._app is not None:
            self._app.communicate()

    def _shared(self, name: str) -> Assembly:
        folder, finished = self._folder / name, self._folder / f"{name}.finished"
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not finished.exists():
                self._make(name, folder)
                finished.touch()
        return Assembly(folder)

    def _make(self, name: str, folder: Path) -> None:
        synth, (asked, answered) = SYNTHS[name], self._pipes()
        request = {"context": synth.context, "folder": str(folder), "systems": str(synth.systems or "")}
        request["changes"] = dict(synth.changes)
        print(json.dumps(request), file=asked, flush=True)
        error = json.loads(answered.readline() or json.dumps(f"the app ended:\n{self._log.read_text()}"))
        assert error is None, f"{name}: {error[-LOG_CHARACTERS:]}"

    @property
    def _log(self) -> Path:
        return self._folder / f"{os.getpid()}.log"

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        if self._app is None:
            with self._log.open("w") as log:
                self._app = subprocess.Popen(
                    [sys.executable, str(SERVE_APP)],
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )
        assert self._app.stdin
        assert self._app.stdout
        return self._app.stdin, self._app.stdout


class Deployments(Mapping[str, Assembly]):
    """Every deployment by name, each synthesised when it is first looked at."""

    def __init__(self, synths: Synths) -> None:
        self._synths = synths

    def __getitem__(self, name: str) -> Assembly:
        if name not in DEPLOYMENTS:
            raise KeyError(name)
        return self._synths[name]

    def __iter__(self) -> Iterator[str]:
        return iter(DEPLOYMENTS)

    def __len__(self) -> int:
        return len(DEPLOYMENTS)
