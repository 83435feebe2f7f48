"""When an assembly is made again."""

from pathlib import Path

import pytest

from ops.assembly import fingerprint

ARGUMENTS = {"system": "toy", "env": "test"}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name in ("config/a.py", "stacks/b.py", "constructs/cambium/c.py", "runtime/d/handler.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("pass\n")
    (tmp_path / "app.py").write_text("pass\n")
    return tmp_path


@pytest.mark.parametrize("name", ["app.py", "config/a.py", "constructs/cambium/c.py", "runtime/d/handler.py"])
def test_it_changes_with_every_source(sources: Path, name: str) -> None:
    before = fingerprint.of(sources, ARGUMENTS)

    (sources / name).write_text("changed\n")

    assert fingerprint.of(sources, ARGUMENTS) != before


def test_it_changes_when_a_file_is_added_or_renamed(sources: Path) -> None:
    before = fingerprint.of(sources, ARGUMENTS)
    (sources / "config" / "new.py").write_text("")
    added = fingerprint.of(sources, ARGUMENTS)
    (sources / "config" / "new.py").rename(sources / "config" / "renamed.py")

    assert len({before, added, fingerprint.of(sources, ARGUMENTS)}) == 3


def test_it_changes_with_the_arguments(sources: Path) -> None:
    assert fingerprint.of(sources, ARGUMENTS) != fingerprint.of(sources, {**ARGUMENTS, "phase": "2"})


def test_it_ignores_what_python_compiled(sources: Path) -> None:
    before = fingerprint.of(sources, ARGUMENTS)

    (sources / "config" / "__pycache__").mkdir()
    (sources / "config" / "__pycache__" / "a.pyc").write_text("x")

    assert fingerprint.of(sources, ARGUMENTS) == before


def test_an_assembly_without_the_mark_was_never_finished(tmp_path: Path) -> None:
    assert fingerprint.recorded(tmp_path) is None

    fingerprint.record(tmp_path, "abc")

    assert fingerprint.recorded(tmp_path) == "abc"
