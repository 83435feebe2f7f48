"""How long things live: no longer than the drill."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from emulator.postgres.unprivileged import launcher
from ops.drills.servers import guard
from ops.drills.servers.process import Process
from ops.workspace import Workspace, here

LONGEST_PLACE = 60
"""Characters: with a folder, a server and the name of its socket below it, what a unix socket may have."""


def place(workspace: Workspace) -> Path:
    """Where the folders of drills are: in the checkout, unless it is too deep for a unix socket."""
    inside = workspace.state / "tmp"
    if len(str(inside)) > LONGEST_PLACE:
        return Path("/tmp")  # noqa: S108 - the only one that is short everywhere
    inside.mkdir(parents=True, exist_ok=True)
    return inside


class Lifetime:
    """Everything one drill starts, and its folder.

    All of it is gone when the block ends, and also when this process is killed: a guard, which is a
    process of its own, notices and cleans up.

    Attributes:
        folder: For data, sockets and logs. Its path is short, because that of a unix socket has to be.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="drill-", dir=place(here())))  # private
        launcher().own(self.folder)
        self._running: list[Process] = []
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, str(self.folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for process in list(reversed(self._running)):
            process.stop()
        if self._guard.stdin:
            self._guard.stdin.close()
        self._guard.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_folder(self, name: str) -> Path:
        """A folder the servers may write to, which is never root."""
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        launcher().own(folder)
        return folder

    def make_file(self, path: Path, text: str, *, mode: int = 0o600) -> Path:
        """A file that only the servers may read; what is in it can be secret."""
        path.touch(mode=mode)
        path.write_text(text)
        launcher().own(path)
        return path

    def start(
        self,
        command: list[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        prefix: tuple[str, ...] = (),
        unprivileged: bool = True,
    ) -> Process:
        """Start a program; its output goes to ``log``.

        Args:
            command: The program and its arguments.
            log: File for everything it says.
            env: Its environment; left out, ours.
            prefix: Program that starts it, with our rights, such as one that enters a network.
            unprivileged: Without root's rights, where we have them: the servers refuse to run with them.
        """
        with log.open("ab") as output:
            child = subprocess.Popen(
                [*prefix, *(launcher().prefix if unprivileged else ()), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(os.environ if env is None else env),
                start_new_session=True,
            )
        process = Process(child, log, on_end=self._forget)
        self._running.append(process)
        self._tell(f"+{process.pid}")
        return process

    def _forget(self, process: Process) -> None:
        # Its number may be somebody else's soon.
        if process in self._running:
            self._running.remove(process)
            self._tell(f"-{process.pid}")

    def _tell(self, line: str) -> None:
        if self._guard.stdin:
            self._guard.stdin.write(f"{line}\n")
            self._guard.stdin.flush()
