"""Containers of a release as processes, behind a real nginx; they outlive whoever started them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from host.failure import HostError
from host.plan import Service, Slot
from support.nginx import Nginx

APP = Path(__file__).with_name("host_app.py")
FAILING_MIGRATION = "badmigration"


class ProcessContainers:
    """Does what ``Containers`` asks for. What runs is in a file, as Docker remembers its containers."""

    def __init__(self, folder: Path, nginx: Nginx) -> None:
        self._file, self._nginx = folder / "processes.json", nginx
        self.memory = folder / "memory"
        """Where secrets are, as files of lines that a container is given as it starts."""
        self.migrated = folder / "migrated"

    def fetch(self, release: str) -> None:
        """There is nothing to fetch, unless the release does not exist."""
        if "absent" in release:
            raise HostError(f"no image has the tag {release}")

    def start(self, service: Service, release: str, slot: Slot | None = None) -> None:
        """Start the app, or a program that waits; leave alone what runs so already."""
        if self.running(service, slot) == release:
            return
        self.stop(service, slot)
        secrets = self._secrets(service)
        # Without the libraries it starts sooner; it needs one where it is told of a database.
        python = [sys.executable, "-I", *([] if secrets else ["-S"])]
        command = [*python, "-c", "import time; time.sleep(60)"]
        if slot is not None:
            command = [*python, str(APP), service.name, release, str(service.port(slot))]
        quiet = subprocess.DEVNULL
        child = subprocess.Popen(
            command,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
            env={**os.environ, **secrets},
        )
        self._remember(_key(service, slot), [child.pid, release])

    def stop(self, service: Service, slot: Slot | None = None) -> None:
        """SIGTERM, and wait."""
        found = self._all().get(_key(service, slot))
        if found is None:
            return
        end(found[0])
        self._remember(_key(service, slot), None)

    def running(self, service: Service, slot: Slot | None = None) -> str | None:
        """What the file says, if the process is alive."""
        found = self._all().get(_key(service, slot))
        return found[1] if found and _alive(found[0]) else None

    def run_once(self, service: Service, release: str) -> None:
        """Note that it ran; fail where the release says so."""
        if FAILING_MIGRATION in release:
            raise HostError("relation patients does not exist")
        with self.migrated.open("a") as file:
            file.write(f"{release}\n")

    def reload_door(self) -> None:
        """Let the real nginx try its configuration, and read it."""
        tried = self._nginx.test()
        if tried.returncode:
            raise HostError(tried.stderr)
        self._nginx.reload()

    def tidy(self, keep: Sequence[str]) -> None:
        """There are no images."""

    def serving(self) -> dict[str, str]:
        """Release of each process that is alive."""
        return {key: release for key, (pid, release) in self._all().items() if _alive(pid)}

    def processes(self) -> set[int]:
        """Numbers of the processes that are alive."""
        return {pid for pid, _ in self._all().values() if _alive(pid)}

    def end_all(self) -> None:
        """End every process."""
        for pid, _ in self._all().values():
            end(pid)

    def _secrets(self, service: Service) -> dict[str, str]:
        file = self.memory / f"{service.name}.env"
        lines = file.read_text().splitlines() if file.exists() else []
        return dict(line.split("=", 1) for line in lines)

    def _all(self) -> dict[str, tuple[int, str]]:
        return json.loads(self._file.read_text()) if self._file.exists() else {}

    def _remember(self, key: str, value: list[object] | None) -> None:
        known: dict[str, object] = {**self._all(), key: value}
        self._file.write_text(json.dumps({name: one for name, one in known.items() if one}))


def end(pid: int) -> None:
    """SIGTERM, and wait until it is gone."""
    deadline = time.monotonic() + 3
    while _alive(pid):
        os.kill(pid, signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    # Our own child stays a zombie otherwise, which counts as alive.
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Its starter may have been killed, and whoever adopted it may not have buried it yet.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def _key(service: Service, slot: Slot | None) -> str:
    return f"{service.name}-{slot}" if slot else service.name
