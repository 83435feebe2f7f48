"""A pooler as the program its container holds: ``python -m pgbouncer`` with a real pgbouncer."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from emulator.poolers.container import NotStartedError
from emulator.postgres.unprivileged import follow_us, launcher
from emulator.settings import CHECKOUT

_START_SECONDS = 30
_STOP_SECONDS = 8

# A child told to follow its parent follows the thread that started it, so that must be one that
# lasts as long as the process.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pooler-starter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What is needed to start one."""

    pgbouncer: Path
    environment: Mapping[str, str] = field(repr=False)
    address: str
    port: int
    ca_file: Path
    folder: Path
    """For its files; made here, and it goes with the data of the run."""


class Program:
    """One running pooler, which ends with the emulator however that ends.

    Never root, never with a secret in its arguments, and with nothing of our own environment.
    """

    kind = "pgbouncer"

    def __init__(self, launch: Launch, on_line: Callable[[str], None], on_end: Callable[[int], None]) -> None:
        self._place = (launch.address, launch.port)
        self._said: deque[str] = deque(maxlen=12)
        self._stopping = self._quitting = False
        launch.folder.mkdir()
        launcher().own(launch.folder)
        self._process = _starter.submit(_start, launch).result()
        thread = threading.Thread(target=self._watch, args=(on_line, on_end), name="pooler", daemon=True)
        thread.start()

    def wait_until_ready(self) -> None:
        """Wait until it accepts connections.

        Raises:
            NotStartedError: It ended, or does not accept any; with the end of its log.
        """
        deadline = time.monotonic() + _START_SECONDS
        while (ended := self._process.poll()) is not None or not self._accepts():
            if ended is not None or time.monotonic() > deadline:
                what = "does not listen" if ended is None else f"ended with exit code {ended}"
                raise NotStartedError(f"the pooler {what}: {' / '.join(self._said)}")
            time.sleep(0.05)

    def drain(self) -> None:
        """Ask it to end as ECS does: its clients have time to leave."""
        self._stopping = True
        self._process.send_signal(signal.SIGTERM)

    def quit(self) -> None:
        """Ask it to end at once; asked once, because it takes signals one at a time."""
        if not self._quitting:
            self._stopping = self._quitting = True
            self._process.send_signal(signal.SIGQUIT)

    def end(self) -> None:
        """End it at once, and wait for that."""
        self.quit()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _accepts(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(self._place) == 0

    def _watch(self, on_line: Callable[[str], None], on_end: Callable[[int], None]) -> None:
        for line in self._process.stdout or ():
            self._said.append(line.rstrip())
            on_line(line.rstrip())
        code = self._process.wait()
        if not self._stopping:
            on_end(code)


def _start(launch: Launch) -> "subprocess.Popen[str]":
    # Each follows its parent: with us goes the program, and with the program its pgbouncer.
    script = launch.folder / "pgbouncer"
    script.write_text(f'#!/bin/sh\nexec {shlex.join([*follow_us(), str(launch.pgbouncer)])} "$@"\n')
    script.chmod(0o755)
    return subprocess.Popen(
        [*launcher().prefix, *follow_us("KILL"), sys.executable, "-m", "pgbouncer"],
        cwd=launch.folder,
        env={
            **launch.environment,
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(CHECKOUT / "runtime"),
            "TMPDIR": str(launch.folder),
            "PGBOUNCER": str(script),
            "PGBOUNCER_CA_FILE": str(launch.ca_file),
            "POOL_LISTEN_ADDRESS": launch.address,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
