"""One deployment of Clinic for all tests of this folder."""

from collections.abc import Iterator

import pytest

from support.assembly import Assembly
from support.embedded_tenants import Region, deployed


@pytest.fixture(scope="session")
def region(tenanted: Assembly, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    """What makes tenants, deployed to an embedded AWS of its own."""
    with deployed(tenanted.folder, tmp_path_factory.mktemp("tenants")) as region:
        yield region
