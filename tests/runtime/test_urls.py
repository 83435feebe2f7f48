"""What ends up in the secret an application reads."""

from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from connection_secrets import secret_store, urls_handler
from connection_secrets.failure import ActionableError
from emulator.testing import Emulator, Stack
from runtime.support import SENTINEL, Vault, lambda_context

REDIS = {"Kind": "redis", "Host": "cache.internal", "Port": "6379", "Tls": "false"}
PLAIN_REDIS_URL = "redis://cache.internal:6379"


def compose(target: str, **properties: Any) -> dict[str, Any]:
    event = {
        "RequestType": "Update",
        "PhysicalResourceId": "connection-urls:before",
        "ResourceProperties": {"TargetSecretArn": target} | properties,
    }
    return urls_handler.on_event(event, lambda_context())


@pytest.fixture
def login(vault: Vault) -> str:
    return vault.add({"username": "shop:app", "password": SENTINEL})


def postgres(secret: str) -> dict[str, Any]:
    return {
        "Kind": "postgres",
        "SecretArn": secret,
        "Host": "db.internal",
        "Port": "5432",
        "Database": "shop",
    }


def test_a_postgres_url_keeps_every_character_of_the_password(vault: Vault, login: str) -> None:
    target = vault.add()

    compose(target, Urls={"DATABASE_URL": postgres(login)})

    url = urlsplit(vault.get(target)["DATABASE_URL"])
    assert (url.scheme, url.hostname, url.port) == ("postgres", "db.internal", 5432)
    assert (url.path, url.query) == ("/shop", "sslmode=require")
    assert (unquote(url.username or ""), unquote(url.password or "")) == ("shop:app", SENTINEL)


def test_options_extend_and_override_the_default(vault: Vault, login: str) -> None:
    target = vault.add()
    options = {"sslmode": "verify-full", "application_name": "core api"}

    compose(target, Urls={"DATABASE_URL": postgres(login) | {"Options": options}})

    url = vault.get(target)["DATABASE_URL"]
    assert url.endswith("/shop?sslmode=verify-full&application_name=core+api")


def test_replicas_are_one_value_with_a_url_each(vault: Vault) -> None:
    target, secret = vault.add(), vault.add({"username": "app", "password": "a,b"})
    replicas = postgres(secret) | {"Kind": "postgres-list", "Hosts": ["one", "two"]}

    compose(target, Urls={"REPLICA_URLS": replicas})

    assert vault.get(target)["REPLICA_URLS"] == (
        "postgres://app:a%2Cb@one:5432/shop?sslmode=require,"
        "postgres://app:a%2Cb@two:5432/shop?sslmode=require"
    )


def test_b12_replicas_behind_a_pooler_are_databases_of_one_host(vault: Vault) -> None:
    target, secret = vault.add(), vault.add({"username": "app", "password": "word"})
    replicas = postgres(secret) | {
        "Kind": "postgres-list",
        "Hosts": ["pool", "pool"],
        "Databases": ["shop_replica_1", "shop_replica_2"],
    }

    compose(target, Urls={"REPLICA_URLS": replicas})

    assert vault.get(target)["REPLICA_URLS"] == (
        "postgres://app:word@pool:5432/shop_replica_1?sslmode=require,"
        "postgres://app:word@pool:5432/shop_replica_2?sslmode=require"
    )


def test_redis_is_over_tls_if_it_says_so_with_the_token_if_there_is_one(vault: Vault) -> None:
    target, token = vault.add(), vault.add({"password": "to/ken"})

    compose(
        target,
        Urls={
            "REDIS_URL": REDIS | {"Tls": "true", "SecretArn": token},
            "TOKENLESS_REDIS_URL": REDIS | {"Tls": "true"},
            "PLAIN_REDIS_URL": REDIS,
        },
    )

    assert vault.get(target) == {
        "REDIS_URL": "rediss://:to%2Fken@cache.internal:6379",
        "TOKENLESS_REDIS_URL": "rediss://cache.internal:6379",
        "PLAIN_REDIS_URL": PLAIN_REDIS_URL,
    }


def test_operator_keys_appear_empty_and_are_reported_by_name(vault: Vault) -> None:
    target = vault.add()

    answer = compose(
        target,
        Urls={"REDIS_URL": REDIS},
        OperatorKeys=["STRIPE_KEY", "SMTP_PASSWORD"],
    )

    assert vault.get(target) == {"STRIPE_KEY": "", "SMTP_PASSWORD": "", "REDIS_URL": PLAIN_REDIS_URL}
    assert answer == {
        "PhysicalResourceId": f"connection-urls:{target}",
        "Data": {
            "VersionId": vault.version(target),
            "MissingKeys": "STRIPE_KEY,SMTP_PASSWORD",
        },
    }


def test_a_secret_without_any_version_gets_its_first(vault: Vault, emulator: Emulator) -> None:
    stack = Stack(emulator, {"Target": {"Type": "AWS::SecretsManager::Secret"}}, "eu-central-1")
    target = stack["Target"]
    assert secret_store.find(target) is None

    answer = compose(target, Urls={"REDIS_URL": REDIS})

    assert vault.get(target) == {"REDIS_URL": PLAIN_REDIS_URL}
    assert answer["Data"]["VersionId"] == vault.version(target)


