"""The secret from which the pool's containers know who may log in."""

import json
from typing import Any

import pytest

from connection_pool import users_handler
from connection_secrets import secret_store
from connection_secrets.failure import ActionableError
from pgbouncer.credentials import Credentials
from runtime.support import SENTINEL, Database, Vault, lambda_context


@pytest.fixture
def properties(vault: Vault) -> dict[str, Any]:
    """What CloudFormation sends for two roles."""
    owner = vault.add({"username": "shop_owner", "password": f"owner {SENTINEL}"})
    application = vault.add({"username": "shop", "password": f"application {SENTINEL}"})
    return {
        "SecretArn": vault.add({"placeholder": "made by CloudFormation"}),
        "Roles": [
            {"Name": "shop_owner", "SecretArn": owner},
            {"Name": "shop", "SecretArn": application},
        ],
    }


def run(properties: dict[str, Any]) -> dict[str, Any]:
    """Run the handler."""
    event = {"RequestType": "Update", "PhysicalResourceId": "x", "ResourceProperties": properties}
    return users_handler.on_event(event, lambda_context())


def test_the_container_reads_what_the_function_wrote(vault: Vault, properties: dict[str, Any]) -> None:
    answer = run(properties)

    stored = vault.get(properties["SecretArn"])
    read = Credentials.from_environment(
        {"POOL_CREDENTIALS": json.dumps(stored)}, roles=["shop", "shop_owner"]
    )
    assert (read.admin.username, read.stats.username) == ("pool_admin", "pool_stats")
    assert stored.keys() == {"users", "admin", "stats"}
    assert answer == {
        "PhysicalResourceId": f"pool-users:{properties['SecretArn']}",
        "Data": {"VersionId": vault.version(properties["SecretArn"])},
    }


@pytest.mark.database
@pytest.mark.parametrize("instance", ["18"], indirect=True)
def test_a_role_has_the_verifier_that_the_database_has(database: Database) -> None:
    database.provision()
    role = {"Name": database.role("application"), "SecretArn": database.secrets["application"]}
    target = database.vault.add()

    run({"SecretArn": target, "Roles": [role]})

    with database.as_superuser() as superuser:
        known = superuser.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [role["Name"]])
        assert known.fetchone() == (database.vault.get(target)["users"][role["Name"]],)


def test_running_again_makes_no_new_version(vault: Vault, properties: dict[str, Any]) -> None:
    assert run(properties) == run(properties)


def test_a_changed_password_changes_its_verifier_alone(vault: Vault, properties: dict[str, Any]) -> None:
    first = run(properties)
    before = vault.get(properties["SecretArn"])
    vault.put(properties["Roles"][1]["SecretArn"], {"username": "shop", "password": "rotated"})

    second = run(properties)

    after = vault.get(properties["SecretArn"])
    assert first["Data"] != second["Data"]
    assert first["PhysicalResourceId"] == second["PhysicalResourceId"]
    assert after["users"].pop("shop") != before["users"].pop("shop")
    assert after == before


def test_a_role_that_is_gone_may_no_longer_log_in(vault: Vault, properties: dict[str, Any]) -> None:
    run(properties)

    run(properties | {"Roles": properties["Roles"][:1]})

    assert set(vault.get(properties["SecretArn"])["users"]) == {"shop_owner"}


def test_passwords_an_operator_set_for_the_console_are_kept(vault: Vault, properties: dict[str, Any]) -> None:
    vault.put(
        properties["SecretArn"],
        {
            "admin": {"username": "other", "password": "the operator's"},
            "stats": {"username": "pool_stats", "password": ""},
        },
    )

    run(properties)

    stored = vault.get(properties["SecretArn"])
    assert stored["admin"] == {"username": "pool_admin", "password": "the operator's"}
    assert len(stored["stats"]["password"]) >= 43


def test_passwords_of_the_console_differ_everywhere(vault: Vault, properties: dict[str, Any]) -> None:
    run(properties)
    run(properties | {"SecretArn": (other := vault.add())})

    both = [vault.get(arn) for arn in (properties["SecretArn"], other)]
    assert len({stored[who]["password"] for stored in both for who in ("admin", "stats")}) == 4


def test_starts_over_when_someone_else_wrote_in_between(
    vault: Vault, properties: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    original, outcomes = secret_store.replace, iter([True, False])

    def replace(*arguments: Any, **options: Any) -> str | None:
        return None if next(outcomes) else original(*arguments, **options)

    monkeypatch.setattr(secret_store, "replace", replace)

    assert run(properties)["Data"] == {"VersionId": vault.version(properties["SecretArn"])}


def test_gives_up_when_someone_else_always_writes(
    vault: Vault, properties: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_store, "replace", lambda *_, **__: None)

    with pytest.raises(ActionableError, match="was changed by someone else 5 times"):
        run(properties)


def test_deleting_leaves_the_secret(vault: Vault, properties: dict[str, Any]) -> None:
    before = vault.get(properties["SecretArn"])
    event = {"RequestType": "Delete", "PhysicalResourceId": "x", "ResourceProperties": properties}

    assert users_handler.on_event(event, lambda_context()) == {"PhysicalResourceId": "x"}
    assert vault.get(properties["SecretArn"]) == before


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"Roles": []}, "Roles must name at least one role"),
    ({"Roles": ["shop"]}, "Roles must be a map"),
    ({"SecretArn": ""}, "SecretArn must be a non-empty string"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_wrong_properties_are_named(properties: dict[str, Any], change: dict[str, Any], message: str) -> None:
    with pytest.raises(ActionableError, match=message):
        run(properties | change)


def test_a_role_must_be_the_one_of_its_secret(vault: Vault, properties: dict[str, Any]) -> None:
    wrong = {"Name": "shop_reader", "SecretArn": properties["Roles"][1]["SecretArn"]}

    with pytest.raises(ActionableError, match="must have the username 'shop_reader' or none"):
        run(properties | {"Roles": [wrong]})


def test_a_role_may_not_be_called_like_a_user_of_the_console(
    vault: Vault, properties: dict[str, Any]
) -> None:
    role = {"Name": "pool_admin", "SecretArn": vault.add({"password": "x"})}

    with pytest.raises(ActionableError, match="Roles must not name pool_admin"):
        run(properties | {"Roles": [role]})


def test_success_and_failure_reveal_nothing(
    vault: Vault, properties: dict[str, Any], logged: pytest.LogCaptureFixture
) -> None:
    answer = run(properties)
    made = [vault.get(properties["SecretArn"])[who]["password"] for who in ("admin", "stats")]
    vault.put(properties["Roles"][0]["SecretArn"], {"username": "shop_owner", "password": f"{SENTINEL}\x00"})
    with pytest.raises(ActionableError, match="characters SCRAM forbids") as failure:
        run(properties)

    seen = f"{answer} {failure.value!r} {failure.value.__context__!r} " + " ".join(
        f"{record.getMessage()} {vars(record)}" for record in logged.records
    )
    assert [secret for secret in ("s3ntinel", *made) if secret in seen] == []
