"""How a container of the pool starts and ends, as ECS starts and ends it."""

import json
import signal
import subprocess
import tempfile
import time
from typing import Any

import psycopg
import pytest

from pgbouncer import preflight
from pgbouncer.failure import SettingsError
from support.pooled_database import PooledDatabase, Start, until
from support.pooler import command
from support.pooler_told import ADDRESS

pytestmark = [pytest.mark.database, pytest.mark.parametrize("instance", ["18"], indirect=True)]


def test_a_client_that_leaves_while_the_pool_drains_sees_no_error(
    pooled: PooledDatabase, start: Start
) -> None:
    pooler = start(pooled.told)
    client = pooled.connect(pooler, "application")
    client.execute("BEGIN")
    client.execute("SELECT 1")

    pooler.process.send_signal(signal.SIGTERM)
    assert until(lambda: pooler.alive().returncode == 1)

    with pytest.raises(psycopg.OperationalError, match="refused"):
        pooled.connect(pooler, "application")
    client.execute("COMMIT")
    assert client.execute("SELECT 2").fetchone() == (2,)
    client.close()
    assert pooler.process.wait(timeout=5) == 0
    assert "waiting for all clients" in pooler.log.read_text()


def test_it_ends_when_the_time_to_leave_is_over_whoever_stays(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told.changed(drain_seconds=1))
    client = pooled.connect(pooler, "application")

    begin = time.monotonic()
    assert pooler.stop() == 0  # by itself: one that hangs is killed, and says so

    assert time.monotonic() - begin >= 1
    with pytest.raises(psycopg.OperationalError):
        client.execute("SELECT 1")


def test_a_pooler_that_hangs_is_killed_in_time(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told.changed(drain_seconds=1))
    pooler.signal_program(signal.SIGSTOP)

    assert pooler.stop() == 128 + signal.SIGKILL


def test_it_ends_at_once_without_clients_and_leaves_no_file(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told)
    assert list(pooler.folder.iterdir()) != []

    assert pooler.stop() == 0

    assert list(pooler.folder.iterdir()) == []


def test_its_exit_code_is_the_one_of_pgbouncer(pooled: PooledDatabase, start: Start) -> None:
    first = start(pooled.told)

    result = subprocess.run(
        command(), env=pooled.told.environment, capture_output=True, text=True, check=False, timeout=30
    )

    assert f"{ADDRESS}:{first.port}" in result.stderr  # is taken
    assert result.returncode == 1
    assert json.loads(result.stdout) == {"level": "INFO", "message": "PgBouncer has ended", "code": 1}


def test_it_may_open_as_many_files_as_it_has_clients(pooled: PooledDatabase, start: Start) -> None:
    told = pooled.told.changed(max_client_conn=5000)

    pooler = start(told, before=["/bin/sh", "-c", 'ulimit -S -n 256 && exec "$@"', "sh"])

    assert "kernel file descriptor limit: 5204" in pooler.log.read_text()


def test_it_refuses_to_start_with_too_few_open_files(pooled: PooledDatabase) -> None:
    result = subprocess.run(
        command(["/bin/sh", "-c", 'ulimit -n 1024 && exec "$@"', "sh"]),
        env=pooled.told.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert result.returncode == 2
    assert "(ulimits.nofile of the task definition) must be at least 4096, got 1024" in result.stdout


TOLD_WRONG: list[tuple[dict[str, Any], str]] = [
    ({"drain_seconds": 200}, "drain_seconds must be a whole number from 1 to 110, got 200"),
    (
        {"environ": {"PGBOUNCER_CA_FILE": "/dev/null"}},
        "PGBOUNCER_CA_FILE must be a file with certificates in PEM, got '/dev/null'",
    ),
    ({"environ": {"PGBOUNCER": "/nowhere"}}, "PGBOUNCER must be the path of a program, got '/nowhere'"),
    (
        {"environ": {"PATH": "/nowhere"}},
        "openssl must be installed: it makes the certificate that clients see",
    ),
]


@pytest.mark.parametrize(("change", "message"), TOLD_WRONG)
def test_it_says_what_it_was_told_wrong_instead_of_serving_nobody(
    pooled: PooledDatabase, change: dict[str, Any], message: str
) -> None:
    told = pooled.told.changed(**change)

    result = subprocess.run(
        command(), env=told.environment, capture_output=True, text=True, check=False, timeout=30
    )

    assert (result.returncode, result.stderr) == (2, "")
    assert json.loads(result.stdout) == {"level": "ERROR", "message": message}


def test_it_needs_a_folder_to_write_to(monkeypatch: pytest.MonkeyPatch, pooled: PooledDatabase) -> None:
    monkeypatch.setenv("TMPDIR", "/read-only")

    def refuse(**_: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "TemporaryDirectory", refuse)

    with pytest.raises(
        SettingsError, match="TMPDIR must be a folder that may be written to, got '/read-only'"
    ):
        preflight.private_folder()
