"""PostgreSQL's own programs as children: no secret in their arguments or environment, no shell."""

import fcntl
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from database.connection import Connection
from database.failure import JobError, SettingsError
from database.sealed import SEGMENT_BYTES

_LINES_KEPT = 20
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, Linux only
_END_SECONDS = 10


class Program:
    """A running child, one of whose pipes is ours.

    Attributes:
        process: The child.
    """

    def __init__(self, name: str, process: "subprocess.Popen[bytes]", connection: Connection) -> None:
        self._name, self.process, self._connection = name, process, connection
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def read(self, size: int) -> bytes:
        """Read its output: exactly so many bytes, fewer at the end."""
        assert self.process.stdout is not None  # noqa: S101 - narrows the type
        return self.process.stdout.read(size)

    def write(self, data: bytes) -> None:
        """Write to its input.

        Raises:
            JobError: it has ended already; with its words.
        """
        assert self.process.stdin is not None  # noqa: S101 - narrows the type
        try:
            self.process.stdin.write(data)
        except BrokenPipeError:
            raise self._failure() from None

    def finish(self) -> None:
        """Let it end, and wait for that.

        Raises:
            JobError: it failed; with its words.
        """
        if self.process.stdin is not None:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                raise self._failure() from None
        if self.process.wait():
            raise self._failure()

    def _listen(self) -> None:
        assert self.process.stderr is not None  # noqa: S101 - narrows the type
        for line in self.process.stderr:
            self._lines.append(line.decode(errors="replace").rstrip())

    def _failure(self) -> JobError:
        self.process.wait()
        self._listener.join()
        said = self._connection.redact(" | ".join(self._lines)) or f"exit code {self.process.returncode}"
        return JobError(f"{self._name} on {self._connection.where} failed: {said}")


@contextmanager
def running(program: str, arguments: list[str], connection: Connection, *, reads: bool) -> Iterator[Program]:
    """Run a program; it is ended with the block, whatever happens there."""
    with connection.child_environment() as environment:
        command = [program, *arguments, "--no-password", f"--dbname={connection.text}"]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if reads else subprocess.PIPE,
            stdout=subprocess.PIPE if reads else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
        )
        _widen(process)
        try:
            yield Program(Path(program).name, process, connection)
        finally:
            _end(process)


def find(programs: Path, name: str, *, at_least: int) -> tuple[str, int]:
    """A program of the oldest major that is new enough, and that major.

    A pg_dump refuses a newer server. A pg_restore reads no newer pg_dump's archive, and from 17 on opens
    with a setting that servers before 17 do not know; so it is the server's own major wherever there is one.

    Raises:
        SettingsError: there is none.
    """
    found = {major: file for major, file in _installed(programs, name) if major >= at_least}
    if not found:
        known = sorted(major for major, _ in _installed(programs, name))
        has = f"has {', '.join(map(str, known))}" if known else "has none"
        raise SettingsError(f"PG_PROGRAMS ({programs}) must have {name} {at_least} or newer, and {has}")
    return str(found[min(found)]), min(found)


def _installed(programs: Path, name: str) -> Iterator[tuple[int, Path]]:
    for folder in programs.glob("*/bin") if programs.is_dir() else ():
        if folder.parent.name.isdigit() and (folder / name).is_file():
            yield int(folder.parent.name), folder / name


def _widen(process: "subprocess.Popen[bytes]") -> None:
    pipe = process.stdout or process.stdin
    with suppress(OSError):  # a small pipe works too, with more switching between the two
        fcntl.fcntl(pipe.fileno(), _SET_PIPE_SIZE, SEGMENT_BYTES)  # type: ignore[union-attr]


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(BrokenPipeError):  # it ended before it had read everything, and that has been said
            if pipe is not None:
                pipe.close()