def test_a_binary_secret_is_refused_and_not_replaced(vault: Vault) -> None:
    target = vault.client.create_secret(Name="test/binary", SecretBinary=b"keep")["ARN"]

    with pytest.raises(ActionableError, match="must hold a JSON object"):
        compose(target, Urls={"REDIS_URL": REDIS})


def test_what_an_operator_or_anyone_else_stored_is_kept(vault: Vault) -> None:
    stored = {"STRIPE_KEY": "theirs", "UNDECLARED": {"nested": 1}, "REDIS_URL": "old"}
    target = vault.add(stored)

    answer = compose(target, Urls={"REDIS_URL": REDIS}, OperatorKeys=["STRIPE_KEY"])

    assert vault.get(target) == stored | {"REDIS_URL": PLAIN_REDIS_URL}
    assert answer["Data"]["MissingKeys"] == ""


def test_an_update_without_change_writes_no_version(vault: Vault, login: str) -> None:
    target = vault.add()
    first = compose(target, Urls={"DATABASE_URL": postgres(login)}, OperatorKeys=["KEY"])

    second = compose(target, Urls={"DATABASE_URL": postgres(login)}, OperatorKeys=["KEY"])

    assert first == second
    assert first["Data"]["VersionId"] == vault.version(target)


def test_a_rotated_password_is_composed_again(vault: Vault, login: str) -> None:
    target = vault.add()
    compose(target, Urls={"DATABASE_URL": postgres(login)})
    vault.put(login, {"username": "app", "password": "rotated"})

    compose(target, Urls={"DATABASE_URL": postgres(login)})

    assert "app:rotated@" in vault.get(target)["DATABASE_URL"]


def test_an_operator_writing_at_the_same_moment_loses_nothing(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = vault.add({"STRIPE_KEY": ""})
    find = secret_store.find
    interruptions = iter(["first", "second"])

    def find_then_operator_writes(arn: str) -> secret_store.Secret | None:
        secret = find(arn)
        for value in interruptions:
            vault.put(arn, {"STRIPE_KEY": value})
            break
        return secret

    monkeypatch.setattr(secret_store, "find", find_then_operator_writes)

    compose(target, Urls={"REDIS_URL": REDIS}, OperatorKeys=["STRIPE_KEY"])

    assert vault.get(target) == {"STRIPE_KEY": "second", "REDIS_URL": PLAIN_REDIS_URL}


def test_gives_up_on_a_secret_that_never_stays_still(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    target = vault.add({})
    monkeypatch.setattr(secret_store, "replace", lambda *_, **__: None)

    with pytest.raises(ActionableError, match="changed by someone else 5 times"):
        compose(target, Urls={"REDIS_URL": REDIS})


def test_deleting_leaves_the_secret(vault: Vault) -> None:
    target = vault.add({"STRIPE_KEY": "theirs"})
    event = {
        "RequestType": "Delete",
        "PhysicalResourceId": "connection-urls:x",
        "ResourceProperties": {"TargetSecretArn": target},
    }

    answer = urls_handler.on_event(event, lambda_context())

    assert answer == {"PhysicalResourceId": "connection-urls:x"}
    assert vault.get(target) == {"STRIPE_KEY": "theirs"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Kind": "mysql"}, "Urls.KEY: Kind must be one of postgres, postgres-list, redis, got 'mysql'"),
        ({"Host": "evil@host"}, "Urls.KEY: Host must match"),
        ({"Port": "65536"}, "Port must be a whole number from 1 to 65535, got '65536'"),
        ({"Database": ""}, "Database must be a non-empty string"),
        ({"Options": "sslmode"}, "Options must be a map"),
        ({"Kind": "postgres-list", "Hosts": []}, "Hosts must name at least one host"),
        ({"Kind": "postgres-list", "Hosts": [1]}, "Hosts must be a host name"),
        (
            {"Kind": "postgres-list", "Hosts": ["one", "two"], "Databases": ["shop"]},
            "Databases must be as many as Hosts (2), one each, got 1",
        ),
        (
            {"Kind": "postgres-list", "Hosts": ["one"], "Databases": [""]},
            "Databases must hold non-empty strings",
        ),
        ({"Kind": "redis"}, "Tls must be 'true' or 'false', got None"),
        ({"Kind": "redis", "Tls": "True"}, "Tls must be 'true' or 'false', got 'True'"),
        ({"Kind": "redis", "Tls": "false"}, "Tls must be 'true' with a SecretArn"),
    ],
)
def test_names_the_property_that_is_wrong(
    vault: Vault, login: str, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ActionableError) as failure:
        compose(vault.add(), Urls={"KEY": postgres(login) | change})

    assert message in str(failure.value)


def test_a_key_is_composed_or_the_operators_but_not_both(vault: Vault) -> None:
    with pytest.raises(ActionableError, match="KEY must be in Urls or in OperatorKeys"):
        compose(vault.add(), Urls={"KEY": REDIS}, OperatorKeys=["KEY"])
