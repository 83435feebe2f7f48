"""What the pool does for a database and its applications (B2), on a real PgBouncer and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from pg8000.native import Connection as Pg8000

from emulator.postgres.certificates import CA_FILE, make_context
from runtime.support import SENTINEL
from support.pooled_database import PooledDatabase, Start, until
from support.pooler import Pooler
from support.pooler_told import ADDRESS

pytestmark = [pytest.mark.database, pytest.mark.parametrize("instance", ["18"], indirect=True)]


def waiting(pooler: Pooler) -> int:
    """Return how many clients wait for a connection."""
    with pooler.console("stats") as console:
        console.row_factory = psycopg.rows.dict_row
        return sum(int(row["cl_waiting"]) for row in console.execute("SHOW POOLS"))


@pytest.mark.parametrize("kind", ["owner", "application"])
def test_a_role_logs_in_with_its_password_and_is_itself_in_the_database(
    pooled: PooledDatabase, start: Start, kind: str
) -> None:
    client = pooled.connect(start(pooled.told), kind)

    assert client.execute("SELECT current_user::text").fetchone() == (pooled.database.role(kind),)


def test_a_wrong_password_is_refused_before_the_database_is_asked(
    pooled: PooledDatabase, start: Start
) -> None:
    pooler = start(pooled.told)

    with pytest.raises(psycopg.OperationalError, match="SASL authentication failed"):
        pooled.connect(pooler, "owner", password="wrong")
    assert pooled.backends() == []


def test_a_role_without_a_pool_cannot_log_in(pooled: PooledDatabase, start: Start) -> None:
    with pytest.raises(psycopg.OperationalError, match="SASL authentication failed"):
        pooled.connect(start(pooled.told), "readonly")


def test_clients_must_encrypt(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told)

    assert pooled.connect(pooler, "owner").pgconn.ssl_in_use
    with pytest.raises(psycopg.OperationalError, match="SSL required"):
        pooled.connect(pooler, "owner", sslmode="disable")


def test_no_query_reaches_a_database_that_another_authority_vouches_for(
    pooled: PooledDatabase, start: Start, tmp_path: Path
) -> None:
    make_context(tmp_path)
    other = pooled.database.instance.ca_file.with_name("other.pem")
    other.write_text((tmp_path / CA_FILE).read_text())
    pooler = start(pooled.told.changed(environ={"PGBOUNCER_CA_FILE": str(other)}))

    with pytest.raises(psycopg.OperationalError):
        pooled.connect(pooler, "application", connect_timeout=3)
    assert pooled.backends() == []
    assert "certificate verify failed" in pooler.log.read_text()
    assert pooler.alive().returncode == 0


def test_a_busy_role_never_keeps_another_waiting(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told)
    application = pooled.connect(pooler, "application")
    owners = [pooled.connect(pooler, "owner") for _ in range(6)]
    release = Event()

    def work(owner: "psycopg.Connection[Any]") -> None:
        with owner.transaction():
            owner.execute("SELECT 1")
            release.wait(timeout=30)

    with ThreadPoolExecutor(len(owners)) as threads:
        working = [threads.submit(work, owner) for owner in owners]
        try:
            assert until(lambda: waiting(pooler) == 4)  # the role has two connections
            assert application.execute("SELECT 1").fetchone() == (1,)
            assert waiting(pooler) == 4
        finally:
            release.set()
    for done in working:
        done.result()


def test_many_clients_of_two_roles_stay_below_the_ceiling(pooled: PooledDatabase, start: Start) -> None:
    role = pooled.database.role
    sizes = {role("owner"): 2, role("application"): 3}
    pooler = start(pooled.told.changed(pool_sizes=sizes, max_db_connections=5, query_wait_timeout=60))
    clients = [pooled.connect(pooler, kind) for kind in ("owner", "application") for _ in range(12)]

    peaks = []
    release = Event()

    def work(client: "psycopg.Connection[Any]") -> None:
        with client.transaction():
            client.execute("SELECT 1")
            release.wait(timeout=30)

    with ThreadPoolExecutor(len(clients)) as threads:
        working = [threads.submit(work, client) for client in clients]
        try:
            assert until(lambda: waiting(pooler) == len(clients) - 5)
            assert sorted(pooled.backends()) == sorted([role("owner")] * 2 + [role("application")] * 3)
        finally:
            release.set()
        while not all(done.done() for done in working):
            peaks.append(len(pooled.backends()))
    for done in working:
        done.result()

    assert max(peaks, default=0) <= 5


def test_the_ceiling_is_known_to_the_pooler_itself(pooled: PooledDatabase, start: Start) -> None:
    """Not only as the sum of the roles' pools: another role would have the default size."""
    console = start(pooled.told.changed(max_db_connections=7)).console()
    console.row_factory = psycopg.rows.dict_row

    ceilings = {row["name"]: row["max_connections"] for row in console.execute("SHOW DATABASES")}

    assert ceilings[pooled.database.name] == 7


def test_clients_that_prepare_statements_share_connections(pooled: PooledDatabase, start: Start) -> None:
    role = pooled.database.role
    sizes = {role("owner"): 1, role("application"): 1}
    pooler = start(pooled.told.changed(pool_sizes=sizes))
    clients = [
        pooled.connect(pooler, "application", prepare_threshold=0, cursor_factory=psycopg.Cursor)
        for _ in range(3)
    ]

    for _ in range(3):
        assert [client.execute("SELECT %s::int", [n]).fetchone() for n, client in enumerate(clients)] == [
            (0,),
            (1,),
            (2,),
        ]


def test_what_jdbc_sends_at_login_is_accepted(pooled: PooledDatabase, start: Start) -> None:
    client = Pg8000(
        pooled.database.role("application"),
        host=ADDRESS,
        port=start(pooled.told).port,
        database=pooled.database.name,
        password=f"application {SENTINEL}",
        ssl_context=True,
        startup_params={"extra_float_digits": "2"},
    )

    assert client.run("SELECT 1") == [[1]]
    client.close()


def test_idle_connections_are_let_go_so_that_a_database_can_pause(
    pooled: PooledDatabase, start: Start
) -> None:
    """B5: the client stays, and the database has no connection that would keep it awake."""
    pooler = start(pooled.told.changed(server_idle_timeout=1))
    client = pooled.connect(pooler, "application")
    client.execute("SELECT 1")
    assert len(pooled.backends()) == 1

    assert until(lambda: pooled.backends() == [])
    assert client.execute("SELECT 1").fetchone() == (1,)


def test_the_stats_user_may_look_and_change_nothing(pooled: PooledDatabase, start: Start) -> None:
    pooler = start(pooled.told)

    pooler.console("admin").execute("RECONNECT")
    with pytest.raises(psycopg.Error, match="admin access needed"):
        pooler.console("stats").execute("RECONNECT")
    with pytest.raises(psycopg.OperationalError, match="not allowed"):
        pooler.connect(pooled.database.role("owner"), f"owner {SENTINEL}", "pgbouncer")
