"""Entries of the routing table are written whole, once, and never over somebody else's."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from config import routing as model
from routing import entry as module
from routing.entry import Entry, MalformedEntryError, valid_organization
from routing.table import ConflictError, Table

MakeEntry = Callable[..., Entry]
embedded = pytest.mark.embedded


@embedded
def test_a18_what_is_written_is_what_is_read(table: Table, entry: MakeEntry) -> None:
    written = table.create(entry())

    assert table.read(written.organization) == written
    assert written.version == 1
    assert written.updated_at.endswith("Z")


@embedded
def test_what_the_tenant_column_holds_is_kept_through_changes_and_no_look_up_has_it(
    table: Table, entry: MakeEntry
) -> None:
    mine = table.create(entry(tenant_value="org_2abC", tenant_value_by="moved"))
    changed = table.replace(replace(mine, state="suspended"), mine.version)

    found = table.read(mine.organization)
    assert found == changed
    assert (found.tenant_value, found.tenant_value_by) == ("org_2abC", "moved")
    assert "org_2abC" not in str(found.to_json())
    assert Entry.from_json(found.to_json()) == replace(found, tenant_value="", tenant_value_by="")
    assert "tenant_value" not in entry().to_item(), "as lines are that were written before"


@embedded
def test_an_organization_is_added_once(table: Table, entry: MakeEntry) -> None:
    mine = table.create(entry())

    with pytest.raises(ConflictError):
        table.create(replace(mine, region="us"))
    assert table.read(mine.organization) == mine


@embedded
def test_of_two_who_change_an_entry_the_second_is_told(table: Table, entry: MakeEntry) -> None:
    mine = table.create(entry())
    changed = table.replace(replace(mine, state="suspended"), mine.version)

    with pytest.raises(ConflictError):
        table.replace(replace(mine, state="moving"), mine.version)
    with pytest.raises(ConflictError):
        table.remove(mine.organization, mine.version)
    assert table.read(mine.organization) == changed
    assert changed.version == 2

    table.remove(mine.organization, changed.version)
    assert table.read(mine.organization) is None


@embedded
def test_attributes_of_others_are_ignored_and_missing_ones_are_not(
    table: Table, entry: MakeEntry, dynamodb: Any
) -> None:
    mine = entry()
    item = mine.to_item() | {"updated_at": {"S": "2026-11-28T00:00:00Z"}}
    dynamodb.put_item(TableName="x-production-routing", Item=item | {"note": {"S": "of somebody else"}})
    assert table.read(mine.organization) == replace(mine, updated_at="2026-11-28T00:00:00Z")

    del item["region"]
    dynamodb.put_item(TableName="x-production-routing", Item=item)
    with pytest.raises(MalformedEntryError):
        table.read(mine.organization)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("organization", "a b"),
        ("region", "EU"),
        ("shard", "0"),
        ("tier", "gold"),
        ("state", "asleep"),
        ("residency", "UK"),
        ("origin", "https://api.x.example"),
        ("version", 0),
        ("tenant_value", "a b"),
    ],
)
def test_an_entry_that_leads_nowhere_cannot_be_made(entry: MakeEntry, field: str, value: object) -> None:
    with pytest.raises(MalformedEntryError, match=field):
        entry(**{field: value})


def test_a18_only_an_organization_that_is_not_served_may_have_no_origin(entry: MakeEntry) -> None:
    assert entry(state="provisioning", origin="").origin == ""
    with pytest.raises(MalformedEntryError, match="origin"):
        entry(state="active", origin="")


@pytest.mark.parametrize("name", ["org_2abcXYZ", "a", "0", "a-b_c", "x" * 63])
def test_ids_of_identity_providers_are_organizations(name: str) -> None:
    assert valid_organization(name)


@pytest.mark.parametrize("name", ["", "x" * 64, "a b", "../a", "a/b", "a\n", "ünï", "a'--", "-a", None, 7])
def test_anything_else_is_none(name: object) -> None:
    assert not valid_organization(name)


def test_what_ships_to_aws_has_the_words_and_numbers_of_the_model() -> None:
    assert (module.TIERS, module.STATES, module.RESIDENCIES) == (
        model.TIERS,
        model.STATES,
        model.RESIDENCIES,
    )
    assert (module.CACHE_SECONDS, module.STALE_SECONDS) == (model.CACHE_SECONDS, model.STALE_SECONDS)
