"""What ECS and CloudWatch hear of a container (B2): whether it lives, and its numbers."""

import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from emulator.testing import free_port
from pgbouncer import alive
from support.pooled_database import PooledDatabase, Start, until
from support.pooler import Pooler

pytestmark = [pytest.mark.database, pytest.mark.parametrize("instance", ["18"], indirect=True)]

OFTEN = {"POOL_METRICS_SECONDS": "0.2"}


def last(pooler: Pooler) -> dict[str, float]:
    """Return the newest metrics."""
    return next(iter(reversed(pooler.metrics())), {})


def test_metrics_count_a_client_that_waits(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told.changed(environ=OFTEN))
    busy = [pooled.connect(pooler, "application") for _ in range(2)]  # all that the role has
    for client in busy:
        client.execute("BEGIN")
        client.execute("SELECT 1")
    third = pooled.connect(pooler, "application")

    with ThreadPoolExecutor() as threads:
        queued = threads.submit(third.execute, "SELECT 1")
        assert until(lambda: last(pooler).get("LongestWait", 0) > 0.5)
        seen = last(pooler)
        for client in busy:
            client.execute("COMMIT")
        queued.result(timeout=10)

    assert {name: value for name, value in seen.items() if name != "LongestWait"} == {
        "ClientsActive": 2,
        "ClientsWaiting": 1,
        "ServersActive": 2,
        "ServersIdle": 0,
        "ServerConnections": 2,
        "ClientConnections": 3,
    }
    assert seen["ServerConnections"] == len(pooled.backends())
    assert until(lambda: last(pooler)["ServersIdle"] == 2)


def test_metrics_go_on_without_the_database(pooled: PooledDatabase, start: Start) -> None:
    entry = {**pooled.told.settings["databases"][pooled.database.name], "port": free_port()}
    told = pooled.told.changed(databases={pooled.database.name: entry}, environ=OFTEN)

    pooler = start(told)

    assert until(lambda: bool(last(pooler)))
    assert pooler.alive().returncode == 0


def test_a_report_that_fails_is_logged_and_the_next_one_comes(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told.changed(environ=OFTEN))
    client = pooled.connect(pooler, "application")
    failed = {"level": "ERROR", "message": "the metrics of the pool could not be read"}

    pooler.signal_program(signal.SIGSTOP)
    assert until(lambda: any(failed.items() <= record.items() for record in pooler.records()))
    before = len(pooler.metrics())
    pooler.signal_program(signal.SIGCONT)

    assert until(lambda: len(pooler.metrics()) > before)
    assert client.execute("SELECT 1").fetchone() == (1,)


def test_a_running_container_is_alive(pooled: PooledDatabase, start: Start) -> None:
    result = start(pooled.told).alive()

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_container_that_does_not_answer_is_not_alive(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told)
    pooler.signal_program(signal.SIGSTOP)

    result = pooler.alive()

    pooler.signal_program(signal.SIGCONT)
    assert result.returncode == 1
    assert result.stderr == "PgBouncer does not answer: TimeoutError\n"


def test_a_container_that_is_gone_is_not_alive(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told)
    pooler.stop()

    assert pooler.alive().returncode == 1


@pytest.mark.parametrize("missing", ["POOL_SETTINGS", "POOL_CREDENTIALS"])
def test_a_check_that_was_told_nothing_fails_and_says_so(
    pooled: PooledDatabase, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {name: value for name, value in pooled.told.environment.items() if name != missing}

    assert alive.main(environment) == 1
    assert "SettingsError" in capsys.readouterr().err


def test_a_wrong_password_of_the_check_does_not_pass_as_alive(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told)
    stats = {**pooled.told.credentials["stats"], "password": "wrong"}
    other = replace(pooler.told, credentials={**pooled.told.credentials, "stats": stats})

    assert alive.main(pooler.told.environment) == 0
    assert alive.main(other.environment) == 1
