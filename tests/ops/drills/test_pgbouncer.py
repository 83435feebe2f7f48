"""Where a pgbouncer comes from, and that an old one or a changed source is never used."""

import os
import shutil
import threading
from pathlib import Path

import pytest

from ops.drills.check import CannotRunError
from ops.drills.servers import debian_package, pgbouncer, pgbouncer_build, pgbouncer_package
from ops.drills.servers.pgbouncer_build import NotBuiltError, Source
from ops.workspace import Workspace


def program(path: Path, version: str) -> Path:
    """A program that says it is a pgbouncer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "PgBouncer {version}"\n')
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No pgbouncer anywhere, and nothing that could get one."""
    tools = tmp_path / "bin"
    tools.mkdir()
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.delenv(pgbouncer.VARIABLE, raising=False)
    monkeypatch.setattr(pgbouncer, "HOMEBREW", ())


def test_the_one_that_is_named_is_used(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = program(tmp_path / "mine", "1.25.0")
    program(tmp_path / "bin" / "pgbouncer", "1.26.0")
    monkeypatch.setenv(pgbouncer.VARIABLE, str(named))

    assert pgbouncer.find(workspace, print) == (named, "1.25.0")


def test_the_one_that_is_named_and_too_old_is_refused_and_not_replaced(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin" / "pgbouncer", "1.26.0")
    monkeypatch.setenv(pgbouncer.VARIABLE, str(program(tmp_path / "mine", "1.18.0")))

    with pytest.raises(CannotRunError, match=r"no pgbouncer of version 1\.23 or newer"):
        pgbouncer.find(workspace, print)


def test_path_comes_before_homebrew_and_both_before_a_build(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = program(workspace.state / "pgbouncer" / "1.24.1" / "pgbouncer", "1.24.1")
    assert pgbouncer.find(workspace, print).path == built

    brewed = program(tmp_path / "brew" / "pgbouncer", "1.25.0")
    monkeypatch.setattr(pgbouncer, "HOMEBREW", (brewed,))
    assert pgbouncer.find(workspace, print).path == brewed

    installed = program(tmp_path / "bin" / "pgbouncer", "1.24.0")
    assert pgbouncer.find(workspace, print).path == installed


def test_an_old_one_on_path_is_passed_over(workspace: Workspace, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "pgbouncer", "1.18.0")
    built = program(workspace.state / "pgbouncer" / "1.24.1" / "pgbouncer", "1.24.1")

    assert pgbouncer.find(workspace, print).path == built


def test_the_newest_build_is_used(workspace: Workspace) -> None:
    for version in ("1.24.1", "1.26.1", "1.9.0"):
        program(workspace.state / "pgbouncer" / version / "pgbouncer", version)

    assert pgbouncer.find(workspace, print).version == "1.26.1"


def test_where_none_can_be_had_the_reasons_and_the_way_out_are_named(workspace: Workspace) -> None:
    with pytest.raises(CannotRunError) as refused:
        pgbouncer.find(workspace, print)

    assert "building 1.26.1 needs gcc, make, pkg-config, apt-get, dpkg" in str(refused.value)
    assert "unpacking Debian's package needs apt-get and dpkg" in str(refused.value)
    assert "PGBOUNCER=/path/to/pgbouncer" in str(refused.value)


def test_a_source_that_is_gone_leads_to_the_next(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def build(source: Source, folder: Path, _say: object) -> Path:
        asked.append(source.version)
        if len(asked) == 1:
            raise NotBuiltError("404")
        return program(folder / source.version / "pgbouncer", source.version)

    monkeypatch.setattr(pgbouncer_build, "build", build)

    assert pgbouncer.find(workspace, print).version == pgbouncer_build.SOURCES[1].version
    assert asked == [source.version for source in pgbouncer_build.SOURCES]


def test_several_processes_build_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    built = []

    def build(source: Source, folder: Path, _say: object) -> Path:
        built.append(source.version)
        return program(folder / source.version / "pgbouncer", source.version)

    monkeypatch.setattr(pgbouncer_build, "build", build)
    threads = [threading.Thread(target=pgbouncer.find, args=(workspace, print)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(built) == 1


def test_a_source_with_another_checksum_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = pgbouncer_build.SOURCES[0]
    offered = tmp_path / f"pgbouncer_{source.version}.orig.tar.gz"
    offered.write_bytes(b"something else")
    monkeypatch.setattr(pgbouncer_build, "POOL", tmp_path.as_uri())
    monkeypatch.setattr(pgbouncer_build, "RELEASES", (tmp_path / "gone").as_uri())
    monkeypatch.setattr(pgbouncer_build, "TOOLS", ())

    with pytest.raises(NotBuiltError, match=r"must have the SHA-256.*gone"):
        pgbouncer_build.build(source, tmp_path / "built", print)

    assert not list((tmp_path / "built").iterdir())


def test_a_package_is_unpacked_and_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(command: list[str], folder: Path) -> None:
        ran.append(command)
        if command[:2] == ["apt-get", "download"]:
            (folder / "pgbouncer_1.24.1-1+deb13u2_amd64.deb").touch()
        else:
            program(folder / "unpacked" / "usr" / "sbin" / "pgbouncer", "1.24.1")

    monkeypatch.setattr(debian_package, "_run", run)
    monkeypatch.setattr(shutil, "which", lambda _tool: "/usr/bin/it")

    path = pgbouncer_package.unpack(tmp_path / "cache", print)

    assert path == tmp_path / "cache" / "1.24.1-package" / "pgbouncer"
    assert os.access(path, os.X_OK)
    assert [command[:2] for command in ran] == [["apt-get", "download"], ["dpkg", "-x"]]
