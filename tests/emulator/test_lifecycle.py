"""How the emulator starts and stops."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.__main__ import main
from emulator.settings import CHECKOUT, Settings
from emulator.testing import Emulator, Stack, started
from support.process_tree import descendants, gone, listening

pytestmark = pytest.mark.embedded
needs_proc = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc")

DATABASE = {
    "Type": "AWS::RDS::DBInstance",
    "Properties": {
        "Engine": "postgres",
        "EngineVersion": "16.4",
        "MasterUsername": "app",
        "MasterUserPassword": "correct-horse",
    },
}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Emulator]:
    """Run an emulator of the test's own, with a database."""
    with started(tmp_path) as running:
        Stack(running, {"Database": DATABASE})
        yield running


@needs_proc
@pytest.mark.database
def test_nothing_listens_beyond_loopback(own: Emulator) -> None:
    addresses = {host for host, _ in listening(own.process.pid)}
    assert len(addresses) == 2, "the API's, and one of the database's own"
    assert all(host.startswith("127.") for host in addresses)


@needs_proc
@pytest.mark.database
def test_leaves_no_process_and_no_file_behind(own: Emulator) -> None:
    children = descendants(own.process.pid)
    assert children
    own.process.send_signal(signal.SIGTERM)
    assert own.process.wait(timeout=15) == 0
    assert gone(children)
    assert not own.data.exists()


@needs_proc
@pytest.mark.database
def test_a_killed_emulator_takes_its_databases_along(own: Emulator) -> None:
    children = descendants(own.process.pid)
    own.process.kill()
    own.process.wait(timeout=5)
    assert gone(children)


def test_stops_when_nobody_asks_for_anything(tmp_path: Path) -> None:
    with started(tmp_path, "--idle-minutes", "0.02") as running:
        assert running.process.wait(timeout=15) == 0
        assert not running.data.exists()


def test_says_that_the_port_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--data", str(tmp_path / "data")]) == 1
    assert f"can't listen on 127.0.0.1:{port}" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "localhost", "::"])  # noqa: S104
def test_refuses_to_listen_beyond_loopback(host: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="loopback"):
        Settings(data=tmp_path, host=host)


def test_never_deletes_a_folder_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    result = subprocess.run(
        [sys.executable, "-m", "emulator", "--port", "0", "--data", str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "choose another" in result.stderr
    assert (tmp_path / "thesis.txt").exists()
