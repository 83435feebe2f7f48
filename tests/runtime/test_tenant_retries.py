"""A17: a step whose answer was lost is called again, and answers and leaves the same; on real tables."""

from typing import Any

import pytest

from emulator.client import DEFAULT_ACCOUNT
from routing.entry import Entry
from routing.table import Table
from support.tenant_settings import told
from support.tenant_tables import CONTEXT, REGION, Clients, fixtures
from tenants import admission, conclusion, events, export, items, move, registry, snapshot

pytestmark = pytest.mark.embedded
TIER = told(
    "clinic",
    platform="app-runner",
    registry="retries-tenants",
    routing="retries-routing",
    exports="retries-exports",
    no_exports="",
    quotas={"database_instances": 1, "stacks": 50, "app_runner_services": 9, "free_addresses": 0},
)
RUN = f"arn:aws:states:{REGION}:{DEFAULT_ACCOUNT}:execution:x-delete:1"
EXPORT = [{"bucket": "b", "key": "tenants/org-101/x/database.dump.enc", "sha256": "5" * 64}]
aws, deployment = fixtures(TIER)


def tenant(state: str, **facts: Any) -> None:
    """What the registry has."""
    known = {"size": "large", "image": "v1", "tier": "enterprise", "residency": "EU", "region": "eu"}
    items.table().put_item(
        Item={
            **{"tenant": "org-101", "item": "tenant", "state": state, "created_at": "2026-01-01T00:00:00Z"},
            **{"priorities": [], **known, **facts},
        }
    )


def lead(aws: Clients, tier: str) -> None:
    Table(aws("dynamodb"), TIER.routing).create(
        Entry("org-101", "eu", "1", tier, "active", "EU", "api.clinic.example")
    )


def admitted(operation: str, **said: str) -> dict[str, Any]:
    """The first step of a run, which is always the same run."""
    event = {"operation": operation, "run": RUN, "request": {"tenant": "org-101", **said}}
    first_step = move.admit if operation == "move" else admission.on_request
    return first_step(event, CONTEXT)


@pytest.mark.parametrize(
    ("state", "operation", "said"),
    [
        ("", "create", {"residency": "EU", "image": "v1"}),
        ("deleted", "create", {"residency": "EU", "image": "v1", "tenant_value": "org_2abC"}),
        ("active", "update", {"image": "v2"}),
        ("active", "suspend", {}),
        ("suspended", "resume", {}),
        ("active", "delete", {"confirm": "org-101"}),
        ("suspended", "delete", {"confirm": "org-101"}),
        ("", "move", {"to": "silo", "image": "v1"}),
        ("active", "move", {"to": "pool"}),
    ],
)
def test_a17_an_admission_that_is_asked_for_again_admits_the_same(
    aws: Clients, state: str, operation: str, said: dict[str, str]
) -> None:
    if state:
        tenant(state, activated_at="2026-01-01T00:20:00Z" if state in ("active", "suspended") else "")
    if operation == "move":
        lead(aws, "shared" if said["to"] == "silo" else "enterprise")

    first = admitted(operation, **said)
    known = dict(registry.read("org-101").facts)

    assert "refused" not in first, first
    assert admitted(operation, **said) == first
    timeless = {"updated_at": "", "created_at": ""}
    assert {**registry.read("org-101").facts, **timeless} == {**known, **timeless}


def test_a17_another_run_is_not_taken_for_the_one_that_has_claimed_a_tenant() -> None:
    tenant("deleting", operation=RUN, claimed_from="active", activated_at="2026-01-01T00:20:00Z")
    other = {"operation": "delete", "run": f"{RUN}0", "request": {"tenant": "org-101", "confirm": "org-101"}}

    assert admission.on_request(other, CONTEXT)["prior"] == ""


def test_a17_a_listener_that_cannot_be_told_leaves_no_tenant_half_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any) -> dict[str, Any]:
        raise RuntimeError("event was not taken: ThrottlingException")

    monkeypatch.setattr(events, "_put", refuse)
    tenant("active", activated_at="2026-01-01T00:20:00Z")

    assert admitted("delete", confirm="org-101")["prior"] == "active"


def test_a17_a_deletion_that_is_recorded_again_keeps_its_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "of", lambda names: EXPORT if names else [])
    monkeypatch.setattr(snapshot, "since", lambda database, moment: [f"{database}-final"])
    tenant("deleting", operation=RUN, activated_at="2026-01-01T00:20:00Z", export_names=["tenants/org-101/x"])
    ends = {
        **{"operation": "delete", "tenant": "org-101", "run": RUN, "requestedBy": "a test"},
        **{"wanted": {"Size": "large", "Image": "v1", "Serve": "no"}, "origin": ""},
        **{"database": "clinic-org-101-production", "snapshot": "clinic-org-101-production-final"},
    }

    def unheard(*_: Any) -> dict[str, Any]:
        raise RuntimeError("event was not taken: ThrottlingException")

    with monkeypatch.context() as broken:
        broken.setattr(events, "_put", unheard)
        with pytest.raises(RuntimeError, match="was not taken"):
            conclusion.succeed(ends, CONTEXT)
    (first,) = items.every("begins_with(#item, :begin)", {":begin": {"S": "certificate#"}})
    answered = conclusion.succeed(ends, CONTEXT)

    assert items.every("begins_with(#item, :begin)", {":begin": {"S": "certificate#"}}) == [first]
    assert first["exports"] == EXPORT
    assert "no_exports" not in first
    assert answered["exports"] == EXPORT
    known = registry.read("org-101")
    assert (known.state, known.facts["exports"], known.facts["export_names"]) == ("deleted", EXPORT, [])


def test_a17_only_what_claimed_a_tenant_may_say_what_it_was_before() -> None:
    tenant("active", activated_at="2026-01-01T00:20:00Z")
    admitted("suspend")
    assert registry.read("org-101").facts["claimed_from"] == "active"

    event = {"run": {**admitted("suspend"), "step": "Close it", "failure": {"Error": "x"}}, "state": "active"}
    conclusion.fail(event, CONTEXT)

    assert "claimed_from" not in registry.read("org-101").facts
