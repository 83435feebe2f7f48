"""PostgreSQL servers, a bucket of the embedded AWS, and the program between them."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from emulator.postgres.server import Server
from emulator.testing import Emulator
from support.database_jobs import Jobs, Site
from support.majors import must_have

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server_of() -> Iterator[Callable[[str], Server]]:
    """A server of a major version, started when it is first asked for; skips where the machine has none."""
    # Not pytest's tmp_path: only its owner can enter, and PostgreSQL does not run as root.
    with tempfile.TemporaryDirectory(prefix="pg") as name, ExitStack() as stack:

        @cache
        def start(version: str) -> Server:
            must_have(version)
            server = Server(Path(name) / version, version)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def site_on(server_of: Callable[[str], Server]) -> Callable[[str], Site]:
    """A database on a server of a major version, with something in it."""

    def make(version: str) -> Site:
        return Site.made(server_of(version), version, f"shop{next(NUMBERS)}")

    return make


@pytest.fixture
def site(site_on: Callable[[str], Site]) -> Site:
    """A database of PostgreSQL 18 with something in it."""
    return site_on("18")


@pytest.fixture
def old_site(site_on: Callable[[str], Site]) -> Site:
    """A database of PostgreSQL 16 with something in it."""
    return site_on("16")


@pytest.fixture
def jobs(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Jobs:
    """The program, with a bucket of its own."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "123456789012")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    s3 = emulator.client("s3", "eu-central-1")
    bucket = f"backups-{next(NUMBERS)}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return Jobs(s3, bucket, monkeypatch, capsys)
