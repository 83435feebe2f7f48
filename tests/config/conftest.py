"""What the tests of the model share: catalogues of test data, and a product to break one rule at a time."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import config.systems
from config.catalog import load_system
from config.explain import explain
from config.system import System
from config.values import ConfigError

HERE = Path(__file__).parent

AddFolder = Callable[[Path], None]
Product = Callable[..., System]
Refusal = Callable[[Callable[[], object]], str]

JARGON = (
    "pydantic",
    "Input should",
    "Value error",
    "validation error",
    "https://",
    "literal[",
    "Field required",
)
"""Words of the library that a person who made a mistake must not have to know."""


@pytest.fixture
def add_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[AddFolder]:
    """Let the catalogue find the systems of one more folder, as if its files lay in config/systems."""
    before = set(sys.modules)

    def add(folder: Path) -> None:
        monkeypatch.setattr(config.systems, "__path__", [*config.systems.__path__, str(folder)])
        load_system.cache_clear()

    yield add
    load_system.cache_clear()
    for module in set(sys.modules) - before:
        if module.startswith("config.systems."):
            del sys.modules[module]


@pytest.fixture
def newcomer(add_folder: AddFolder) -> None:
    """A product that nobody has seen."""
    add_folder(HERE / "newcomer")


@pytest.fixture
def product(newcomer: None) -> Product:
    """The newcomer's product with some fields replaced."""
    notes = load_system("notes")

    def build(**fields: Any) -> System:
        return System.model_validate({**dict(notes), **fields})

    return build


@pytest.fixture
def refusal() -> Refusal:
    """What a person reads when something is refused."""

    def read(act: Callable[[], object]) -> str:
        with pytest.raises((ValidationError, ConfigError)) as caught:
            act()
        error = caught.value
        message = explain(error, subject="it") if isinstance(error, ValidationError) else str(error)
        assert not [word for word in JARGON if word in message], message
        return message

    return read
