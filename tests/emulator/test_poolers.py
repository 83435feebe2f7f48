"""Connection pools on the embedded AWS: a real pgbouncer behind each task, and a load balancer in front."""

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from emulator.poolers.record import KIND
from emulator.testing import Emulator, StackError, started
from support.embedded_pool import CONSOLE, PASSWORD, PORT, EmbeddedPool
from support.pooler_told import binary
from support.process_tree import command_line, descendants, gone, listening

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.database,
    pytest.mark.skipif(
        not Path("/proc/net/tcp").exists(), reason="reads /proc, and needs addresses in 127/8"
    ),
]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Run an emulator with a pgbouncer."""
    with started(tmp_path_factory.mktemp("pooled"), "--pgbouncer", str(binary())) as running:
        yield running


@pytest.fixture(scope="module")
def pool(own: Emulator) -> EmbeddedPool:
    """A pool of two tasks, which each test leaves working."""
    pool = EmbeddedPool.prepared(own)
    pool.rotate()
    return pool


def poolers(emulator: Emulator) -> list[int]:
    """Process ids of the programs of all tasks, and of their pgbouncers."""
    return [pid for pid in descendants(emulator.process.pid) if "pgbouncer" in command_line(pid)]


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait for what takes a second; how long it takes a busy machine is the machine's business."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def who(connection: "psycopg.Connection[Any]") -> tuple[Any, ...] | None:
    with connection:
        return connection.execute("SELECT current_user, current_database()").fetchone()


def test_a_service_logs_in_through_the_load_balancer_with_tls(pool: EmbeddedPool) -> None:
    with pool.login() as service:
        assert service.pgconn.ssl_in_use
        assert service.execute("SELECT current_user").fetchone() == ("shop",)
    with pytest.raises(psycopg.OperationalError, match="SASL authentication failed"):
        pool.login(password="wrong")
    with pytest.raises(psycopg.OperationalError, match="SSL required"):
        pool.login(sslmode="disable")


def test_many_clients_share_the_few_connections_of_two_poolers(pool: EmbeddedPool) -> None:
    clients = [pool.login() for _ in range(20)]
    for client in clients:
        client.execute("SELECT 1")
    with pool.direct() as master:
        row = master.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'shop'").fetchone()
    for client in clients:
        client.close()

    assert row is not None
    assert 2 <= row[0] <= 8, "at most four for each of two poolers, and both are used"


def test_each_task_tells_its_address_and_its_console_answers_there(pool: EmbeddedPool) -> None:
    addresses = pool.addresses()

    assert len(set(addresses)) == 2
    for address in addresses:
        with pool.console(address) as console:
            console.execute("RECONNECT")
    assert {one["value"] for task in pool.tasks() for one in task["attributes"] if one["name"] == KIND} == {
        "pgbouncer"
    }


def test_database_and_pool_have_the_ports_of_the_template_at_addresses_of_their_own(
    pool: EmbeddedPool,
) -> None:
    hosts = {pool.host, pool.endpoint["Address"], *pool.addresses()}

    assert pool.endpoint["Port"] == 5432
    assert len(hosts) == 4
    assert all(host.startswith("127.") and not host.startswith("127.0.") for host in hosts)
    places = {place for place in listening(pool.emulator.process.pid) if place[1] == PORT}
    assert places == {(host, PORT) for host in (pool.host, *pool.addresses())}


def test_what_a_pooler_says_is_in_the_log_group_of_its_task(pool: EmbeddedPool) -> None:
    logs, group = pool.emulator.client("logs"), pool.stack["Logs"]
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    said = [
        event["message"]
        for stream in streams
        for event in logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
    ]

    assert any(f"listening on {pool.addresses()[0]}:{PORT}" in line for line in said)


def test_no_secret_is_in_the_arguments_of_a_program(pool: EmbeddedPool) -> None:
    arguments = " ".join(map(command_line, descendants(pool.emulator.process.pid)))

    assert "pgbouncer.ini" in arguments
    secrets = (PASSWORD, "SCRAM-SHA-256", *(password for _, password in CONSOLE.values()))
    assert not [secret for secret in secrets if secret in arguments]


def test_another_version_of_the_secret_replaces_the_poolers_without_a_failed_login(
    pool: EmbeddedPool,
) -> None:
    before, addresses = poolers(pool.emulator), pool.addresses()
    failed: list[str] = []
    logins = itertools.count()
    over = threading.Event()

    def keep_logging_in(host: str) -> None:
        while not over.is_set():
            try:
                with pool.login(host=host) as service:
                    service.execute("SELECT 1")
                next(logins)
            except psycopg.Error as error:
                failed.append(str(error))

    services = [threading.Thread(target=keep_logging_in, args=(pool.host,)) for _ in range(3)]
    for service in services:
        service.start()
    pool.rotate()
    left = gone(before, seconds=10)
    over.set()
    for service in services:
        service.join()

    assert failed == []
    assert next(logins) > 10
    assert left, "the old poolers end once their clients have left"
    assert not set(addresses) & set(pool.addresses())


def test_a_pooler_that_dies_is_replaced(pool: EmbeddedPool) -> None:
    before = {task["taskArn"] for task in pool.tasks()}
    victim = next(pid for pid in poolers(pool.emulator) if "pgbouncer.ini" in command_line(pid))
    os.kill(victim, signal.SIGKILL)

    assert wait_for(
        lambda: len(pool.tasks()) == 2 and len(before & {t["taskArn"] for t in pool.tasks()}) == 1
    )
    for address in pool.addresses():
        with pool.console(address) as console:
            assert console.execute("SHOW VERSION").fetchone()
    assert who(pool.login()) == ("shop", "orders")


def test_a_version_that_does_not_exist_fails_the_deployment_and_the_old_poolers_stay(
    pool: EmbeddedPool,
) -> None:
    before = {task["taskArn"] for task in pool.tasks()}
    with pytest.raises(StackError, match=r"not reached a steady state.*no value at version 0000"):
        pool.deploy("0000")

    # What ECS lists and what it describes are a moment apart while the failed ones go.
    deadline = time.monotonic() + 15
    while {task["taskArn"] for task in pool.tasks()} != before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert {task["taskArn"] for task in pool.tasks()} == before
    assert len(before) == 2
    assert who(pool.login()) == ("shop", "orders")


def test_a_deleted_pool_leaves_no_process_and_no_listener(own: Emulator) -> None:
    processes, places = set(descendants(own.process.pid)), listening(own.process.pid)
    second = EmbeddedPool.prepared(own, "second")
    second.rotate(tasks=1)
    host = second.host
    with second.login() as service:
        assert service.execute("SELECT 1").fetchone() == (1,)
    added = set(poolers(own)) - processes
    second.stack.delete()

    assert len(added) == 2, "the program and its pgbouncer"
    assert gone(list(added), seconds=10)
    assert listening(own.process.pid) == places
    with pytest.raises(psycopg.OperationalError, match="refused"):
        second.login(host=host)


def test_a_killed_emulator_takes_its_poolers_along(tmp_path: Path) -> None:
    with started(tmp_path, "--pgbouncer", str(binary())) as own:
        pool = EmbeddedPool.prepared(own)
        pool.rotate(tasks=1)
        children = descendants(own.process.pid)
        running = poolers(own)
        own.process.kill()
        own.process.wait(timeout=5)

        assert len(running) == 2
        assert gone(children)


def test_without_a_pgbouncer_connections_go_straight_to_the_database(tmp_path: Path) -> None:
    with started(tmp_path, "--pgbouncer", str(tmp_path / "none")) as own:
        pool = EmbeddedPool.prepared(own)
        with pytest.raises(StackError, match="no value at version 0000"):
            pool.deploy("0000")
        pool.rotate()  # nothing of what failed is in the way

        assert who(pool.login()) == ("shop", "orders")
        assert who(pool.login(dbname="orders_replica_1")) == ("shop", "orders"), "as the pool calls it"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            pool.login(password="wrong")
        with pytest.raises(psycopg.OperationalError, match="no such database: others"):
            pool.login(dbname="others")
        for address in pool.addresses():
            with pool.console(address) as console:
                console.execute("RECONNECT")
        kinds = [one["value"] for task in pool.tasks() for one in task["attributes"]]
        assert kinds == ["none: connections go straight to the database"] * 2
        assert "connections of pool go straight to the database" in own.log.read_text()
        pool.stack.delete()
        assert wait_for(lambda: {port for _, port in listening(own.process.pid)} == {own.port})
