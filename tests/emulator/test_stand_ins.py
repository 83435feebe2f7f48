"""C4: a version has its own server where the machine has one, else the nearest, and the emulator says so."""

import logging
from pathlib import Path

import pytest

from emulator.addresses import Addresses
from emulator.postgres import programs as ours
from emulator.postgres.certificates import Authority
from emulator.postgres.databases import Databases
from emulator.postgres.programs import majors, programs, stand_in
from emulator.postgres.server import Credentials, Server
from emulator.postgres.tls import TlsFront


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Debian would put PostgreSQL: nothing is there yet."""
    folder = tmp_path / "postgresql"
    monkeypatch.setattr(ours, "INSTALLED", folder)
    return folder


def install(folder: Path, major: int, *, without: str = "") -> Path:
    """Put the programs of a major there."""
    place = folder / str(major) / "bin"
    place.mkdir(parents=True)
    for name in ours.NEEDED:
        if name != without:
            (place / name).touch()
    return place


@pytest.mark.parametrize(("asked", "served"), [("15.19", 16), ("16.15", 16), ("17.11", 18), ("18.4", 18)])
def test_c4_each_version_has_the_nearest_server(installed: Path, asked: str, served: int) -> None:
    assert stand_in(asked) == served
    assert (programs(asked) / "postgres").exists()
    assert majors() == (16, 18)


@pytest.mark.parametrize(("asked", "major"), [("15.19", 15), ("17.11", 17)])
def test_c4_a_version_that_the_machine_has_stands_for_itself(installed: Path, asked: str, major: int) -> None:
    place = install(installed, major)

    assert (stand_in(asked), programs(asked)) == (major, place)
    assert majors() == tuple(sorted({16, major, 18}))
    assert stand_in("14.20") == 16, "and for no other"


def test_what_the_package_has_is_the_same_on_every_machine(installed: Path) -> None:
    install(installed, 16)

    assert installed not in programs("16.15").parents


@pytest.mark.parametrize("missing", ["initdb", "postgres", "pg_dump", "pg_restore"])
def test_a_version_that_is_there_in_part_is_passed_over(installed: Path, missing: str) -> None:
    install(installed, 15, without=missing)

    assert stand_in("15.19") == 16
    assert majors() == (16, 18)


@pytest.mark.parametrize(("asked", "told"), [("15.19", True), ("16.15", False)])
@pytest.mark.usefixtures("installed")
def test_c4_a_stand_in_is_told_of(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    asked: str,
    told: bool,
) -> None:
    def refuse(self: Server, *_: object) -> None:
        raise RuntimeError("no server is needed here")

    monkeypatch.setattr(Server, "__init__", refuse)
    authority = Authority(tmp_path)
    front = TlsFront(authority.context(), on_traffic=lambda: None)
    databases = Databases(tmp_path, front, authority, Addresses())

    with caplog.at_level(logging.WARNING), pytest.raises(RuntimeError, match="no server is needed"):
        databases.ensure("arn:aws:rds:eu-central-1:1:db:shop", asked, Credentials("a", "b", "c"))
    databases.stop()

    assert ("served by PostgreSQL 16, the nearest there is" in caplog.text) is told
