"""One emulator for all tests of this folder."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from emulator.testing import Emulator, Stack, started


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with started(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture
def deploy(emulator: Emulator) -> Callable[..., Stack]:
    def deploy(resources: dict[str, Any], region: str = "us-east-1") -> Stack:
        return Stack(emulator, resources, region)

    return deploy
