"""Releases on one machine, with a real nginx and real processes while somebody visits all the time."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from host.failure import HostError
from support import host_machine
from support.host_machine import Load, Machine, Running

STEPS = ["start", "health", "switch", "drain", "migrate", "smoke tests", "workers"]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    one = Running(tmp_path)
    with one as machine:
        machine.releases.deploy("v1")
        yield one


@pytest.fixture
def machine(running: Running) -> Machine:
    return running.machine


def test_e2_a_good_release_fails_no_request(machine: Machine) -> None:
    with Load(machine) as load:
        machine.releases.deploy("v2")

    assert load.failed == []
    assert load.served > 20
    assert load.slow >= 1
    assert machine.seen() == "v2"


def test_e2_after_a_release_only_the_new_one_runs(machine: Machine) -> None:
    machine.releases.deploy("v2")

    assert machine.containers.serving() == {"backend-green": "v2", "frontend-green": "v2", "celery": "v2"}


def test_e2_steps_come_in_the_stated_order(machine: Machine) -> None:
    machine.said.clear()

    machine.releases.deploy("v2")

    assert [line.partition(":")[0] for line in machine.said if ": v2" in line] == ["fetch", *STEPS]


@pytest.mark.parametrize(
    ("release", "step"),
    [
        ("absent", "fetch"),
        ("sick", "health"),
        ("badmigration", "migrate"),
        ("nologin", "smoke tests"),
        ("nopatients", "smoke tests"),
        ("nobundle", "smoke tests"),
    ],
)
def test_e2_a_release_that_fails_is_taken_back_and_no_request_fails(
    machine: Machine, release: str, step: str
) -> None:
    before = machine.containers.serving()

    with Load(machine) as load, pytest.raises(HostError, match=f"taken back in step '{step}'"):
        machine.releases.deploy(release)

    # What the new release itself answered while it was led to is all that may have failed.
    assert load.failed == []
    assert machine.seen() == "v1"
    assert machine.containers.serving() == before


def test_e2_what_a_failed_migration_said_is_told(machine: Machine) -> None:
    with pytest.raises(HostError, match="relation patients does not exist"):
        machine.releases.deploy("badmigration")


def test_e2_a_certificate_that_soon_ends_stops_a_release(tmp_path: Path) -> None:
    with Running(tmp_path, certificate_days=20) as machine:
        with pytest.raises(HostError, match="valid for 20 days, not the 30 it must"):
            machine.releases.deploy("v1")

        assert machine.containers.serving() == {}


@pytest.mark.long
@pytest.mark.parametrize("step", ["start", "switch", "migrate", "workers"])
def test_e2_a_killed_release_is_taken_back_by_the_next_run(running: Running, step: str) -> None:
    machine = running.machine
    with Load(machine) as load:
        _kill_in(running, step, "v2")
        assert load.failed == []
        machine.releases.repair()

    assert load.failed == []
    assert machine.seen() == "v1"
    assert machine.containers.serving() == {"backend-blue": "v1", "frontend-blue": "v1", "celery": "v1"}


def test_e2_a_release_after_a_killed_one_succeeds(running: Running) -> None:
    _kill_in(running, "drain", "v2")

    with Load(running.machine) as load:
        running.machine.releases.deploy("v3")

    assert load.failed == []
    assert running.machine.seen() == "v3"


def test_e2_an_accepted_release_stays_when_the_run_dies_before_the_old_one_is_stopped(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(machine.releases, "_retire", _die)
        with pytest.raises(KeyboardInterrupt):
            machine.releases.deploy("v2")

    machine.releases.repair()

    assert machine.containers.serving() == {"backend-green": "v2", "frontend-green": "v2", "celery": "v2"}


def test_e2_the_release_before_is_one_step_away(machine: Machine) -> None:
    machine.releases.deploy("v2")

    machine.releases.back()

    assert machine.seen() == "v1"


def test_e2_a_machine_that_takes_anothers_place_runs_what_was_live(machine: Machine) -> None:
    machine.releases.deploy("v2")
    machine.containers.end_all()

    machine.releases.start()

    assert machine.containers.serving() == {"backend-green": "v2", "frontend-green": "v2", "celery": "v2"}


def test_e2_the_same_release_again_changes_nothing(machine: Machine) -> None:
    before = machine.containers.serving()

    machine.releases.deploy("v1")

    assert machine.containers.serving() == before


def test_e4_secrets_are_read_again_and_no_request_fails(machine: Machine) -> None:
    before = machine.containers.processes()

    with Load(machine) as load:
        machine.releases.refresh()

    assert load.failed == []
    assert load.served > 20
    assert machine.containers.serving() == {"backend-green": "v1", "frontend-green": "v1", "celery": "v1"}
    assert not machine.containers.processes() & before, "a process of before has the secrets of before"


def test_e4_reading_secrets_again_migrates_nothing_and_leaves_the_way_back(machine: Machine) -> None:
    machine.releases.deploy("v2")

    machine.releases.refresh()

    assert machine.containers.migrated.read_text().split() == ["v1", "v2"]
    machine.releases.back()
    assert machine.seen() == "v1"


def test_e4_secrets_that_do_not_work_are_taken_back_and_no_request_fails(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = machine.containers.processes()
    monkeypatch.setenv("SICK", "wrong password")

    with Load(machine) as load, pytest.raises(HostError, match="v1 was taken back in step 'health'"):
        machine.releases.refresh()

    assert load.failed == []
    assert machine.containers.processes() == before


def test_e4_a_machine_without_a_release_has_nothing_to_start_anew(tmp_path: Path) -> None:
    with Running(tmp_path) as machine:
        machine.releases.refresh()

        assert machine.containers.serving() == {}


def test_e2_no_password_is_said(machine: Machine) -> None:
    with pytest.raises(HostError) as error:
        machine.releases.deploy("nologin")

    assert "open sesame" not in f"{error.value} {machine.said}"


def _die() -> None:
    raise KeyboardInterrupt


def _kill_in(running: Running, step: str, release: str) -> None:
    ports = ",".join(map(str, running.ports))
    done = subprocess.run(
        [sys.executable, host_machine.__file__, str(running.machine.folder), ports, step, release],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == -9, done.stderr
