"""A17: what steps of tenants' machines write of an organization, beside whoever else writes; real tables."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from asked.check import RefusedError
from emulator.testing import Emulator
from routing.entry import Entry
from routing.table import Table
from support.tenant_settings import told
from support.tenant_tables import CONTEXT, Clients, deployed, make_tables
from tenants import items, move_line, move_record, quotas, routing
from tenants.failure import StepError

pytestmark = pytest.mark.embedded
TIER = told("clinic", platform="app-runner", registry="lines-tenants", routing="lines-routing")
SILO, POOL = "org-api.clinic.example", "api.clinic.example"


@pytest.fixture(scope="module")
def aws(emulator: Emulator) -> Clients:
    """Clients of an embedded AWS with both tables."""
    return make_tables(emulator, TIER)


@pytest.fixture(autouse=True)
def deployment(aws: Clients, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The functions are told what a deployment tells them, and work on these tables."""
    with deployed(TIER, emulator, monkeypatch):
        yield


@pytest.fixture
def table(aws: Clients) -> Table:
    """The routing table, as somebody else writes it."""
    return Table(aws("dynamodb"), TIER.routing)


def lead(table: Table, tier: str, state: str, *, origin: str = POOL) -> None:
    """Have the organization's line be this, whatever it was."""
    wanted = Entry(
        organization="org", region="eu", shard="1", tier=tier, state=state, residency="EU", origin=origin
    )
    found = table.read("org", consistent=True)
    if found:
        table.remove("org", found.version)
    table.create(wanted)


def line(table: Table) -> tuple[str, str]:
    """Who answers for it, and whether it is served."""
    found = table.read("org", consistent=True)
    return (found.tier, found.state) if found else ("", "")


def change(action: str, to: str, **told: str) -> Any:
    return move_line.change({"tenant": "org", "to": to, "action": action, "origin": SILO, **told}, CONTEXT)


def claim(run: str) -> None:
    """Have a run change the tenant, whoever did."""
    item = {"tenant": "org", "item": "tenant", "state": "moving", "operation": run}
    items.table().put_item(Item=item)


