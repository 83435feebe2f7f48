"""Where a PostgreSQL server puts its files."""

import tempfile
from pathlib import Path

import pytest

from emulator.postgres.server import Server

pytestmark = pytest.mark.database
needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="a short way to a long path")


@needs_proc
def test_a_server_in_a_long_path_writes_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "mkdtemp", None)
    folder = tmp_path / ("as-long-as-a-path-may-become-" * 4) / "server"

    server = Server(folder, "16")

    with server.connect_as_admin() as admin:
        assert admin.execute("SHOW unix_socket_directories").fetchone() == ("..",)
    assert (folder / ".s.PGSQL.5432").is_socket()
    server.stop()
    assert not folder.exists()
