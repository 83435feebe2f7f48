"""Synthesises what tests ask for when they ask: once per test run, in one process for all workers."""

import fcntl
import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.assembly import Assembly
from support.synthesis import DEPLOYMENTS, ROOT, SYNTHS

SERVE_APP = Path(__file__).parent / "serve_app.py"
HOST = "127.0.0.1"
LOG_CHARACTERS = 4000


class Synths:
    """The synths of a test run. Processes that share ``folder`` share them, and the app that makes them.

    The app is a child of whoever asks first, and ends with it; who asks after that starts another.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, Assembly] = {}
        self._app: subprocess.Popen[str] | None = None

    def __getitem__(self, name: str) -> Assembly:
        if name not in self._made:
            self._made[name] = self._shared(name)
        return self._made[name]

    def stop(self) -> None:
        """End the app, if it is ours, once nobody waits for it; it would end with this process, too."""
        if self._app is not None:
            with self._alone("app"):
                self._address.unlink(missing_ok=True)
                self._app.communicate()

    def _shared(self, name: str) -> Assembly:
        folder, finished = self._folder / name, self._folder / f"{name}.finished"
        with self._alone(name):
            if not finished.exists():
                self._make(name, folder)
                finished.touch()
        return Assembly(folder)

    def _make(self, name: str, folder: Path) -> None:
        synth = SYNTHS[name]
        request = {"context": synth.context, "folder": str(folder), "systems": str(synth.systems or "")}
        request["changes"] = dict(synth.changes)
        with self._alone("app"):
            error = self._ask(request)
        assert error is None, f"{name}: {error[-LOG_CHARACTERS:]}"

    def _ask(self, request: dict[str, Any]) -> str | None:
        if not self._address.exists():
            self._start()
        known = json.loads(self._address.read_text())
        with (
            socket.create_connection((HOST, known["port"])) as connection,
            connection.makefile("rw") as stream,
        ):
            print(json.dumps({**request, "token": known["token"]}), file=stream, flush=True)
            answer = stream.readline()
        if not answer:
            self._address.unlink()
            return f"the app ended:\n{self._log.read_text()}"
        error: str | None = json.loads(answer)
        return error

    def _start(self) -> None:
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
        token = secrets.token_hex()
        print(token, file=self._app.stdin, flush=True)
        port = self._app.stdout.readline()
        assert port, f"the app did not start:\n{self._log.read_text()}"
        self._address.touch(mode=0o600)
        self._address.write_text(json.dumps({"port": int(port), "token": token}))

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @property
    def _address(self) -> Path:
        return self._folder / "app.json"

    @property
    def _log(self) -> Path:
        return self._folder / "app.log"


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
