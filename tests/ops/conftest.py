"""A checkout of its own for every test that starts something, and the command in it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops.cli import app
from ops.workspace import Workspace

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty checkout with this one's tools."""
    for tools in (".venv", "node_modules"):
        (tmp_path / tools).symlink_to(CHECKOUT / tools)
    return Workspace(tmp_path)


@dataclass(frozen=True)
class Command:
    """The ``cambium`` command, inside this process."""

    workspace: Workspace

    def __call__(self, *words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, list(words), obj=self.workspace, input=stdin)


@pytest.fixture
def cambium(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command in an empty checkout. What it does to the environment is undone."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    return Command(workspace)


@dataclass(frozen=True)
class ToyCheckout:
    """A checkout with the toy in it, and the command as a process of its own."""

    workspace: Workspace

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start the command; its output is one stream of lines."""
        return subprocess.Popen(
            [str(self.workspace.bin / "python"), "-u", "-m", "ops.cli", *words],
            cwd=self.workspace.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Run the command to its end: exit code and output."""
        process = self.start(*words)
        output, _ = process.communicate(timeout=180)
        return process.returncode, output


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyCheckout]:
    """A checkout whose only product is the toy; nothing of it runs on after the tests."""
    root = tmp_path_factory.mktemp("checkout")
    for name in (".venv", "node_modules", "ops", "emulator"):
        (root / name).symlink_to(CHECKOUT / name)
    shutil.copytree(CHECKOUT / "config", root / "config", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "toy" / "system.py", root / "config" / "systems" / "toy.py")
    shutil.copy(HERE / "toy" / "app.py", root / "app.py")
    checkout = ToyCheckout(Workspace(root))
    yield checkout
    code, output = checkout.run("down")
    assert code == 0, output
