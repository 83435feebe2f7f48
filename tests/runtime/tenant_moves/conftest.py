"""PostgreSQL 15 to 18, two databases in each test, and an embedded AWS for the secrets."""

import itertools
from collections.abc import Iterator

import pytest

from emulator.testing import Emulator
from ops.drills.moving_ground import Mover, Site
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.postgres import Postgres
from support.majors import must_have
from support.tenant_moves import Hall, furnish

NUMBERS = itertools.count(1)


class Servers:
    """Started when a test first asks for one."""

    def __init__(self, lifetime: Lifetime) -> None:
        self._lifetime = lifetime
        self._running: dict[str, Postgres] = {}

    def get(self, name: str) -> Postgres:
        """The server of that name, which begins with its version."""
        version = name.partition(" ")[0]
        if name not in self._running:
            must_have(version)
            made = Postgres(self._lifetime, name.replace(" ", ""), version=version, parameters={})
            made.start()
            self._running[name] = made
        return self._running[name]


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with Lifetime() as lifetime:
        yield Servers(lifetime)


@pytest.fixture
def versions() -> tuple[str, str]:
    """Of the pool and of the silo."""
    return "18", "18"


@pytest.fixture
def hall(
    servers: Servers,
    versions: tuple[str, str],
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Hall:
    """A pool with three tenants, and a silo with tables."""
    number = next(NUMBERS)
    pool = Site.made(servers.get(f"{versions[0]} pool"), f"pool{number}")
    silo = Site.made(servers.get(f"{versions[1]} silo"), f"silo{number}")
    furnish(pool)
    return Hall(Mover(emulator.url), emulator.client("s3", "eu-central-1"), pool, silo, monkeypatch, capsys)


@pytest.fixture
def bare_hall(
    servers: Servers,
    versions: tuple[str, str],
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Hall:
    """The roles of a product in a pool and a silo, and no table."""
    number = next(NUMBERS)
    pool = Site.made(servers.get(f"{versions[0]} pool"), f"pool{number}", tables=None)
    silo = Site.made(servers.get(f"{versions[1]} silo"), f"silo{number}", tables=None)
    for site in (pool, silo):
        with site.admin() as admin:
            admin.execute("DROP TABLE note, tenant CASCADE")
    return Hall(Mover(emulator.url), emulator.client("s3", "eu-central-1"), pool, silo, monkeypatch, capsys)


@pytest.fixture
def bucket(emulator: Emulator) -> str:
    name = f"moves-{next(NUMBERS)}"
    place = {"LocationConstraint": "eu-central-1"}
    emulator.client("s3", "eu-central-1").create_bucket(Bucket=name, CreateBucketConfiguration=place)
    return name
