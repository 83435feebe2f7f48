"""A17: what a tenant has left in the pool is found, whatever release wrote it down; real registry."""

import json
from typing import Any

import pytest

from emulator.client import DEFAULT_ACCOUNT
from support.tenant_settings import told
from support.tenant_tables import CONTEXT, Clients, fixtures
from tenants import fences, items, move_source
from tenants.failure import StepError

pytestmark = pytest.mark.embedded
TIER = told("clinic", platform="app-runner", registry="left-tenants", routing="left-routing")
WAITS = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}
aws, deployment = fixtures(TIER)


def known(tenant: str, state: str, **facts: Any) -> None:
    """What the registry has of a tenant that nobody changes."""
    item = {"tenant": tenant, "item": "tenant", "state": state, "updated_at": "2020-01-01T00:00:00Z"}
    items.table().put_item(Item={**item, **facts})


def due(tenant: str | None = None) -> dict[str, tuple[str, str]]:
    """Who is due, for what, and whose rows it is about."""
    asked = {"tenant": tenant} if tenant else {}
    listed = move_source.due({"asked": asked, "run": "x:1"}, CONTEXT)["due"]
    return {one["tenant"]: (one["what"], one["tenantValue"]) for one in listed}


def left(tenant: str) -> str:
    """What is said of one that was asked for."""
    return str(move_source.due({"asked": {"tenant": tenant}, "run": "x:1"}, CONTEXT)["left"])


def test_a17_a_fence_of_before_fences_were_written_down_is_lifted_once() -> None:
    known("older", "deleted", source_read_only_until="", source_cleared_at="2020-01-01", tenant_value="v-1")
    assert due() == {"older": ("lift", "v-1")}
    assert left("older").startswith("has a fence in the pool still")
    failure = {"Error": "x", "Cause": "no"}
    move_source.not_cleared({"tenant": "older", "what": "lift", "run": "x:1", "failure": failure}, CONTEXT)
    assert left("older").startswith("has a fence in the pool still: lift failed: ")
    said = move_source.cleared({"tenant": "older", "what": "lift", "run": "x:2"}, CONTEXT)
    assert said == {"tenant": "older", "left": "has nothing left in the pool"}
    assert (due(), left("older")) == ({}, "has nothing left in the pool")


def test_a17_a_record_without_the_value_of_its_fence_fails_the_list_of_nobody() -> None:
    known("fenced", "deleted", pool_fenced="1")
    known("valued", "deleted", pool_fenced="1", pool_fenced_value="v-1", tenant_value="of another life")
    assert due() == {"fenced": ("lift", "fenced"), "valued": ("lift", "v-1")}


def test_a17_who_is_changed_now_is_left_for_later_and_whose_run_was_stopped_is_not(
    aws: Clients,
) -> None:
    states = aws("stepfunctions")
    role = f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/left"
    made = states.create_state_machine(name="left", definition=json.dumps(WAITS), roleArn=role)
    run = states.start_execution(stateMachineArn=made["stateMachineArn"])["executionArn"]
    try:
        known("changed", "active", source_read_only_until="2020-01-01", pool_fenced="1", operation=run)
        assert due() == due("changed") == {}
        assert left("changed").startswith("is still in the pool: it is being changed")
    finally:
        states.stop_execution(executionArn=run)
    assert due() == due("changed") == {"changed": ("clear", "changed")}


def test_a17_nothing_is_cleared_in_a_pool_that_is_not_the_tiers() -> None:
    known("afar", "active", source_read_only_until="2020-01-01", pool_fenced="2")
    known("here", "active", source_read_only_until="2020-01-01", pool_fenced="1")
    known("before", "active", source_read_only_until="2020-01-01")
    assert due() == {name: ("clear", name) for name in ("here", "before")}
    assert due("afar") == {}
    assert left("afar") == "is still in the pool: the pool of shard 2 is not that of its tier"


@pytest.mark.parametrize("state", ["deleted", "failed", "pooled"])
def test_a17_a_fence_that_stands_is_not_said_to_be_nothing(state: str) -> None:
    known("stands", state, pool_fenced="1", failure="lift failed: no")
    assert left("stands") == "has a fence in the pool still: lift failed: no"
    assert due() == due("stands") == {"stands": ("lift", "stands")}


@pytest.mark.parametrize("state", ["active", "suspended", "creating", "moving", "deleting"])
def test_a17_no_fence_is_lifted_of_who_may_be_served_from_a_silo(state: str) -> None:
    known("served", state, pool_fenced="1")
    assert due() == due("served") == {}
    assert fences.of_value("served") is None


def test_a17_who_came_back_with_an_earlier_release_has_no_fence_to_lift() -> None:
    known("back", "pooled", source_read_only_until="", source_cleared_at="2020-01-01")
    assert due() == due("back") == {}
    assert (left("back"), fences.of_value("back")) == ("has nothing left in the pool", None)


def test_a17_a_copy_that_a_move_left_in_the_pool_is_not_said_to_be_nothing() -> None:
    known("copied", "active", pool_fenced="1", copy_left_in_pool="yes")
    assert left("copied").startswith("has a copy in the pool, which a move there could not delete: run that")


def test_a17_whoever_clears_says_no_value_without_its_tenant() -> None:
    with pytest.raises(StepError, match="tenant_value is of one tenant, and none is named"):
        move_source.due({"asked": {"tenant_value": "v-1"}, "run": "x:1"}, CONTEXT)


def test_a17_a_clearing_that_began_with_an_earlier_release_is_recorded() -> None:
    known("flying", "active", source_read_only_until="2020-01-01", pool_fenced="1")
    failure = {"Error": "x", "Cause": "no"}
    move_source.not_cleared({"tenant": "flying", "run": "x:1", "failure": failure}, CONTEXT)
    assert left("flying").startswith("is still in the pool: clear failed: ")
    move_source.cleared({"tenant": "flying", "run": "x:2"}, CONTEXT)
    assert left("flying") == "has nothing left in the pool"
