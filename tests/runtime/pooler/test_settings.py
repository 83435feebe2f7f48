"""What a container may be told, and what it answers otherwise."""

import json
import resource
from typing import Any

import pytest

from pgbouncer import preflight
from pgbouncer.credentials import Credentials
from pgbouncer.databases import Database
from pgbouncer.failure import SettingsError
from pgbouncer.settings import CA_FILE, EVERY_ADDRESS, Settings

VERIFIER = "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy"
TOLD: dict[str, Any] = {
    "listen_port": 6432,
    "databases": {
        "shop": {"host_from": "DATABASE_HOST", "port": 5432, "database": "shop"},
        "shop_replica_1": {"host_from": "REPLICA_1_HOST", "port": 5433, "database": "shop"},
    },
    "pool_sizes": {"shop_owner": 8, "shop": 17},
    "max_db_connections": 25,
    "max_client_conn": 1000,
    "max_prepared_statements": 200,
    "server_idle_timeout": 60,
    "server_connect_timeout": 3,
    "query_wait_timeout": 10,
    "drain_seconds": 110,
    "name": "shop-connection-pool",
}
HOSTS = {"DATABASE_HOST": "db.example.com", "REPLICA_1_HOST": "replica.example.com"}
CREDENTIALS: dict[str, Any] = {
    "users": {"shop_owner": VERIFIER, "shop": VERIFIER},
    "admin": {"username": "pool_admin", "password": "s3ntinel admin"},
    "stats": {"username": "pool_stats", "password": "s3ntinel stats"},
}


def settings(environ: dict[str, str] | None = None, **changes: Any) -> Settings:
    """Read the settings."""
    return Settings.from_environment(
        {**HOSTS, "POOL_SETTINGS": json.dumps(TOLD | changes), **(environ or {})}
    )


def credentials(**changes: Any) -> Credentials:
    """Read the credentials."""
    environ = {"POOL_CREDENTIALS": json.dumps(CREDENTIALS | changes)}
    return Credentials.from_environment(environ, roles=["shop", "shop_owner"])


def test_hosts_come_from_values_of_their_own() -> None:
    assert settings().databases == (
        Database(alias="shop", host="db.example.com", port=5432, database="shop"),
        Database(alias="shop_replica_1", host="replica.example.com", port=5433, database="shop"),
    )


def test_without_further_word_it_listens_everywhere_and_trusts_rds() -> None:
    told = settings()

    assert (told.listen_address, told.console_address) == (EVERY_ADDRESS, "127.0.0.1")
    assert (told.ca_file, told.metrics_seconds) == (CA_FILE, 60)


