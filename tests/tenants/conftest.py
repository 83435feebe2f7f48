"""One deployment of Clinic for all tests of this folder."""

from collections.abc import Iterator

import pytest

import config.systems
from support.assembly import Assembly
from support.embedded_tenants import Region, deployed
from support.synthesis import TENANTED


@pytest.fixture(scope="session")
def region(tenanted: Assembly, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    """What makes tenants, deployed to an embedded AWS of its own."""
    with deployed(tenanted.folder, tmp_path_factory.mktemp("tenants")) as region:
        yield region


@pytest.fixture
def knows_clinic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command, in this process, find Clinic among the systems."""
    monkeypatch.setattr(config.systems, "__path__", [*config.systems.__path__, str(TENANTED)])
