"""The Worker in the real Workers runtime, with the real look-up behind it and a table on the embedded AWS."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import Credentials

from emulator.testing import Emulator, started
from routing.entry import Entry
from routing.table import Table
from support.outside import Outside, listening
from support.session_token import ISSUER, Issuer
from worker.visitor import Visitor

# Before the handler is imported: like Lambda, its libraries read it on import.
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from routing import lookup_handler

ROOT = Path(__file__).parents[2]
TABLE = "x-production-routing"
LOOKUPS = {
    "eu-central-1": "https://eu.lambda-url.eu-central-1.on.aws/",
    "us-east-1": "https://us.lambda-url.us-east-1.on.aws/",
}
SETTINGS = {
    "domain": "x.example",
    "platformDomains": ["eu-central-1.awsapprunner.com"],
    "hosts": {"api.x.example": "organization", "telemetry.x.example": "shard"},
    "home": {"region": "eu", "shard": "1"},
    "homePaths": ["/health", "/webhooks/"],
    "lookups": [{"region": region, "url": url} for region, url in LOOKUPS.items()],
    "token": {"issuer": ISSUER, "claims": ["o.id", "org_id"]},
    "cacheSeconds": 60,
    "staleSeconds": 3600,
}

Run = Callable[..., Visitor]


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Has the table."""
    with started(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture(scope="session")
def table(emulator: Emulator) -> Table:
    """The routing table."""
    client = emulator.client("dynamodb", "eu-central-1")
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "organization", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "organization", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return Table(client, TABLE)


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    """The identity provider."""
    return Issuer()


@pytest.fixture(scope="session")
def shared_outside(table: Table, issuer: Issuer) -> Iterator[Outside]:
    """Everything the Worker may ask, for all tests: starting the runtime takes a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookup_handler, "_table", lambda: table)
        answers = Outside(
            jwks=issuer.jwks,
            lookup=lambda event: lookup_handler.app.resolve(event, None),  # type: ignore[arg-type]
            key=Credentials("AKIDEXAMPLE", "worker-key"),
        )
        with listening(answers):
            yield answers


@pytest.fixture
def outside(shared_outside: Outside) -> Outside:
    """The same with everything up, and nothing asked yet."""
    shared_outside.down.clear()
    shared_outside.asked.clear()
    return shared_outside


def running(outside: Outside, settings: dict[str, Any]) -> "subprocess.Popen[str]":
    given = {
        "folder": str(ROOT / "runtime" / "worker"),
        "outside": outside.url,
        "settings": settings,
        "aws4fetch": str(ROOT / "node_modules" / "aws4fetch" / "dist" / "aws4fetch.esm.mjs"),
    }
    node = ROOT / ".venv" / "bin" / "node"
    return subprocess.Popen(
        [node, Path(__file__).parent / "serve.mjs", json.dumps(given)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def visiting(outside: Outside, settings: dict[str, Any]) -> Iterator[Visitor]:
    with running(outside, settings) as process:
        assert process.stdout is not None
        yield Visitor(process.stdout.readline().strip())
        # It ends with its standard input, which leaving the block closes.


@pytest.fixture(scope="session")
def shared_worker(shared_outside: Outside) -> Iterator[Visitor]:
    """The Worker as it is set up in production."""
    yield from visiting(shared_outside, SETTINGS)


@pytest.fixture
def worker(shared_worker: Visitor, outside: Outside) -> Visitor:
    """The Worker, and everything it may ask is up."""
    return shared_worker


@pytest.fixture(scope="session")
def shared_forgetful(shared_outside: Outside) -> Iterator[Visitor]:
    """The Worker after a minute: an answer is never fresh, so it always asks again."""
    yield from visiting(shared_outside, {**SETTINGS, "cacheSeconds": 0})


@pytest.fixture
def forgetful(shared_forgetful: Visitor, outside: Outside) -> Visitor:
    """The same, and everything it may ask is up."""
    return shared_forgetful


@pytest.fixture(scope="session")
def shared_strict(shared_outside: Outside) -> Iterator[Visitor]:
    """The Worker after an hour: an old answer is too old."""
    yield from visiting(shared_outside, {**SETTINGS, "cacheSeconds": 0, "staleSeconds": 0})


@pytest.fixture
def strict(shared_strict: Visitor, outside: Outside) -> Visitor:
    """The same, and everything it may ask is up."""
    return shared_strict


@pytest.fixture
def organization(table: Table, request: pytest.FixtureRequest) -> Callable[..., Entry]:
    """Give the test an organization of its own in the table."""
    name = f"org_{abs(hash(request.node.nodeid)) % 10**12}"

    def add(**fields: Any) -> Entry:
        given = {
            "organization": name,
            "region": "us",
            "shard": "2",
            "tier": "shared",
            "state": "active",
            "residency": "US",
            "origin": "api-us-2.x.example",
            **fields,
        }
        return table.create(Entry(**given))

    return add
