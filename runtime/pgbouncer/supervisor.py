"""Runs PgBouncer and ends it in a way its clients do not notice, as far as time allows."""

import signal
import subprocess
from threading import Event, Timer
from types import FrameType

from pgbouncer import log

_KILL_SECONDS = 3
"""After a second signal PgBouncer exits at once; this is for one that hangs."""


class Supervisor:
    """One PgBouncer process.

    SIGTERM (ECS) and SIGINT (a terminal) let clients leave for ``drain_seconds``: no new connection is
    accepted, those there are keep working until they close. Then it ends, whoever is left. SIGQUIT ends
    it at once.

    Attributes:
        stopping: Set once it is asked to end.
    """

    def __init__(self, command: list[str], *, drain_seconds: float) -> None:
        self._command = command
        self._drain_seconds = drain_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._timers: list[Timer] = []
        self._asked = False
        self.stopping = Event()

    def run(self) -> int:
        """Run PgBouncer to its end and return its exit code; call it from the main thread."""
        # Before the start, so that no signal finds Python's own answer to it.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._drain)
        signal.signal(signal.SIGQUIT, self._quit)
        # Without our environment: the credentials are in it, and PgBouncer has its files.
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, env={})
        if self.stopping.is_set():
            self._send(signal.SIGTERM)
        code = self._process.wait()
        for timer in self._timers:
            timer.cancel()
        return code if code >= 0 else 128 - code

    def _drain(self, number: int, frame: FrameType | None) -> None:
        if not self._ask():
            return
        log.info("asked to stop: clients have time to leave", seconds=self._drain_seconds)
        self._later(self._drain_seconds, signal.SIGINT)
        self._later(self._drain_seconds + _KILL_SECONDS, signal.SIGKILL)
        self._send(signal.SIGTERM)  # since 1.23 it waits for clients

    def _quit(self, number: int, frame: FrameType | None) -> None:
        self._ask()
        self._send(signal.SIGQUIT)

    def _ask(self) -> bool:
        """Note that it is to end; answer whether that is new.

        A signal may interrupt the handler of another one. Setting the event a second time inside the first
        would then wait for its lock for ever.
        """
        if self._asked:
            return False
        self._asked = True
        self.stopping.set()
        return True

    def _later(self, seconds: float, number: int) -> None:
        timer = Timer(seconds, self._force, [number])
        timer.daemon = True
        timer.start()
        self._timers.append(timer)

    def _force(self, number: int) -> None:
        log.info("the time to leave is over", signal=signal.Signals(number).name)
        self._send(number)

    def _send(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