def test_tests_and_drills_may_say_where_it_listens_and_whom_it_trusts() -> None:
    told = settings(
        {"POOL_LISTEN_ADDRESS": "127.0.0.2", "PGBOUNCER_CA_FILE": "/ca.pem", "POOL_METRICS_SECONDS": "0.5"}
    )

    assert (told.listen_address, told.console_address) == ("127.0.0.2", "127.0.0.2")
    assert (told.ca_file, told.metrics_seconds) == ("/ca.pem", 0.5)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"listen_port": 80}, "listen_port must be a whole number from 1024 to 65535, got 80"),
    ({"listen_port": "6432"}, "listen_port must be a whole number from 1024 to 65535, got '6432'"),
    ({"max_client_conn": True}, "max_client_conn must be a whole number from 1 to 20000, got True"),
    ({"max_db_connections": 0}, "max_db_connections must be a whole number from 1 to 5000, got 0"),
    ({"max_db_connections": 24}, "pool_sizes must be at most max_db_connections (24) together, got 25"),
    ({"pool_sizes": {}}, "pool_sizes must be a map with at least one entry"),
    ({"pool_sizes": {"shop": 0}}, "shop must be a whole number from 1 to 5000, got 0"),
    ({"pool_sizes": {"shop = x": 1}}, "pool_sizes must be text that matches"),
    ({"server_idle_timeout": 0}, "server_idle_timeout must be a whole number from 1 to 3600, got 0"),
    ({"drain_seconds": 120}, "drain_seconds must be a whole number from 1 to 110, got 120"),
    ({"max_prepared_statements": None}, "max_prepared_statements must be a whole number from 0 to 5000"),
    ({"name": "two words"}, "name must be text that matches"),
    ({"poolsizes": {}}, "POOL_SETTINGS must be made of name, listen_port, "),
    ({"databases": {}}, "databases must be a map with at least one entry"),
]
DATABASES_REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "shop",
        {"host_from": "NOWHERE"},
        "databases.shop.host_from must be the name of an environment variable",
    ),
    ("shop", {"host": "x"}, "databases.shop must be made of host_from, port, database, got 'host'"),
    ("shop", {"port": 0}, "port must be a whole number from 1 to 65535, got 0"),
    ("shop", {"database": "a b"}, "databases.shop.database must be text that matches"),
    ("a b", {}, "databases.a b must be text that matches"),
    ("pgbouncer", {}, "databases.pgbouncer must have another name"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_a_wrong_setting_is_named_with_its_value_and_what_is_allowed(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError) as failure:
        settings(**change)

    assert message in str(failure.value)


@pytest.mark.parametrize(("alias", "change", "message"), DATABASES_REFUSED)
def test_a_wrong_database_is_named(alias: str, change: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as failure:
        settings(databases={alias: TOLD["databases"]["shop"] | change})

    assert message in str(failure.value)


@pytest.mark.parametrize("smuggled", ["db.example.com user=postgres", "db\n[users]", "", "-x"])
def test_a_host_cannot_smuggle_in_another_setting(smuggled: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_HOST must be text that matches"):
        settings({"DATABASE_HOST": smuggled})


@pytest.mark.parametrize("text", ["", "0", "soon", "-1"])
def test_metrics_need_time_in_between(text: str) -> None:
    with pytest.raises(SettingsError, match="POOL_METRICS_SECONDS must be a number above 0"):
        settings({"POOL_METRICS_SECONDS": text})


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_settings_that_are_no_json_object_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="POOL_SETTINGS must be a JSON object"):
        settings({"POOL_SETTINGS": text})


CREDENTIALS_REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"users": {"shop": VERIFIER}}, "must be those of pool_sizes (shop, shop_owner), got shop"),
    (
        {"users": {"shop": "s3ntinel", "shop_owner": VERIFIER}},
        "users.shop in POOL_CREDENTIALS must be a SCRAM",
    ),
    ({"users": {}}, "users must be a map with at least one entry"),
    ({"admin": None}, "admin must be a map with at least one entry"),
    ({"admin": {"username": "pool_admin", "password": ""}}, "admin.password in POOL_CREDENTIALS must be"),
    ({"stats": {"username": "s 3", "password": "s3ntinel"}}, "stats.username must be text that matches"),
    ({"stats": CREDENTIALS["admin"]}, "must all have different names"),
    ({"stats": {"username": "shop", "password": "s3ntinel"}}, "must all have different names"),
]


@pytest.mark.parametrize(("change", "message"), CREDENTIALS_REFUSED)
def test_wrong_credentials_are_named_and_never_quoted(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as failure:
        credentials(**change)

    assert message in str(failure.value)
    assert "s3ntinel" not in f"{failure.value!r} {failure.value.__context__!r}"


def test_credentials_do_not_show_when_printed() -> None:
    assert "s3ntinel" not in repr(credentials())
    assert VERIFIER not in repr(credentials())


def test_needs_a_file_for_every_client_and_server_connection() -> None:
    assert settings().open_files == 4096
    assert settings(max_client_conn=10000).open_files == 10000 + 2 * 25 + 200


def test_a_soft_limit_that_is_enough_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (65535, 65535))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: pytest.fail("changed"))

    preflight.raise_open_files(4096)
