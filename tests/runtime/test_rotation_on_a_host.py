"""E4: passwords rotate on a real PostgreSQL while visitors reach a host through its nginx, and none fails."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connection_secrets import secret_store
from host.plan import SecretFile
from host.secret_files import write_secrets
from rotation import host_rollout
from rotation.rollout_state import State
from rotation.rollouts import rollout
from runtime.support import Database, Vault
from support.fleet import Fleet
from support.host_machine import API, Load, Machine, Running
from support.rotated_database import KEY, RotatedDatabase
from support.run_command import RunCommand

DOCUMENT, TAG = "clinic-refresh", "cambium:host=clinic"


@dataclass
class Clinic:
    """A machine whose back end logs in to a database with what it read when it started."""

    rotated: RotatedDatabase
    machine: Machine
    commands: RunCommand = field(init=False)

    def __post_init__(self) -> None:
        self.commands = RunCommand(document=DOCUMENT, tag=TAG, run=self.refresh)

    def read_secrets(self) -> None:
        """``host secrets``, from the Secrets Manager of the tests."""
        wanted = SecretFile(secret=self.rotated.secret, file="backend.env", keys=(KEY,))
        mounts = self.machine.folder / "mounts"
        mounts.write_text(f"disk / xfs rw 0 0\nmemory {self.machine.folder} tmpfs rw 0 0\n")
        write_secrets(
            replace(self.machine.plan, secrets=(wanted,)),
            self.machine.containers.memory,
            lambda name: json.dumps(self.rotated.database.vault.get(name)),
            mounts=mounts,
        )

    def refresh(self) -> None:
        """What the document does."""
        self.read_secrets()
        self.machine.releases.refresh()


@pytest.fixture
def clinic(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    rotated = RotatedDatabase(database, Fleet(), ("localhost", database.instance.port))
    rotated.services = [entry([rotated.secret])]
    with Running(tmp_path, health_seconds=15) as machine:
        found = Clinic(rotated, machine)
        monkeypatch.setattr(host_rollout, "ssm", found.commands)
        found.read_secrets()
        machine.releases.deploy("v1")
        yield found
        found.commands.wait()


def entry(secrets: list[str]) -> dict[str, Any]:
    """The host, as the plan of a rotation names it."""
    return {"Kind": "host", "Service": "clinic", "Document": DOCUMENT, "Tag": TAG, "SecretArns": secrets}


def written(vault: Vault) -> str:
    """A secret with a version that is ours."""
    secret = vault.add({})
    assert secret_store.replace(secret, {KEY: "new"}, expected=secret_store.find(secret))
    return secret


@pytest.mark.database
@pytest.mark.parametrize("instance", ["18"], indirect=True)
def test_e4_two_rotations_fail_no_request(clinic: Clinic) -> None:
    role = clinic.rotated.database.role("application")

    with Load(clinic.machine) as load:
        clinic.rotated.rotate()
        first = clinic.rotated.current()
        clinic.rotated.rotate()

    assert load.failed == []
    assert load.served > 50
    assert (first, clinic.rotated.current()) == (f"{role}_alternate", role)
    assert {one["Status"] for one in clinic.commands.commands} == {"Success"}


@pytest.mark.database
@pytest.mark.parametrize("instance", ["18"], indirect=True)
def test_e4_a_password_that_is_changed_under_the_host_fails_requests(clinic: Clinic) -> None:
    """What the two logins are for; and the reason to believe that the test above could fail."""
    database = clinic.rotated.database
    arn = database.secrets["application"]
    assert clinic.machine.visitor.get(API, "/").status == 200

    database.vault.put(arn, database.vault.get(arn) | {"password": "changed by hand"})
    database.provision()

    assert clinic.machine.visitor.get(API, "/").status == 500


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (None, State.STALE),
        ({"Status": "InProgress", "CompletedCount": 0}, State.ROLLING),
        ({"Status": "Success", "CompletedCount": 1}, State.SETTLED),
        ({"Status": "Failed", "CompletedCount": 1}, State.FAILED),
        ({"Status": "TimedOut", "CompletedCount": 1}, State.FAILED),
        # No machine has the tag.
        ({"Status": "Success", "CompletedCount": 0}, State.FAILED),
    ],
)
def test_e4_the_host_has_read_its_secrets_once_a_command_has_succeeded(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, command: dict[str, Any] | None, state: State
) -> None:
    secret = written(vault)
    systems_manager = RunCommand(document=DOCUMENT, tag=TAG, run=lambda: None)
    if command:
        later = datetime.now(UTC) + timedelta(seconds=5)
        systems_manager.commands.append({"RequestedDateTime": later, **command})
    monkeypatch.setattr(host_rollout, "ssm", systems_manager)

    assert rollout(entry([secret])).state() is state


def test_e4_one_command_is_enough_for_all_secrets_of_the_host(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems_manager = RunCommand(document=DOCUMENT, tag=TAG, run=lambda: None)
    monkeypatch.setattr(host_rollout, "ssm", systems_manager)
    host = rollout(entry([written(vault), written(vault)]))

    assert host.roll()
    systems_manager.wait()

    assert host.state() is State.SETTLED
    assert not host.roll()
    assert len(systems_manager.commands) == 1
