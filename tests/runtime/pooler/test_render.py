"""PgBouncer's files, line by line."""

import configparser
import json
import re
from base64 import b64decode, b64encode
from dataclasses import replace
from pathlib import Path

import pytest
import scramp

from connection_pool import login
from pgbouncer import render
from pgbouncer.credentials import Credentials
from pgbouncer.databases import Database
from pgbouncer.files import Files
from pgbouncer.settings import EVERY_ADDRESS, Settings
from pgbouncer.tuning import table

VERIFIER = "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy"
FILES = Files(Path("/private"))
SETTINGS = Settings(
    name="shop",
    listen_address=EVERY_ADDRESS,
    listen_port=6432,
    databases=(
        Database(alias="shop", host="db.example.com", port=5432, database="shop"),
        Database(alias="shop_replica_1", host="replica.example.com", port=5433, database="shop"),
    ),
    pool_sizes={"shop_owner": 8, "shop": 17},
    max_db_connections=25,
    max_client_conn=1000,
    max_prepared_statements=200,
    server_idle_timeout=60,
    server_connect_timeout=3,
    query_wait_timeout=10,
    drain_seconds=110,
    ca_file="/ca.pem",
    metrics_seconds=60,
)


@pytest.fixture
def credentials() -> Credentials:
    """Two roles and the console's users."""
    login = {"username": "pool_admin", "password": "s3ntinel"}
    values = {"users": {"shop_owner": VERIFIER, "shop": VERIFIER}, "admin": login}
    values["stats"] = {**login, "username": "pool_stats"}
    return Credentials.from_environment(
        {"POOL_CREDENTIALS": json.dumps(values)}, roles=["shop", "shop_owner"]
    )


def parsed(text: str) -> configparser.ConfigParser:
    """Read an ini file as PgBouncer does."""
    parser = configparser.ConfigParser(comment_prefixes=";", delimiters="=", interpolation=None)
    parser.read_string(text)
    return parser


def test_every_database_has_the_ceiling_and_no_user_of_its_own(credentials: Credentials) -> None:
    databases = dict(parsed(render.configuration(SETTINGS, credentials, FILES))["databases"])

    assert databases == {
        "shop": "host=db.example.com port=5432 dbname=shop max_db_connections=25",
        "shop_replica_1": "host=replica.example.com port=5433 dbname=shop max_db_connections=25",
    }


def test_every_role_has_its_size(credentials: Credentials) -> None:
    users = dict(parsed(render.configuration(SETTINGS, credentials, FILES))["users"])

    assert users == {"shop_owner": "pool_size=8", "shop": "pool_size=17"}


def test_settings_that_keep_the_promises_of_the_pool(credentials: Credentials) -> None:
    values = dict(parsed(render.configuration(SETTINGS, credentials, FILES))["pgbouncer"])

    promised = {
        "listen_addr": EVERY_ADDRESS,
        "listen_port": "6432",
        "unix_socket_dir": "",
        "pool_mode": "transaction",
        "max_client_conn": "1000",
        "max_prepared_statements": "200",
        "min_pool_size": "0",
        "auth_type": "scram-sha-256",
        "auth_file": "/private/userlist.txt",
        "admin_users": "pool_admin",
        "stats_users": "pool_stats",
        "client_tls_sslmode": "require",
        "server_tls_sslmode": "verify-full",
        "server_tls_ca_file": "/ca.pem",
        "server_login_retry": "1",
        "server_idle_timeout": "60",
        "tcp_user_timeout": "10000",
        "query_wait_timeout": "10",
        "idle_transaction_timeout": "30",
        "ignore_startup_parameters": "extra_float_digits",
        "log_connections": "0",
        "log_disconnections": "0",
    }
    assert promised.items() <= values.items()
    assert "s3ntinel" not in str(values)


def test_every_setting_says_why(credentials: Credentials) -> None:
    rows = table(SETTINGS, FILES, admin="pool_admin", stats="pool_stats")
    text = render.configuration(SETTINGS, credentials, FILES)

    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        assert 10 < len(row.why) < 110
        assert f"; {row.why}\n{row.name} = {row.value}\n" in text


def test_a_dead_connection_is_noticed_before_a_waiting_client_gives_up() -> None:
    values = {row.name: row.value for row in table(SETTINGS, FILES, admin="a", stats="b")}
    notice_seconds = int(values["tcp_user_timeout"]) / 1000

    assert notice_seconds <= int(values["query_wait_timeout"])


def test_the_gate_hears_the_pools_own_error_before_it_gives_up() -> None:
    values = {row.name: row.value for row in table(SETTINGS, FILES, admin="a", stats="b")}

    assert int(values["query_wait_timeout"]) < login._PATIENCE_SECONDS


def test_roles_keep_their_verifier_and_the_consoles_users_get_one(credentials: Credentials) -> None:
    lines = dict(re.findall(r'^"([^"]+)" "([^"]+)"$', render.userlist(credentials), re.MULTILINE))

    assert list(lines) == ["shop_owner", "shop", "pool_admin", "pool_stats"]
    assert lines["shop"] == VERIFIER
    assert is_right(lines["pool_admin"], "s3ntinel")
    assert not is_right(lines["pool_admin"], "another")


def test_verifiers_of_equal_passwords_differ(credentials: Credentials) -> None:
    assert credentials.admin.verifier() != credentials.admin.verifier()


def test_other_settings_change_only_their_line(credentials: Credentials) -> None:
    before = render.configuration(SETTINGS, credentials, FILES).splitlines()
    after = render.configuration(replace(SETTINGS, max_client_conn=50), credentials, FILES).splitlines()

    assert set(after) - set(before) == {"max_client_conn = 50"}


def is_right(verifier: str, password: str) -> bool:
    """Compute a verifier again, with its own salt."""
    iterations, salt = verifier.split("$")[1].split(":")
    _, stored, server, _ = scramp.ScramMechanism().make_auth_info(
        password, iteration_count=int(iterations), salt=b64decode(salt)
    )
    return verifier.endswith(f"${b64encode(stored).decode()}:{b64encode(server).decode()}")
