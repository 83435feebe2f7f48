"""C4: a version that there is no server of has the nearest, and the emulator says so."""

import logging
from pathlib import Path

import pytest

from emulator.addresses import Addresses
from emulator.postgres.certificates import Authority
from emulator.postgres.databases import Databases
from emulator.postgres.programs import programs, stand_in
from emulator.postgres.server import Credentials, Server
from emulator.postgres.tls import TlsFront


@pytest.mark.parametrize(("asked", "served"), [("15.19", 16), ("16.15", 16), ("17.11", 18), ("18.4", 18)])
def test_c4_each_version_has_the_nearest_server(asked: str, served: int) -> None:
    assert stand_in(asked) == served
    assert (programs(asked) / "postgres").exists()


@pytest.mark.parametrize(("asked", "told"), [("15.19", True), ("16.15", False)])
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
