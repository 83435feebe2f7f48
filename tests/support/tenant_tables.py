"""Tables of tenants on an embedded AWS, and functions of tenants that are told of them as by a deployment."""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from emulator.client import DEFAULT_ACCOUNT
from emulator.testing import Emulator
from tenants.settings import Settings, client, settings

REGION = "eu-central-1"
CONTEXT: Any = SimpleNamespace(
    function_name="x",
    memory_limit_in_mb=1,
    invoked_function_arn="x",
    aws_request_id="x",
    get_remaining_time_in_millis=lambda: 60_000,
)
"""What Lambda gives a function."""

Clients = Callable[[str], Any]


def make_tables(emulator: Emulator, tier: Settings) -> Clients:
    """Make the registry and the routing table of a tier, and return what makes clients of that AWS."""
    for name, keys in _keys(tier).items():
        emulator.client("dynamodb", REGION).create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            BillingMode="PAY_PER_REQUEST",
        )
    return lambda service: emulator.client(service, REGION)


def empty(aws: Clients, tier: Settings) -> None:
    """Delete what is in them."""
    for name, keys in _keys(tier).items():
        for item in aws("dynamodb").scan(TableName=name)["Items"]:
            aws("dynamodb").delete_item(TableName=name, Key={key: item[key] for key in keys})


@contextmanager
def deployed(
    tier: Settings, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, **more: str
) -> Iterator[None]:
    """Tell the functions what a deployment tells them, for as long as the block lasts."""
    facts = {name: value for name, value in dataclasses.asdict(tier).items() if name != "place"}
    variables = {
        "TIER": json.dumps(facts),
        "PLACE": json.dumps(dict(tier.place)),
        "EVENT_BUS": "default",
        "AWS_ENDPOINT_URL": emulator.url,
        "AWS_ACCESS_KEY_ID": DEFAULT_ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": REGION,
        **more,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    _forget()
    yield
    _forget()


def fixtures(tier: Settings, *, bucket: str = "") -> tuple[Any, Any]:
    """The fixtures ``aws`` and ``deployment`` of a module whose tests call functions on real tables.

    Args:
        tier: What the functions are told.
        bucket: A bucket that they are to find.
    """

    @pytest.fixture(scope="module", name="aws")
    def clients(emulator: Emulator) -> Clients:
        """Clients of an embedded AWS with both tables."""
        if bucket:
            here = {"LocationConstraint": REGION}
            emulator.client("s3", REGION).create_bucket(Bucket=bucket, CreateBucketConfiguration=here)
        return make_tables(emulator, tier)

    @pytest.fixture(autouse=True, name="deployment")
    def told(aws: Clients, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """The functions are told what a deployment tells them, and begin with empty tables."""
        empty(aws, tier)
        with deployed(tier, emulator, monkeypatch):
            yield

    return clients, told


def _keys(tier: Settings) -> Mapping[str, tuple[str, ...]]:
    return {tier.routing: ("organization",), tier.registry: ("tenant", "item")}


def _forget() -> None:
    for cached in (client, settings):
        cached.cache_clear()
