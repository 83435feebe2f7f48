"""When and how an assembly is made."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ops.assembly.synthesis import app_command, synthesise
from ops.assembly.target import Target
from ops.workspace import Workspace

TOY = Path(__file__).parent / "toy" / "app.py"


@pytest.fixture
def product(workspace: Workspace) -> Workspace:
    """A checkout with the toy's app."""
    shutil.copy(TOY, workspace.root / "app.py")
    return workspace


def test_two_for_one_folder_do_not_meet_and_the_second_finds_it_done(product: Workspace) -> None:
    out = product.root / "out"

    def run(_: int) -> bool:
        return synthesise(product, Target("toy", "test"), out, lambda _: None)

    with ThreadPoolExecutor(max_workers=2) as pool:
        fresh = sorted(pool.map(run, range(2)))

    assert fresh == [False, True]
    assert json.loads((out / "manifest.json").read_text())["artifacts"]
    assert not (product.root / "out.partial").exists()


def test_the_app_is_started_as_cdk_json_says_on_the_python_of_the_checkout(product: Workspace) -> None:
    settings = {"app": ".venv/bin/python -O app.py"}

    assert app_command(settings, product) == [str(product.bin / "python"), "-O", "app.py"]
