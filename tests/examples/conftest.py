"""One emulator for the examples that need one."""

from collections.abc import Iterator

import pytest

from emulator.testing import Emulator, started


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with started(tmp_path_factory.mktemp("emulator")) as running:
        yield running
