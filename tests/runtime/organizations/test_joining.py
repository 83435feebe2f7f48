"""A18: organizations join the shared tier: placed once, evenly, never beyond what a shard takes."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from asked.check import RefusedError
from emulator.testing import Emulator
from routing import organizations_handler as handler
from routing.entry import Entry
from routing.organizations import Organizations
from routing.placement import Place
from routing.table import Table

pytestmark = pytest.mark.embedded
HOME = "eu-central-1"
EUROPE = [Place("eu", str(n), "EU", 4, f"api-eu-{n}.x.example") for n in (1, 2, 3)]
ONE = {"operation": "place", "organization": "org_1", "residency": "EU"}
PLACES = [*EUROPE, Place("us", "1", "US", 4, "api-us-1.x.example")]


@pytest.fixture
def pool(emulator: Emulator, request: pytest.FixtureRequest) -> Organizations:
    """A table of its own."""
    name = f"t-{abs(hash(request.node.nodeid))}-routing"
    client = emulator.client("dynamodb", HOME)
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "organization", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "organization", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return Organizations(client, name, PLACES)


@pytest.fixture
def ask(pool: Organizations, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """The function."""
    monkeypatch.setattr(handler, "_organizations", lambda: pool)
    context: Any = SimpleNamespace(
        function_name="f", memory_limit_in_mb=1, invoked_function_arn="a", aws_request_id="r"
    )
    return lambda **told: handler.on_request(told, context)


def test_a18_many_at_once_are_spread_evenly_and_no_shard_takes_more_than_it_may(pool: Organizations) -> None:
    names = [f"org_{number}" for number in range(15)]

    def join(name: str) -> Entry | None:
        try:
            return pool.place(name, "EU")
        except RefusedError as full:
            assert "all 3 shards in the EU are full: they take 12 organizations" in str(full)  # noqa: PT017
            return None

    with ThreadPoolExecutor(8) as threads:
        placed = [one for one in threads.map(join, names) if one]

    written = [one for one in pool.every() if one.tier == "shared"]
    assert Counter((one.region, one.shard) for one in written) == {(p.region, p.shard): 4 for p in EUROPE}
    assert {one.organization: one.shard for one in placed} == {one.organization: one.shard for one in written}


def test_a18_one_organization_that_is_asked_for_many_times_at_once_has_one_place(pool: Organizations) -> None:
    gate = threading.Barrier(8)

    def join(_: int) -> tuple[str, str]:
        gate.wait()
        entry = pool.place("org_same", "EU")
        return entry.region, entry.shard

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(join, range(8)))) == 1
    assert [one.organization for one in pool.every()] == ["org_same"]


def test_a18_asked_again_it_is_the_same_place_whatever_has_come_since(
    ask: Callable[..., dict[str, Any]],
) -> None:
    first = ask(operation="place", organization="org_1", residency="EU")["entry"]
    ask(operation="place", organization="org_2", residency="EU")
    again = ask(operation="place", organization="org_1", residency="EU")["entry"]

    assert (first["region"], first["shard"], first["state"]) == ("eu", "1", "active")
    assert (again["shard"], again["origin"]) == (first["shard"], "api-eu-1.x.example")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"operation": "place", "organization": "a'; --", "residency": "EU"}, "organization must be 1 to 63"),
        ({"operation": "place", "organization": "../x", "residency": "EU"}, "organization must be 1 to 63"),
        ({"operation": "place", "organization": "ü", "residency": "EU"}, r"got '\xfc'"),
        ({"operation": "place", "organization": "a" * 300, "residency": "EU"}, "(300 characters)"),
        ({"operation": "place", "organization": "#placement", "residency": "EU"}, "got '#placement'"),
        ({"operation": "place", "organization": "org_1", "residency": "UK"}, "one of EU, US, got 'UK'"),
        ({"operation": "place", "organization": "org_1"}, "residency must be one of EU, US, got None"),
        ({**ONE, "tenant_value": "x' OR '1'='1"}, "tenant_value must be what the tenant column holds: 1 to"),
        ({**ONE, "tenant_value": "../x"}, "tenant_value must be what the tenant column holds"),
        ({**ONE, "tenant_value": "ü"}, r"got '\xfc'"),
        ({**ONE, "tenant_value": "a" * 300}, "(300 characters)"),
        ({**ONE, "tenant_value": ""}, "got ''"),
        ({"operation": "show", "organization": "org_1", "tenant_value": "x"}, "got 'tenant_value'"),
        ({"operation": "show", "organization": "org_9"}, "there is no organization org_9"),
        ({"operation": "suspend", "organization": "org_9"}, "there is no organization org_9"),
        ({"operation": "explode", "organization": "org_9"}, "operation must be one of place, show, list"),
        ({}, "operation must be one of place, show, list"),
    ],
)
def test_a18_what_cannot_be_is_refused_and_nothing_is_written(
    ask: Callable[..., dict[str, Any]], pool: Organizations, told: dict[str, str], said: str
) -> None:
    assert said in ask(**told)["refused"]
    assert pool.every() == []


def test_a18_data_of_one_residency_are_not_asked_into_another(
    ask: Callable[..., dict[str, Any]],
) -> None:
    ask(operation="place", organization="org_1", residency="EU")

    assert (
        "is in the EU already, in region eu"
        in ask(operation="place", organization="org_1", residency="US")["refused"]
    )
    assert ask(operation="show", organization="org_1")["entry"]["region"] == "eu"


def test_a18_a_suspended_organization_keeps_its_place_and_is_resumed(
    ask: Callable[..., dict[str, Any]],
) -> None:
    ask(operation="place", organization="org_1", residency="US")
    suspended = [ask(operation="suspend", organization="org_1")["entry"] for _ in range(2)][-1]
    assert (suspended["state"], suspended["region"], suspended["version"]) == ("suspended", "us", 2)
    assert ask(operation="place", organization="org_1", residency="US")["entry"]["state"] == "suspended"
    assert ask(operation="resume", organization="org_1")["entry"]["state"] == "active"
    assert [one["organization"] for one in ask(operation="list")["organizations"]] == ["org_1"]


@pytest.mark.parametrize(
    ("tier", "state", "said"),
    [
        ("enterprise", "active", "in the enterprise tier: use the verbs of tenants"),
        ("shared", "moving", "organization org_1 is moving: wait until that is over"),
    ],
)
def test_a18_who_is_somebody_elses_to_change_is_left_alone(
    ask: Callable[..., dict[str, Any]], pool: Organizations, tier: str, state: str, said: str
) -> None:
    table = Table(pool._client, pool._name)
    table.create(Entry("org_1", "eu", "1", tier, state, "EU", "api-eu-1.x.example"))

    assert said in ask(operation="suspend", organization="org_1")["refused"]
    assert table.read("org_1") == pool.show("org_1")
    assert pool.show("org_1").state == state
    assert ask(operation="place", organization="org_1", residency="EU")["entry"]["tier"] == tier


def test_a18_enterprise_organizations_take_no_room_in_a_shard(pool: Organizations) -> None:
    table = Table(pool._client, pool._name)
    for number in range(9):
        table.create(Entry(f"t-{number}", "us", "1", "enterprise", "active", "US", "t.x.example"))

    assert pool.place("org_1", "US").shard == "1"


def test_a18_what_the_tenant_column_holds_is_kept_with_the_place_and_can_be_corrected(
    ask: Callable[..., dict[str, Any]], pool: Organizations
) -> None:
    placed = ask(**ONE, tenant_value="7f3a1c52")["entry"]
    assert placed["tenant_value"] == "7f3a1c52"
    assert ask(**ONE)["entry"] == placed, "who says nothing changes nothing"
    ask(operation="suspend", organization="org_1")
    assert ask(operation="list")["organizations"][0]["tenant_value"] == "7f3a1c52"

    corrected = ask(**ONE, tenant_value="7f3a1c53")["entry"]
    assert (corrected["tenant_value"], corrected["shard"], corrected["state"]) == (
        "7f3a1c53",
        "1",
        "suspended",
    )
    assert "tenant_value" not in ask(operation="place", organization="org_2", residency="EU")["entry"]
    assert pool.show("org_2").tenant_value == ""


@pytest.mark.parametrize(
    ("told", "whose"),
    [
        ({"organization": "org_3", "tenant_value": "7f3a1c52"}, "org_1"),
        ({"organization": "org_2", "tenant_value": "7f3a1c52"}, "org_1"),
        ({"organization": "org_3", "tenant_value": "org_2"}, "org_2"),
        ({"organization": "7f3a1c52"}, "org_1"),
    ],
)
def test_a18_rows_of_one_organization_are_not_said_to_be_anothers(
    ask: Callable[..., dict[str, Any]], pool: Organizations, told: dict[str, str], whose: str
) -> None:
    ask(**ONE, tenant_value="7f3a1c52")
    ask(operation="place", organization="org_2", residency="EU")
    before = pool.every()

    said = ask(operation="place", residency="EU", **told)["refused"]

    assert said.startswith("tenant_value must be of one organization")
    assert said.endswith(f"is that of {whose}")
    assert pool.every() == before


@pytest.mark.parametrize(
    ("tier", "state", "said"),
    [
        ("enterprise", "active", "whose moves know what the tenant column holds for it"),
        ("shared", "moving", "organization org_1 is moving: wait until that is over"),
    ],
)
def test_a18_nobody_corrects_what_a_move_works_with(
    ask: Callable[..., dict[str, Any]], pool: Organizations, tier: str, state: str, said: str
) -> None:
    table = Table(pool._client, pool._name)
    table.create(Entry("org_1", "eu", "1", tier, state, "EU", "api-eu-1.x.example", tenant_value="a"))

    assert said in ask(**ONE, tenant_value="b")["refused"]
    assert pool.show("org_1").tenant_value == "a"
