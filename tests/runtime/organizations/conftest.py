"""A routing table on the embedded AWS, a real Redis server, and a clock that tests turn."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.testing import Emulator
from ops.drills.check import CannotRunError
from ops.drills.servers import redis as redis_server
from ops.workspace import here
from routing.entry import Entry
from routing.table import Table
from support.routing_servers import Clock, Flaky, RedisServer

TABLE = "x-production-routing"
HOME = "eu-central-1"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def dynamodb(emulator: Emulator) -> Any:
    """A client of the embedded DynamoDB, with the table."""
    client = emulator.client("dynamodb", HOME)
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "organization", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "organization", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


@pytest.fixture
def client(dynamodb: Any) -> Flaky:
    """The same, which may be down."""
    return Flaky(dynamodb)


@pytest.fixture
def table(client: Flaky) -> Table:
    """The table."""
    return Table(client, TABLE)


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """An entry of an organization of its own, not written anywhere."""

    def make(**fields: Any) -> Entry:
        given = {
            "organization": f"org_{next(_numbers)}",
            "region": "eu",
            "shard": "1",
            "tier": "shared",
            "state": "active",
            "residency": "EU",
            "origin": "api-eu-1.x.example",
        }
        return Entry(**{**given, **fields})

    return make


@pytest.fixture(scope="session")
def redis_program() -> redis_server.Redis:
    """A Redis server's program."""
    try:
        return redis_server.find(here(), print)
    except CannotRunError as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI must be able to run a Redis server: {error}", pytrace=False)
        pytest.skip(str(error))


@pytest.fixture
def redis(redis_program: redis_server.Redis, tmp_path: Path) -> Iterator[RedisServer]:
    """A real Redis server."""
    server = RedisServer(redis_program, tmp_path)
    yield server
    server.client.close()
    server.stop()
