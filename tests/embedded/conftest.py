"""A checkout of its own with the real product, deployed once for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.embedded import emulator
from ops.embedded.aws import Aws, Place, Places
from ops.testing import Checkout
from ops.workspace import Workspace
from support.reviewed import DESCRIBED

CHECKOUT = Path(__file__).parents[2]
SHARED = (
    "app.py",
    "cdk.json",
    "config",
    "constructs",
    "emulator",
    "node_modules",
    "ops",
    "runtime",
    "stacks",
)
TOOLS = (".venv", "requirements.txt", ".cambium/lambda-layer")
PRODUCTION = ("--system", "restartix", "--env", "production")


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Everything of this checkout but its state; nothing runs on after the tests."""
    root = tmp_path_factory.mktemp("product")
    (root / ".cambium").mkdir()
    for name in SHARED + TOOLS:
        (root / name).symlink_to(CHECKOUT / name)
    checkout = Checkout(Workspace(root))
    yield checkout
    code, output = checkout.run("down")
    assert code == 0, output


@pytest.fixture(scope="session")
def deployed(checkout: Checkout) -> str:
    """RestartiX production as it is described; answers what ``up`` said."""
    code, output = checkout.run("up", *PRODUCTION, timeout_seconds=300)
    assert code == 0, output
    return output


@pytest.fixture(scope="session")
def frankfurt(checkout: Checkout, deployed: str) -> Aws:
    """The embedded AWS in the home region."""
    running = emulator.find(checkout.workspace)
    assert running is not None
    return Places(running.url).at(Place(DESCRIBED.environment("production").account, "eu-central-1"))
