"""Runs the tasks that back up databases and move tenants: the programs of their image, told as ECS would.

The wheel's pg_dump and pg_restore speak no TLS, and TLS is the only way into a database here. What stands in
for them goes to the same server over its socket; the program itself logs in with TLS, as on AWS.
"""

import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ministack.core import responses

from emulator import pg_program
from emulator.poolers.container import NotStartedError, Told
from emulator.postgres.certificates import Authority
from emulator.postgres.databases import Databases
from emulator.postgres.programs import majors, programs
from emulator.postgres.unprivileged import follow_us
from emulator.settings import CHECKOUT

MARKS = ("BACKUP_BUCKET", "MOVE_INTO")
"""The container of a database job is told one of them, and no other is."""
PROGRAM = ("python", "-m", "database")
"""What the image runs, unless its container says otherwise."""
NOT_STARTED = 137


class DatabaseJobs:
    """Knows the servers, and where the programs are."""

    def __init__(self, folder: Path, url: str, databases: Databases, authority: Authority) -> None:
        self._folder, self._url, self._ca_file = folder / "database-jobs", url, authority.file
        self._databases = databases
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()

    def knows(self, container: Mapping[str, Any]) -> bool:
        """Whether this container is one."""
        return any(one["name"] in MARKS for one in container.get("environment") or [])

    def run(self, container: Mapping[str, Any], on_line: Callable[[str], None]) -> int:
        """Run it to its end, and return its exit code; call it in the scope of its account."""
        try:
            told = Told.from_container(container).environment
        except NotStartedError as error:
            on_line(str(error))
            return NOT_STARTED
        _, *program = container.get("entryPoint") or PROGRAM
        command = [sys.executable, *program, *(container.get("command") or ())]
        process = subprocess.Popen(
            [*follow_us("KILL"), *command],
            env={**told, **self._ours()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._running.add(process)
        assert process.stdout is not None  # noqa: S101 - narrows the type
        for line in process.stdout:
            on_line(line.rstrip("\n"))
        self._running.discard(process)
        return process.wait()

    def stop(self) -> None:
        """End whatever runs."""
        for process in list(self._running):
            process.kill()

    def _ours(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(CHECKOUT / "runtime"),
            "PYTHONUNBUFFERED": "1",
            "AWS_ENDPOINT_URL": self._url,
            "AWS_ACCESS_KEY_ID": responses.get_account_id(),
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": responses.get_region(),
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(self._ca_file),
            "PG_PROGRAMS": str(self._programs()),
        }

    def _programs(self) -> Path:
        with self._lock:
            self._databases.show_sockets(self._folder / "sockets.json")
            for version in map(str, majors()):
                for name in ("pg_dump", "pg_restore"):
                    self._stand_in(version, name)
        return self._folder

    def _stand_in(self, version: str, name: str) -> None:
        file = self._folder / version / "bin" / name
        if file.exists():
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        words = [
            *(sys.executable, "-I", str(pg_program.__file__)),
            *(str(programs(version) / name), str(self._folder / "sockets.json")),
        ]
        unfinished = file.with_name(f"{name}.new")
        unfinished.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
        unfinished.chmod(0o755)
        unfinished.replace(file)
