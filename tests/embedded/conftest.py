"""Checkouts of their own with the real product: one deployed for the tests of a file, one to interrupt."""

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def copy(root: Path) -> Iterator[Checkout]:
    """Everything of this checkout but its state; nothing runs on after the tests."""
    (root / ".cambium").mkdir()
    for name in SHARED + TOOLS:
        (root / name).symlink_to(CHECKOUT / name)
    checkout = Checkout(Workspace(root))
    yield checkout
    code, output = checkout.run("down")
    assert code == 0, output


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """The one that ``deployed`` deploys."""
    with copy(tmp_path_factory.mktemp("product")) as checkout:
        yield checkout


@pytest.fixture
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """One in which nothing has ever run."""
    with copy(tmp_path_factory.mktemp("untouched")) as checkout:
        yield checkout


@pytest.fixture(scope="module")
def deployed(checkout: Checkout) -> str:
    """RestartiX production as it is described; answers what ``up`` said."""
    return up(checkout, *PRODUCTION)


@pytest.fixture(scope="module")
def staging(checkout: Checkout) -> str:
    """RestartiX behind a pool, staging; answers what ``up`` said."""
    return up(checkout, "--system", "restartix-fargate", "--env", "staging")


@pytest.fixture(scope="module")
def production(checkout: Checkout) -> str:
    """RestartiX behind a pool, production; answers what ``up`` said."""
    return up(checkout, "--system", "restartix-fargate", "--env", "production")


@pytest.fixture(scope="module")
def frankfurt(checkout: Checkout, deployed: str) -> Aws:
    """The embedded AWS in the home region."""
    return in_frankfurt(checkout, DESCRIBED.environment("production").account)


def in_frankfurt(checkout: Checkout, account: str) -> Aws:
    """The embedded AWS as an account sees it in the home region."""
    running = emulator.find(checkout.workspace)
    assert running is not None
    return Places(running.url).at(Place(account, "eu-central-1"))


def up(checkout: Checkout, *words: str) -> str:
    """Deploy; answers what was said."""
    code, output = checkout.run("up", *words, timeout_seconds=900)
    assert code == 0, output
    return output
