"""Which pgbouncer the embedded AWS of a checkout finds."""

from pathlib import Path

import pytest

from ops.drills.check import CannotRunError
from ops.drills.servers import pgbouncer
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.embedded import pool_program
from ops.workspace import Workspace


def program(folder: Path, name: str) -> Path:
    made = folder / name
    made.write_text("#!/bin/sh\n")
    made.chmod(0o755)
    return made


def test_the_one_that_was_found_is_where_it_looks_and_the_last_one_wins(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("old", "new"):
        found = Pgbouncer(program(tmp_path, name), "1.24.1")
        monkeypatch.setattr(pgbouncer, "find", lambda *_, found=found: found)

        assert pool_program.provide(workspace, print) == "pgbouncer 1.24.1 pools connections"
        assert pool_program.path(workspace).resolve() == found.path.resolve()


def test_a_machine_without_one_is_told_what_that_means_and_nothing_fails(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pgbouncer, "find", lambda *_: Pgbouncer(program(tmp_path, "gone"), "1.24.1"))
    pool_program.provide(workspace, print)

    def find_none(*_: object) -> Pgbouncer:
        raise CannotRunError("no gcc, no apt-get")

    monkeypatch.setattr(pgbouncer, "find", find_none)
    said = pool_program.provide(workspace, print)

    assert "connections go straight to the database" in said
    assert "PGBOUNCER=" in said
    assert not pool_program.path(workspace).is_symlink(), "one that was there before is not used any more"
