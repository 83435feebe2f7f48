"""Starts, finds and stops the embedded AWS of this checkout."""

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ops.embedded import loopback, pool_program, processes
from ops.embedded.processes import Identity
from ops.outcome import ExitCode, OperatorError
from ops.workspace import Workspace

FIRST_PORT = 4566
PORTS_TO_TRY = 100
START_SECONDS = 90
STOP_SECONDS = 20
MODULE = "-m emulator"
PROGRAMS = ("python", "postgres", "pg_ctl", "pgbouncer", "node")


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running embedded AWS."""

    process: Identity
    port: int
    since: str

    @property
    def url(self) -> str:
        """Where it answers."""
        return loopback.endpoint(self.port)


def find(workspace: Workspace) -> Emulator | None:
    """Our embedded AWS, if the process we started still runs and answers; None otherwise."""
    known = recorded(workspace)
    return known if known is not None and _is_ours(known) and answers(known.port) else None


def require(workspace: Workspace, *, hint: str) -> Emulator:
    """Our embedded AWS, which must run.

    Raises:
        OperatorError: it does not; ``hint`` is what to do.
    """
    running = find(workspace)
    if running is None:
        raise OperatorError(ExitCode.NOT_RUNNING, "the embedded AWS does not run", hint=hint)
    return running


def recorded(workspace: Workspace) -> Emulator | None:
    """What the state file says, true or not; None if there is none to read."""
    try:
        state = json.loads(workspace.emulator_state.read_text())
        process = Identity(int(state["pid"]), str(state["process_started"]), str(state["command"]))
        return Emulator(process, int(state["port"]), str(state["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def start(workspace: Workspace, say: Callable[[str], None]) -> Emulator:
    """Start it, detached, and wait until it answers.

    Raises:
        OperatorError: it ended, or did not answer in time; the details are the end of its log.
    """
    stop(workspace)
    with listen() as listener:
        port = int(listener.getsockname()[1])
        say(f"starting on port {port}")
        process = _started(workspace, listener, port)
    emulator = _write_down(workspace, process.pid, port)
    _wait_until_it_answers(workspace, process, emulator, say)
    return emulator


def _started(workspace: Workspace, listener: socket.socket, port: int) -> "subprocess.Popen[bytes]":
    command = [str(workspace.bin / "python"), *MODULE.split(), "--port", str(port)]
    command += ["--socket", str(listener.fileno())]
    command += ["--data", str(workspace.emulator_data.resolve())]
    command += ["--audit", str(workspace.emulator_audit)]
    command += ["--pgbouncer", str(pool_program.path(workspace).absolute())]
    workspace.emulator_audit.unlink(missing_ok=True)
    workspace.home.mkdir(parents=True, exist_ok=True)
    with workspace.emulator_log.open("w") as log:
        return subprocess.Popen(
            command,
            cwd=workspace.root,
            env=loopback.environment(workspace, loopback.endpoint(port)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[listener.fileno()],
        )


def stop(workspace: Workspace) -> list[Identity]:
    """End it and whatever it started, and forget it. Fine when nothing runs.

    Returns:
        What was running.

    Raises:
        OperatorError: something is still there.
    """
    known = recorded(workspace)
    found = _family(workspace, known)
    for process in found:
        processes.stop(process, patience_seconds=STOP_SECONDS, group=True)
    left = _family(workspace, known)
    if left:
        listed = "\n".join(f"  process {process.pid}: {process.command}" for process in left)
        raise OperatorError(
            ExitCode.EMULATOR, "the embedded AWS did not stop", details=listed, hint="end these processes"
        )
    workspace.emulator_state.unlink(missing_ok=True)
    return found


def answers(port: int) -> bool:
    """Whether an embedded AWS answers on this port."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{loopback.endpoint(port)}/_ministack/health", timeout=15) as reply:
            return "services" in json.load(reply)
    except (OSError, ValueError):
        return False


def listen() -> socket.socket:
    """A socket that listens on the first port, from 4566 on, that nobody else listens on.

    The embedded AWS gets the socket itself: of two that start at once, each has its own port.

    Raises:
        OperatorError: all are taken.
    """
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TO_TRY):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        except OSError:
            listener.close()
            continue
        return listener
    last = FIRST_PORT + PORTS_TO_TRY - 1
    raise OperatorError(ExitCode.EMULATOR, f"no port from {FIRST_PORT} to {last} is free")


def _is_ours(known: Emulator) -> bool:
    now = processes.identity(known.process.pid)
    return now is not None and now.started == known.process.started and MODULE in now.command


def _family(workspace: Workspace, known: Emulator | None) -> list[Identity]:
    # By the data folder as well as by number: an orphaned PostgreSQL, or one whose state file is lost.
    related = [
        one
        for one in processes.mentioning(str(workspace.emulator_data.resolve()))
        if _is_a_program_of_it(one)
    ]
    if known is not None and _is_ours(known) and known.process.pid not in [one.pid for one in related]:
        related.insert(0, known.process)
    return sorted(related, key=lambda process: MODULE not in process.command)


def _is_a_program_of_it(process: Identity) -> bool:
    # Somebody's editor or `tail` may have the folder in its command line too.
    return Path(process.command.split()[0]).name.startswith(PROGRAMS)


def _write_down(workspace: Workspace, pid: int, port: int) -> Emulator:
    process = _after_exec(pid)
    since = datetime.now(UTC).isoformat(timespec="seconds")
    state = {
        "pid": pid,
        "port": port,
        "since": since,
        "process_started": process.started,
        "command": process.command,
    }
    unfinished = workspace.emulator_state.with_suffix(".partial")
    unfinished.write_text(json.dumps(state, indent=2) + "\n")
    unfinished.replace(workspace.emulator_state)
    return Emulator(process, port, since)


def _after_exec(pid: int) -> Identity:
    return processes.identity(pid) or Identity(pid, "", "")


def _wait_until_it_answers(
    workspace: Workspace, process: subprocess.Popen[bytes], emulator: Emulator, say: Callable[[str], None]
) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise _did_not_start(workspace, f"ended with status {process.returncode}")
        if answers(emulator.port):
            return
        time.sleep(0.2)
    stop(workspace)
    raise _did_not_start(workspace, f"did not answer within {START_SECONDS} s")


def _did_not_start(workspace: Workspace, what: str) -> OperatorError:
    lines = workspace.emulator_log.read_text(errors="replace").splitlines()[-15:]
    tail = "\n".join(f"  {line}" for line in lines)
    workspace.emulator_state.unlink(missing_ok=True)
    return OperatorError(
        ExitCode.EMULATOR,
        f"the embedded AWS {what}",
        details=tail,
        hint=f"read {workspace.emulator_log}, then run this again",
    )
