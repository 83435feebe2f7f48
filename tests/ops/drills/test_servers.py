"""Servers of a drill: nobody else's answer counts, and none outlives it."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops.drills.servers import adapter, our_pooler
from ops.drills.servers.lifetime import LONGEST_PLACE, Lifetime, place
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.drills.servers.pooler import Credentials, Upstream
from ops.drills.servers.ports import HOST, PortTakenError, free_port, require_free
from ops.drills.servers.postgres import Postgres
from ops.workspace import Workspace, here

CHECKOUT = Path(__file__).parents[3]
STARTS_A_DATABASE = """
import signal
import time
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.postgres import Postgres

# A shell that started the tests in the background lets everything in them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
with Lifetime() as lifetime:
    server = Postgres(lifetime, "pg", version="17", parameters={"max_connections": "20"})
    server.start()
    print(lifetime.folder, server.port, flush=True)
    time.sleep(600)
"""


def gone(port: int, folder: Path) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) and not folder.exists():
                return True
        time.sleep(0.1)
    return False


@pytest.mark.database
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_of_a_drill_outlives_it_however_it_ends(number: signal.Signals) -> None:
    drill = subprocess.Popen(
        [sys.executable, "-c", STARTS_A_DATABASE],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert drill.stdout is not None
    folder, port = drill.stdout.readline().split()

    drill.send_signal(number)
    drill.communicate()

    assert gone(int(port), Path(folder))


def test_what_a_drill_writes_is_in_the_checkout_or_where_a_socket_fits() -> None:
    inside = here().state / "tmp"
    fits = len(str(inside)) <= LONGEST_PLACE

    with Lifetime() as lifetime:
        assert lifetime.folder.parent == (inside if fits else Path("/tmp"))


def test_a_socket_fits_below_the_longest_place() -> None:
    socket_of_a_server = "/drill-12345678/a-replica/.s.PGSQL.65535"

    assert LONGEST_PLACE + len(socket_of_a_server) <= 103, "what macOS allows"


def test_a_checkout_that_is_too_deep_is_passed_over(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 15)

    assert place(Workspace(deep)) == Path("/tmp")
    assert not deep.exists()


def test_a_program_that_ignores_the_end_of_the_drill_is_ended() -> None:
    with Lifetime() as lifetime:
        stubborn = lifetime.start(["sh", "-c", "trap '' QUIT TERM; sleep 600"], log=lifetime.folder / "log")
        stubborn.stop(seconds=0.2)

        assert not stubborn.alive
    assert not lifetime.folder.exists()


def test_a_port_that_is_taken_is_refused_with_the_way_to_find_who_has_it() -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(PortTakenError, match=rf"{port} is taken.*ss -ltnp"):
            require_free(port)


@pytest.mark.database
def test_a_server_left_over_on_the_port_never_answers_for_ours() -> None:
    with Lifetime() as lifetime, socket.create_server((HOST, 0)) as stale:
        port = stale.getsockname()[1]
        server = Postgres(lifetime, "pg", version="17", parameters={}, port=port)

        with pytest.raises(PortTakenError):
            server.start()


@pytest.mark.database
def test_a_database_that_refuses_its_parameters_says_why() -> None:
    with Lifetime() as lifetime:
        server = Postgres(lifetime, "pg", version="17", parameters={"max_connections": "none"})

        with pytest.raises(RuntimeError, match='invalid value for parameter "max_connections"'):
            server.start()


def test_a_setting_to_replace_must_be_there() -> None:
    configuration = "[pgbouncer]\nserver_tls_sslmode = verify-full\npool_mode = transaction\n"

    assert "server_tls_sslmode = disable\npool_mode" in adapter.adapted(
        configuration, {"server_tls_sslmode": "disable"}
    )
    with pytest.raises(ValueError, match="max_prepared_statements is not in the configuration"):
        adapter.adapted(configuration, {"max_prepared_statements": "0"})


def test_credentials_do_not_show_what_they_hold() -> None:
    credentials = Credentials({"shop": "SCRAM-SHA-256$4096:c2FsdA==$a2V5:a2V5"})

    assert credentials.admin in credentials.as_json()
    assert "SCRAM" not in repr(credentials)
    assert credentials.admin not in repr(credentials)


def test_a_free_port_is_free() -> None:
    require_free(free_port())


def test_our_pooler_says_what_is_wrong_when_it_does_not_start(tmp_path: Path) -> None:
    missing = Pgbouncer(tmp_path / "no-such-pgbouncer", "1.26.1")
    settings = {
        "name": "pool",
        "databases": {"shop": {"host_from": "HOST_OF_SHOP", "port": 5432, "database": "shop"}},
        "pool_sizes": {"shop": 5},
        "max_db_connections": 4,
        "max_client_conn": 10,
        "max_prepared_statements": 1,
        "server_idle_timeout": 60,
        "server_connect_timeout": 3,
        "query_wait_timeout": 10,
        "drain_seconds": 5,
    }
    with Lifetime() as lifetime, pytest.raises(RuntimeError, match="pool_sizes must be at most"):
        our_pooler.start(
            lifetime,
            "pooler",
            program=missing,
            settings=settings,
            credentials=Credentials({"shop": "SCRAM-SHA-256$4096:c2FsdA==$a2V5:a2V5"}),
            upstreams={"shop": Upstream(HOST, 5432)},
            lines={},
        )
