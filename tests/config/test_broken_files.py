"""A file with a mistake in it is answered with its line, not with a stack of frames."""

from pathlib import Path

import pytest

import config.systems
from config.catalog import load_system, system_names
from config.values import ConfigError


@pytest.fixture
def systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules are systems too."""
    monkeypatch.setattr(config.systems, "__path__", [*config.systems.__path__, str(tmp_path)])
    return tmp_path


def refusal(name: str) -> str:
    with pytest.raises(ConfigError) as refused:
        load_system(name)
    return str(refused.value)


def test_a_missing_comma(systems: Path) -> None:
    (systems / "comma.py").write_text("SYSTEM = dict(\n    a=1\n    b=2,\n)\n")

    assert refusal("comma").startswith("config/systems/comma.py, line 2: invalid syntax")


def test_a_misspelt_name(systems: Path) -> None:
    (systems / "misspelt.py").write_text("\nSYSTEM = Sytem()\n")

    assert refusal("misspelt") == "config.systems.misspelt, line 2: name 'Sytem' is not defined"


def test_a_wrong_import(systems: Path) -> None:
    (systems / "imports.py").write_text("from config.sytem import System\n")

    assert "line 1" in refusal("imports")
    assert "No module named 'config.sytem'" in refusal("imports")


def test_a_hyphen_in_the_file_name(systems: Path) -> None:
    (systems / "my-notes.py").write_text("")

    assert "my-notes" not in system_names()
    assert refusal("my-notes") == (
        "config/systems/my-notes.py must be called my_notes.py: Python imports no hyphens"
    )
