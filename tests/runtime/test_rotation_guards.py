"""D9: when a rotation does nothing, and how old what it cannot rotate is said to be."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connection_secrets import secret_store
from connection_secrets.failure import ActionableError
from emulator.testing import Emulator
from rotation import ages, rollouts, steps_handler
from rotation.rollout_state import State
from rotation.rollouts import rollout
from runtime.support import Database, Vault, lambda_context
from support.fleet import Fleet
from support.rotated_database import RotatedDatabase


@pytest.fixture
def rotated(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[RotatedDatabase]:
    fleet = Fleet()
    monkeypatch.setattr(rollouts, "ecs", fleet)
    yield RotatedDatabase(database, fleet, ("localhost", database.instance.port))
    fleet.stop()


@pytest.mark.database
@pytest.mark.parametrize("instance", ["18"], indirect=True)
def test_d9_no_password_changes_while_a_task_may_still_use_it(rotated: RotatedDatabase) -> None:
    """Even when somebody calls the step out of its turn."""
    rotated.rotate()
    rotated.start()
    for secret in (rotated.database.secrets["application"], rotated.database.secrets["owner"]):
        assert secret_store.find(secret, secret_store.PENDING) is None
    before = rotated.password("AWSPREVIOUS")
    rotated.database.vault.put(rotated.database.secrets["application"], before)

    with pytest.raises(ActionableError, match="api may still use the password that would change"):
        rotated.step("prepare")

    assert secret_store.find(rotated.database.secrets["application"], secret_store.PENDING) is None


@pytest.mark.database
@pytest.mark.parametrize("instance", ["18"], indirect=True)
def test_d9_no_password_changes_while_somebody_is_logged_in_with_it(rotated: RotatedDatabase) -> None:
    rotated.rotate()
    idle = rotated.password("AWSPREVIOUS")

    with (
        rotated.database.connect("application", user=idle["username"], password=idle["password"]),
        pytest.raises(ActionableError, match=f"1 sessions are logged in as {idle['username']}"),
    ):
        rotated.step("prepare")

    rotated.database.connect("application", user=idle["username"], password=idle["password"]).close()


@pytest.mark.database
@pytest.mark.parametrize("instance", ["18"], indirect=True)
def test_d9_a_strangers_role_does_not_become_the_second_login(rotated: RotatedDatabase) -> None:
    role = rotated.database.role("application")
    with rotated.database.as_superuser() as superuser:
        superuser.execute(f"CREATE ROLE {role}_alternate BYPASSRLS")
        superuser.execute(f"GRANT {role}_alternate TO admin_{rotated.database.name} WITH ADMIN OPTION")

    with pytest.raises(ActionableError, match="has an attribute such as BYPASSRLS"):
        rotated.step("prepare")


@pytest.mark.database
@pytest.mark.parametrize("instance", ["18"], indirect=True)
def test_d9_a_password_is_due_after_the_days_and_an_unfinished_rotation_at_once(
    rotated: RotatedDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rotated.step("look")["Due"] is False
    with monkeypatch.context() as patched:
        patched.setattr(ages, "now", lambda: datetime.now(UTC) + timedelta(days=31))
        assert rotated.step("look")["Due"] is True
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "PasswordAgeDays" in line]
    assert [round(one["PasswordAgeDays"]) for one in said if "_aws" in one] == [0, 31]

    rotated.step("prepare")

    assert rotated.step("look")["Due"] is True


@pytest.fixture
def plan(vault: Vault) -> dict[str, Any]:
    """The part of a plan that is about third-party keys."""
    login = vault.add({"username": "shop_owner", "password": "x"})
    keys = vault.add({"MAIL_KEY": "m-1", "MAP_KEY": "", "DATABASE_URL": "postgres://"})
    return {
        "Name": "shop",
        "Days": "30",
        "MasterSecretArn": login,
        "Host": "localhost",
        "Port": "5432",
        "Database": "shop",
        "Roles": [{"Name": "shop_owner", "Kind": "owner", "SecretArn": login}],
        "Keys": {keys: ["MAIL_KEY", "MAP_KEY"]},
        "RecordArn": vault.add({}),
    }


def look(plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch, days: float) -> float:
    with monkeypatch.context() as patched:
        patched.setattr(ages, "now", lambda: datetime.now(UTC) + timedelta(days=days))
        answer = steps_handler.on_step({"Step": "look", "Plan": plan}, lambda_context())
    return round(float(answer["KeyAgeDays"]))


def test_d9_a_key_is_as_old_as_its_value_whatever_else_is_written(
    vault: Vault, plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch, logged: pytest.LogCaptureFixture
) -> None:
    (keys,) = plan["Keys"]
    look(plan, monkeypatch, 0)

    vault.put(keys, vault.get(keys) | {"DATABASE_URL": "postgres://other"})
    assert look(plan, monkeypatch, 40) == 40
    assert "MAIL_KEY of" in logged.text
    assert "m-1" not in logged.text
    vault.put(keys, vault.get(keys) | {"MAIL_KEY": "m-2"})
    assert look(plan, monkeypatch, 41) == 0
    vault.put(keys, vault.get(keys) | {"MAP_KEY": "new"})
    assert look(plan, monkeypatch, 50) == 9


def test_d9_the_record_of_ages_holds_no_key(
    vault: Vault, plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    look(plan, monkeypatch, 0)

    record = vault.get(plan["RecordArn"])
    assert len(record["keys"]) == 1, "an empty key has no age"
    assert "m-1" not in json.dumps(record)


def test_d9_a_service_on_app_runner_is_deployed_again_until_it_has_read_its_secret(
    emulator: Emulator, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = emulator.client("apprunner", "eu-central-1")
    monkeypatch.setattr(rollouts, "app_runner", client)
    image = {"ImageIdentifier": "public.ecr.aws/x/y:1", "ImageRepositoryType": "ECR_PUBLIC"}
    made = client.create_service(ServiceName="shop", SourceConfiguration={"ImageRepository": image})
    secret = vault.add({})
    current = secret_store.find(secret)
    service = rollout(
        {
            "Kind": "app-runner",
            "Service": "api",
            "ServiceArn": made["Service"]["ServiceArn"],
            "SecretArns": [secret],
        }
    )
    assert service.state() is State.SETTLED, "nothing of ours was written yet"

    assert secret_store.replace(secret, {"DATABASE_URL": "new"}, expected=current)

    assert service.state() is State.STALE
    assert service.roll()
    assert service.state() is State.SETTLED
    assert not service.roll()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Step": "guess"}, "Step must be one of publish, settled, look"),
        (
            {"Services": [{"Kind": "vm", "Service": "api", "SecretArns": ["x"]}]},
            "Kind must be one of ecs, app-runner, host, got 'vm'",
        ),
        ({"Days": "0"}, "Days must be a whole number from 1 to 1000, got '0'"),
    ],
)
def test_d9_a_wrong_plan_is_refused_before_anything_changes(
    plan: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    step = change.pop("Step", "look")

    with pytest.raises(ActionableError, match=message):
        steps_handler.on_step({"Step": step, "Plan": plan | change}, lambda_context())
