"""No password in a command line, a log, or a file that others may read."""

import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from support.pooled_database import PooledDatabase, Start, until
from support.pooler import Pooler
from support.pooler_told import Told

pytestmark = [pytest.mark.database, pytest.mark.parametrize("instance", ["18"], indirect=True)]


def passwords(told: Told) -> list[str]:
    """Return what must not be seen."""
    return ["s3ntinel", *(told.credentials[who]["password"] for who in ("admin", "stats"))]


def everything_said(pooler: Pooler) -> str:
    """Return the log of a container that was used, misused and stopped."""
    assert until(lambda: bool(pooler.metrics()))
    login = pooler.told.credentials["stats"]
    with pytest.raises(psycopg.OperationalError):
        pooler.connect(login["username"], f"not {login['password']}", "pgbouncer")
    assert pooler.alive().returncode == 0
    pooler.stop()
    return pooler.log.read_text()


def test_the_log_holds_no_password(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told.changed(environ={"POOL_METRICS_SECONDS": "0.1"}))
    pooled.connect(pooler, "application").close()

    log = everything_said(pooler)

    assert "pooler error" in log
    verifiers = [verifier.rpartition("$")[2] for verifier in pooled.told.credentials["users"].values()]
    assert [secret for secret in [*passwords(pooled.told), *verifiers] if secret in log] == []


def test_no_command_line_holds_a_password(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told)

    listed = subprocess.run(["/bin/ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True)

    assert f"{pooler.program()} " in listed.stdout
    assert [secret for secret in passwords(pooled.told) if secret in listed.stdout] == []


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="there is no /proc on this system")
def test_pgbouncer_itself_has_no_password_in_its_environment(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told)

    environment = Path(f"/proc/{pooler.program()}/environ").read_text()

    assert "POOL_" not in environment


def test_nobody_else_may_read_its_files_and_they_hold_verifiers_only(
    pooled: PooledDatabase, start: Start
) -> None:
    pooler = start(pooled.told)
    (folder,) = pooler.folder.iterdir()
    files = {path.name: path for path in folder.iterdir()}

    assert set(files) == {"pgbouncer.ini", "userlist.txt", "server.key", "server.crt"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    text = "".join(path.read_text() for path in files.values())
    assert [secret for secret in passwords(pooled.told) if secret in text] == []
