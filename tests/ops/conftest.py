"""A checkout of its own for every test that starts something, and the command in it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.testing import Checkout, Command
from ops.workspace import Workspace

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty checkout with this one's tools."""
    for tools in (".venv", "node_modules"):
        (tmp_path / tools).symlink_to(CHECKOUT / tools)
    return Workspace(tmp_path)


@pytest.fixture
def cambium(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command in an empty checkout. What it does to the environment is undone."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    return Command(workspace)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose only product is the toy; nothing of it runs on after the tests."""
    root = tmp_path_factory.mktemp("checkout")
    for name in (".venv", "node_modules", "ops", "emulator"):
        (root / name).symlink_to(CHECKOUT / name)
    shutil.copytree(CHECKOUT / "config", root / "config", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "toy" / "system.py", root / "config" / "systems" / "toy.py")
    shutil.copy(HERE / "toy" / "app.py", root / "app.py")
    checkout = Checkout(Workspace(root))
    yield checkout
    code, output = checkout.run("down")
    assert code == 0, output
