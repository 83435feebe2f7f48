"""Two PostgreSQL servers, a bucket of the embedded AWS, and the program between them."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from emulator.postgres.server import Server
from emulator.testing import Emulator
from support.database_jobs import Jobs, Site

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, Server]]:
    """PostgreSQL 16 and 18, which stand for what is dumped and for what is newer or older."""
    # Not pytest's tmp_path: only its owner can enter, and PostgreSQL does not run as root.
    with tempfile.TemporaryDirectory(prefix="pg") as name, ExitStack() as stack:
        found = {}
        for version in ("16", "18"):
            found[version] = server = Server(Path(name) / version, version)
            stack.callback(server.stop)
        yield found


@pytest.fixture
def site(servers: dict[str, Server]) -> Site:
    """A database of PostgreSQL 18 with something in it."""
    return Site.made(servers["18"], "18", f"shop{next(NUMBERS)}")


@pytest.fixture
def old_site(servers: dict[str, Server]) -> Site:
    """A database of PostgreSQL 16 with something in it."""
    return Site.made(servers["16"], "16", f"old{next(NUMBERS)}")


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
