"""A program a drill started."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

STOP_SECONDS = 8.0


class Process:
    """A program a drill started, in a process group of its own."""

    def __init__(
        self, child: "subprocess.Popen[bytes]", log: Path, *, on_end: "Callable[[Process], None]"
    ) -> None:
        self._child = child
        self._on_end = on_end
        self.log = log

    @property
    def pid(self) -> int:
        """Its number."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Tell it something; nothing happens when it has ended."""
        if self.alive:
            self._child.send_signal(number)

    def wait(self, seconds: float) -> bool:
        """Wait for its end.

        Returns:
            Whether it ended in time.
        """
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self._on_end(self)
        return True

    def stop(self, number: signal.Signals = signal.SIGQUIT, *, seconds: float = STOP_SECONDS) -> None:
        """Ask it to end, and end its whole group when it does not."""
        self.send(number)
        if not self.wait(seconds):
            self.kill()

    def kill(self) -> None:
        """End it and all it started, now; it has no say in it."""
        if self.alive:
            os.killpg(self.pid, signal.SIGKILL)
            self._child.wait()
        self._on_end(self)

    def said(self) -> str:
        """The end of its log, for an error message."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
