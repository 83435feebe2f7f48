"""Applications learn where an organization lives, for a minute from Redis, and through outages."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from routing.answer import UNKNOWN_SECONDS, Answer
from routing.entry import CACHE_SECONDS, STALE_SECONDS, Entry
from routing.kept import MOST_IN_MEMORY, InMemory
from routing.lookup import Lookup
from routing.refusal import (
    ElsewhereError,
    LookupUnavailableError,
    NotReadyError,
    RefusalError,
    SuspendedError,
    UnknownOrganizationError,
)
from routing.single_flight import SingleFlight
from routing.table import Table
from support.routing_servers import Clock, Flaky, RedisServer

pytestmark = pytest.mark.embedded
MakeEntry = Callable[..., Entry]


@pytest.fixture
def lookup(table: Table, redis: RedisServer, clock: Clock) -> Lookup:
    """One instance of a service."""
    return Lookup(table, redis.client, clock=clock)


@pytest.fixture
def other(table: Table, redis: RedisServer, clock: Clock) -> Lookup:
    """Another instance: it shares Redis with the first, and no memory."""
    return Lookup(table, redis.client, clock=clock)


def test_a18_a_minute_long_instances_share_one_answer(
    lookup: Lookup, other: Lookup, table: Table, entry: MakeEntry, client: Flaky, clock: Clock
) -> None:
    mine = table.create(entry())
    for one in (lookup, other, lookup):
        assert one.find(mine.organization) == mine
        clock.now += CACHE_SECONDS / 3 - 1
    assert client.reads == 1

    changed = table.replace(replace(mine, shard="2"), mine.version)
    clock.now += CACHE_SECONDS
    assert lookup.find(mine.organization) == changed


def test_a18_an_outage_of_redis_is_survived(
    lookup: Lookup, table: Table, entry: MakeEntry, client: Flaky, redis: RedisServer
) -> None:
    first, second = table.create(entry()), table.create(entry())
    lookup.find(first.organization)
    redis.stop()

    assert lookup.find(first.organization) == first
    assert lookup.find(second.organization) == second
    assert lookup.find(second.organization) == second
    assert client.reads == 2


def test_a18_an_outage_of_the_table_is_survived_for_an_hour_and_no_longer(
    lookup: Lookup, other: Lookup, table: Table, entry: MakeEntry, client: Flaky, clock: Clock
) -> None:
    mine = table.create(entry())
    lookup.find(mine.organization)
    client.down = True

    clock.now += STALE_SECONDS - 1
    assert lookup.find(mine.organization) == mine
    assert other.find(mine.organization) == mine
    clock.now += 1
    with pytest.raises(LookupUnavailableError):
        lookup.find(mine.organization)


def test_a18_an_outage_of_both_is_survived_by_who_knew(
    lookup: Lookup,
    other: Lookup,
    table: Table,
    entry: MakeEntry,
    client: Flaky,
    clock: Clock,
    redis: RedisServer,
) -> None:
    mine = table.create(entry())
    lookup.find(mine.organization)
    client.down = True
    redis.stop()
    clock.now += CACHE_SECONDS

    assert lookup.find(mine.organization) == mine
    with pytest.raises(LookupUnavailableError):
        other.find(mine.organization)


def test_what_an_instance_learnt_from_redis_it_knows_without(
    lookup: Lookup, other: Lookup, table: Table, entry: MakeEntry, client: Flaky, redis: RedisServer
) -> None:
    mine = table.create(entry())
    lookup.find(mine.organization)
    other.find(mine.organization)
    client.down = True
    redis.stop()

    assert other.find(mine.organization) == mine


def test_a_table_that_is_down_is_not_asked_by_everybody_and_is_asked_again(
    lookup: Lookup, table: Table, entry: MakeEntry, client: Flaky, clock: Clock
) -> None:
    mine = table.create(entry())
    lookup.find(mine.organization)
    clock.now += CACHE_SECONDS
    client.down = True
    for _ in range(20):
        lookup.find(mine.organization)
    assert client.reads == 2

    client.down = False
    changed = table.replace(replace(mine, shard="2"), mine.version)
    clock.now += 1
    assert lookup.find(mine.organization) == changed


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        ("suspended", SuspendedError),
        ("moving", NotReadyError),
        ("provisioning", NotReadyError),
        ("deleting", UnknownOrganizationError),
    ],
)
def test_a18_only_an_active_organization_is_served(
    lookup: Lookup, table: Table, entry: MakeEntry, state: str, refusal: type[RefusalError]
) -> None:
    mine = table.create(entry(state=state))

    with pytest.raises(refusal):
        lookup.serve(mine.organization, region="eu", shard="1")


@pytest.mark.parametrize("place", [("eu", "2"), ("us", "1")])
def test_a18_an_organization_of_another_shard_is_not_served_here(
    lookup: Lookup, table: Table, entry: MakeEntry, place: tuple[str, str]
) -> None:
    mine = table.create(entry())
    assert lookup.serve(mine.organization, region="eu", shard="1") == mine

    with pytest.raises(ElsewhereError):
        lookup.serve(mine.organization, region=place[0], shard=place[1])


def test_an_unknown_organization_is_asked_for_again_after_seconds(
    lookup: Lookup, table: Table, entry: MakeEntry, client: Flaky, clock: Clock
) -> None:
    mine = entry()
    for _ in range(3):
        with pytest.raises(UnknownOrganizationError):
            lookup.find(mine.organization)
    assert client.reads == 1

    written = table.create(mine)
    clock.now += UNKNOWN_SECONDS
    assert lookup.find(mine.organization) == written


def test_that_an_organization_is_unknown_is_never_an_old_answer(
    lookup: Lookup, entry: MakeEntry, client: Flaky, clock: Clock
) -> None:
    name = entry().organization
    with pytest.raises(UnknownOrganizationError):
        lookup.find(name)
    client.down = True
    clock.now += UNKNOWN_SECONDS

    with pytest.raises(LookupUnavailableError):
        lookup.find(name)


@pytest.mark.parametrize("name", ["", "../x", "a b", "x" * 64, "org\r\nSET x"])
def test_what_cannot_be_an_organization_reaches_neither_redis_nor_table(
    lookup: Lookup, client: Flaky, redis: RedisServer, name: str
) -> None:
    with pytest.raises(UnknownOrganizationError):
        lookup.find(name)

    assert client.reads == 0
    assert redis.client.dbsize() == 0


@pytest.mark.parametrize(
    "planted", [b"", b"[]", b"{}", b"null", b"\xff", b'{"at": 2e9, "entry": {"organization": "other"}}']
)
def test_what_is_not_ours_in_redis_is_not_believed(
    lookup: Lookup, table: Table, entry: MakeEntry, redis: RedisServer, planted: bytes
) -> None:
    mine = table.create(entry())
    redis.client.set(f"routing:{mine.organization}", planted)

    assert lookup.find(mine.organization) == mine


def test_an_answer_about_another_organization_is_not_believed(
    lookup: Lookup, table: Table, entry: MakeEntry, redis: RedisServer
) -> None:
    mine, theirs = table.create(entry()), table.create(entry(region="us"))
    lookup.find(theirs.organization)
    redis.client.copy(f"routing:{theirs.organization}", f"routing:{mine.organization}")

    assert lookup.find(mine.organization) == mine


def test_redis_forgets_what_may_not_be_used_any_more(
    lookup: Lookup, table: Table, entry: MakeEntry, redis: RedisServer
) -> None:
    mine = table.create(entry())
    lookup.find(mine.organization)

    ttl: Any = redis.client.ttl(f"routing:{mine.organization}")
    assert 0 < ttl <= STALE_SECONDS


def test_an_entry_that_cannot_be_read_stops_nobody_else(
    lookup: Lookup, table: Table, entry: MakeEntry, dynamodb: Any
) -> None:
    good, bad = table.create(entry()), entry()
    dynamodb.put_item(TableName="x-production-routing", Item={"organization": {"S": bad.organization}})

    with pytest.raises(LookupUnavailableError):
        lookup.find(bad.organization)
    assert lookup.find(good.organization) == good


def test_threads_that_ask_at_once_ask_once() -> None:
    flights: SingleFlight[int] = SingleFlight()
    asked: list[int] = []
    go = Event()

    def act() -> int:
        asked.append(1)
        go.wait(10)
        return 7

    with ThreadPoolExecutor(8) as pool:
        everybody = [pool.submit(flights.do, "org", act) for _ in range(8)]
        wait(everybody, timeout=0.2)
        under_way = len(asked)
        go.set()
        assert {one.result(10) for one in everybody} == {7}
    assert under_way == 1


def test_a_failure_is_shared_and_not_kept() -> None:
    flights: SingleFlight[int] = SingleFlight()

    def fail() -> int:
        raise LookupUnavailableError("down")

    with pytest.raises(LookupUnavailableError):
        flights.do("org", fail)
    assert flights.do("org", lambda: 1) == 1


def test_memory_forgets_what_was_used_longest_ago() -> None:
    memory = InMemory()
    for number in range(MOST_IN_MEMORY + 1):
        memory.put(str(number), Answer(None, number))
        memory.get("0")

    assert memory.get("1") is None
    assert memory.get("0") is not None
