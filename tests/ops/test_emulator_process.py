"""How the embedded AWS of a checkout is told from any other process."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.embedded import emulator, processes, programs
from ops.embedded.processes import Identity
from ops.outcome import ExitCode, OperatorError
from ops.workspace import Workspace


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(["/bin/sleep", "60"])
    yield process
    process.kill()
    process.wait()


def write_state(workspace: Workspace, pid: int, started: str) -> None:
    workspace.state.mkdir(exist_ok=True)
    state = {"pid": pid, "port": 4999, "since": "now", "process_started": started, "command": "x -m emulator"}
    workspace.emulator_state.write_text(json.dumps(state))


def test_a_dead_process_is_not_ours(workspace: Workspace) -> None:
    process = subprocess.Popen(["/bin/true"])
    process.wait()
    write_state(workspace, process.pid, "1")

    assert emulator.find(workspace) is None


def test_a_process_that_got_the_number_later_is_left_alone(
    workspace: Workspace, sleeper: "subprocess.Popen[bytes]"
) -> None:
    write_state(workspace, sleeper.pid, "another time")

    assert emulator.find(workspace) is None
    assert emulator.stop(workspace) == []
    assert sleeper.poll() is None
    assert not workspace.emulator_state.exists()


def test_a_process_with_our_folder_in_its_command_line_is_not_ours_for_that(
    workspace: Workspace,
) -> None:
    workspace.emulator_data.mkdir(parents=True)
    (workspace.emulator_data / "log").touch()
    reader = subprocess.Popen(["/usr/bin/tail", "-f", str(workspace.emulator_data / "log")])

    emulator.stop(workspace)

    assert reader.poll() is None
    reader.kill()
    reader.wait()


def test_a_broken_state_file_is_like_none(workspace: Workspace) -> None:
    workspace.state.mkdir()
    workspace.emulator_state.write_text('{"pid": ')

    assert emulator.find(workspace) is None


def test_a_port_that_is_taken_is_passed_over_and_two_that_start_at_once_have_their_own() -> None:
    with emulator.listen() as first, emulator.listen() as second:
        assert second.getsockname()[1] > first.getsockname()[1] >= emulator.FIRST_PORT


def test_a_port_is_taken_from_the_moment_it_is_chosen() -> None:
    with emulator.listen() as chosen, socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        with pytest.raises(OSError, match="in use"):
            other.bind(chosen.getsockname())


def test_an_emulator_that_does_not_start_shows_the_end_of_its_log(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emulator, "MODULE", "-m no_such_emulator")

    with pytest.raises(OperatorError, match="ended with status 1") as failure:
        emulator.start(workspace, lambda _: None)

    assert failure.value.code == ExitCode.EMULATOR
    assert "no_such_emulator" in failure.value.details
    assert not workspace.emulator_state.exists()


def test_a_program_of_a_killed_command_is_ended_by_the_next(workspace: Workspace) -> None:
    start = (
        "import pathlib, os, sys; from ops.embedded import programs; from ops.workspace import Workspace\n"
        "with programs.running(Workspace(pathlib.Path(sys.argv[1])), ['/bin/sleep', '60'], {},"
        " folder=pathlib.Path('/')):\n    os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", start, str(workspace.root)], check=False)

    (ended,) = programs.end_leftovers(workspace)

    assert ended.command == "/bin/sleep 60"
    assert not processes.is_same(ended)
    assert programs.end_leftovers(workspace) == []
    assert list((workspace.state / "programs").iterdir()) == []


def test_a_program_of_a_command_at_work_is_left_alone(workspace: Workspace) -> None:
    with programs.running(workspace, ["/bin/sleep", "60"], {}, folder=workspace.root) as process:
        assert programs.end_leftovers(workspace) == []
        assert process.poll() is None


def test_a_program_ends_with_the_block_that_started_it(workspace: Workspace) -> None:
    with programs.running(workspace, ["/bin/sleep", "60"], {}, folder=workspace.root) as process:
        pass

    assert process.returncode != 0
    assert list((workspace.state / "programs").iterdir()) == []


def test_a_program_has_temporary_files_of_its_own_that_go_with_it(workspace: Workspace) -> None:
    make = [sys.executable, "-c", "import tempfile; print(tempfile.mkdtemp())"]

    with programs.running(workspace, make, os.environ, folder=workspace.root) as process:
        made, _ = process.communicate()

    assert made.startswith(str(workspace.state))
    assert not Path(made.strip()).exists()


def test_this_process_is_itself() -> None:
    me = processes.identity(os.getpid())

    assert me is not None
    assert processes.is_same(me)
    assert not processes.is_same(Identity(me.pid, "another time", me.command))