@contextmanager
def late(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> Iterator[None]:
    """A write that everything was looked at for already, and before which ``act`` comes."""
    replace = Table.replace

    def wait(self: Table, entry: Entry, version: int, *, turn: int | None = None) -> Any:
        monkeypatch.setattr(Table, "replace", replace)
        act()
        return replace(self, entry, version, turn=turn)

    monkeypatch.setattr(Table, "replace", wait)
    yield


WAYS = pytest.mark.parametrize(
    ("to", "source", "target"), [("silo", "shared", "enterprise"), ("pool", "enterprise", "shared")]
)


@WAYS
def test_a17_a_late_write_of_a_run_that_was_stopped_leads_nobody_on(
    table: Table, monkeypatch: pytest.MonkeyPatch, to: str, source: str, target: str
) -> None:
    lead(table, source, "moving")
    claim("first")
    taken: dict[str, Any] = {}

    def take() -> None:
        claim("second")
        taken.update(change("take", to, run="second"))

    with late(monkeypatch, take), pytest.raises(StepError, match="org is changed by another run now"):
        change(f"to_{to}", to, run="first")
    assert (line(table), taken[f"in_{to}"]) == ((source, "moving"), False)
    with pytest.raises(StepError, match="org is changed by another run now"):
        change(f"to_{to}", to, run="first")
    assert line(table) == (source, "moving")


@WAYS
def test_a17_a_late_write_that_came_before_the_next_run_is_seen_by_it(
    table: Table, to: str, source: str, target: str
) -> None:
    lead(table, source, "moving")
    claim("first")
    change(f"to_{to}", to, run="first")
    claim("second")
    assert change("take", to, run="second")[f"in_{to}"]
    assert line(table) == (target, "active")


@WAYS
def test_a17_a_late_write_of_a_run_that_goes_back_leads_nobody_on(
    table: Table, monkeypatch: pytest.MonkeyPatch, to: str, source: str, target: str
) -> None:
    lead(table, source, "moving")
    claim("one")
    with (
        late(monkeypatch, lambda: change("release", to, run="one")),
        pytest.raises(StepError, match="org is active, not moving"),
    ):
        change(f"to_{to}", to, run="one")
    assert line(table) == (source, "active")


@WAYS
def test_a17_a_run_that_goes_back_is_told_that_its_late_write_has_led_them_on(
    table: Table, to: str, source: str, target: str
) -> None:
    lead(table, source, "moving")
    change(f"to_{to}", to)
    assert change("release", to)[f"in_{to}"]
    assert line(table) == (target, "active")


@pytest.mark.parametrize(("to", "source"), [("silo", "shared"), ("pool", "enterprise")])
@pytest.mark.parametrize("state", ["suspended", "deleting", "provisioning"])
def test_a17_only_what_is_served_is_held_for_a_move(table: Table, to: str, source: str, state: str) -> None:
    lead(table, source, state)
    with pytest.raises(StepError, match=f"org is {state}: only what is active can be held"):
        change("hold", to)
    assert line(table) == (source, state)


@pytest.mark.parametrize(("to", "source"), [("silo", "shared"), ("pool", "enterprise")])
def test_a17_who_is_suspended_during_a_move_is_not_served_by_either_side(
    table: Table, to: str, source: str
) -> None:
    lead(table, source, "active")
    change("hold", to)
    assert line(table) == (source, "moving")
    lead(table, source, "suspended")
    with pytest.raises(StepError, match="org is suspended, not moving"):
        change(f"to_{to}", to)
    change("release", to)
    assert line(table) == (source, "suspended")


def test_a17_a_flip_that_is_said_twice_happens_once_and_is_no_error(table: Table) -> None:
    lead(table, "shared", "moving")
    change("to_silo", "silo")
    change("to_silo", "silo")
    assert line(table) == ("enterprise", "active")


def test_a17_a_suspension_that_comes_just_before_a_write_is_not_written_over(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(table, "shared", "moving")

    def suspend() -> None:
        found = table.read("org", consistent=True)
        assert found is not None
        table.replace(dataclasses.replace(found, state="suspended"), found.version)

    with late(monkeypatch, suspend), pytest.raises(StepError, match="org is suspended, not moving"):
        change("to_silo", "silo")
    assert line(table) == ("shared", "suspended")


@pytest.mark.parametrize("state", ["gone", "deleting"])
def test_a17_a_tenant_that_goes_leaves_the_line_of_who_was_placed_meanwhile(table: Table, state: str) -> None:
    lead(table, "shared", "active")
    routing.on_request({"tenant": "org", "state": state}, CONTEXT)
    assert line(table) == ("shared", "active")
    with pytest.raises(StepError, match="which is not this tier's to change"):
        routing.on_request({"tenant": "org", "state": "active"}, CONTEXT)


def run_back(**ended: Any) -> dict[str, Any]:
    """A run of the way back into the pool that had begun to write there."""
    return {"to": "pool", "copying": True, "becomes": "active", **ended}


def test_a17_only_a_pool_that_was_emptied_is_taken_for_empty() -> None:
    assert move_record.after_failure(run_back())[move_record.SOURCE] == ""
    emptying = {"left_step": "Empty the pool of it", "left": {"Error": "States.TaskFailed", "Cause": "no"}}
    assert move_record.SOURCE not in move_record.after_failure(run_back(**emptying))
    assert move_record.SOURCE not in move_record.after_failure(run_back(becomes="moving"))


def test_a17_who_moves_into_a_silo_counts_against_the_quotas_and_who_leaves_one_does_not(
    aws: Clients,
) -> None:
    for number, (state, to) in enumerate([("moving", "pool"), ("moving", "silo"), ("creating", "")]):
        item = {"tenant": f"counted-{number}", "item": "tenant", "state": state, "moving_to": to}
        aws("dynamodb").put_item(
            TableName=TIER.registry, Item={key: {"S": value} for key, value in item.items()}
        )
    few = {"database_instances": 2, "stacks": 1000, "app_runner_services": 1000, "free_addresses": 0}
    with pytest.raises(RefusedError, match="database instances: 0 of 2 are used and 3 more are needed"):
        quotas.check(dataclasses.replace(TIER, quotas=few), "another")
    quotas.check(dataclasses.replace(TIER, quotas={**few, "database_instances": 3}), "another")
