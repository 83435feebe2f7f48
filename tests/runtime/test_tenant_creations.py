"""A17: a tenant that may have been used is known as one, and no later run makes it anew; on real tables."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator.client import DEFAULT_ACCOUNT
from routing.entry import Entry
from routing.table import Table
from support.tenant_settings import told
from support.tenant_tables import CONTEXT, REGION, Clients, fixtures
from tenants import admission, conclusion, registry, routing, runs, snapshot, stack
from tenants.failure import StepError

pytestmark = pytest.mark.embedded
TIER = told(
    "clinic",
    platform="app-runner",
    registry="creations-tenants",
    routing="creations-routing",
    exports="creations-exports",
    no_exports="",
)
MADE_AT = "2026-01-01T00:00:00Z"
USED_AT = "2026-01-01T00:20:00Z"
aws, deployment = fixtures(TIER)


def begun(aws: Clients, *, used: str = USED_AT, line: str = "active") -> None:
    """A tenant whose creation was stopped: what the registry says, and its line."""
    facts = {"size": "large", "image": "v1", "tier": "enterprise", "residency": "EU", "region": "eu"}
    runs.claim(
        registry.Tenant(tenant="org-101"),
        operation="create",
        run=run(1),
        state="creating",
        facts={**facts, "created_at": MADE_AT, "exports": [], "priorities": [], routing.USED: used},
    )
    if line:
        lead(aws, "enterprise", line)


def lead(aws: Clients, tier: str, state: str) -> None:
    Table(aws("dynamodb"), TIER.routing).create(
        Entry("org-101", "eu", "1", tier, state, "EU", "org-101-api.clinic.example")
    )


def run(number: int) -> str:
    return f"arn:aws:states:{REGION}:{DEFAULT_ACCOUNT}:execution:x-create:{number}"


def admit(operation: str, **said: str) -> dict[str, Any]:
    """The first step of the next run."""
    told = {"residency": "EU", "image": "v1"} if operation == "create" else {"confirm": "org-101"}
    request = {"tenant": "org-101", **told, **said}
    return admission.on_request({"operation": operation, "run": run(2), "request": request}, CONTEXT)


def route(state: str) -> dict[str, Any]:
    """A step of a creation that sets the line."""
    told = {"tenant": "org-101", "state": state, "creates": True, "origin": "org-101-api.clinic.example"}
    return routing.on_request(told, CONTEXT)


def known() -> Mapping[str, Any]:
    return registry.read("org-101").facts


def line() -> str:
    found = routing.read("org-101")
    return f"{found.tier} {found.state}" if found else ""


def test_a17_whoever_is_led_to_a_new_tenant_is_known_before(aws: Clients) -> None:
    begun(aws, used="", line="provisioning")
    assert route("active")["used"] is True
    assert (line(), bool(known()[routing.USED])) == ("enterprise active", True)


def test_a17_a_tenant_of_which_nothing_can_be_written_down_is_not_opened(aws: Clients) -> None:
    lead(aws, "enterprise", "provisioning")
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        route("active")
    assert line() == "enterprise provisioning"


def test_a17_a_tenant_whose_line_is_somebody_elses_was_never_used(aws: Clients) -> None:
    begun(aws, used="", line="")
    lead(aws, "shared", "active")
    with pytest.raises(StepError, match="not this tier's to change"):
        route("active")
    assert known()[routing.USED] == ""
    assert route("gone") == {"state": "active", "used": False}


@pytest.mark.parametrize("state", ["provisioning", "gone"])
def test_a17_a_creation_does_not_shut_what_may_be_used(aws: Clients, state: str) -> None:
    begun(aws)
    assert route(state) == {"state": "active", "used": True}
    assert line() == "enterprise active"


def test_a17_a_creation_does_not_take_the_line_of_who_may_have_used_it_and_is_suspended(aws: Clients) -> None:
    begun(aws, line="suspended")
    assert route("gone") == {"state": "suspended", "used": True}
    assert line() == "enterprise suspended"


def test_a17_a_line_that_led_nobody_goes_with_its_creation(aws: Clients) -> None:
    begun(aws, used="", line="provisioning")
    assert route("gone") == {"state": "gone", "used": False}
    assert line() == ""


@pytest.mark.parametrize("used", [USED_AT, ""])
def test_a17_the_next_creation_keeps_what_serves(aws: Clients, used: str) -> None:
    begun(aws, used=used)
    made = admit("create", image="v2")
    assert "refused" not in made, made
    prepared, wanted = made["prepared"], made["wanted"]
    assert (prepared["Serve"], prepared["Protected"]) == ("yes", "true")
    assert (prepared["Image"], prepared["MigrationImage"]) == ("v1", "v2"), "the schema comes first"
    assert (wanted["Image"], wanted["MigrationImage"], wanted["Size"]) == ("v2", "v2", "large")
    assert (known()["created_at"], bool(known()[routing.USED])) == (MADE_AT, True)


def test_a17_the_next_creation_of_what_nobody_used_begins_anew(aws: Clients) -> None:
    begun(aws, used="", line="provisioning")
    made = admit("create", image="v2", size="xlarge")
    assert (made["prepared"]["Serve"], made["prepared"]["Protected"]) == ("no", "false")
    assert (made["prepared"]["Image"], made["prepared"]["Size"]) == ("v2", "xlarge")
    assert known()["created_at"] > MADE_AT
    assert not known()[routing.USED]


@pytest.mark.parametrize(
    ("used", "where", "exports"),
    [(USED_AT, "active", True), ("", "active", True), ("", "provisioning", False)],
)
def test_a17_a_deletion_exports_what_may_have_been_used(
    aws: Clients, used: str, where: str, exports: bool
) -> None:
    begun(aws, used=used, line=where)
    assert admit("delete")["exports"] is exports
    assert bool(known()[routing.USED]) is exports, "a second run of it exports, too"


@pytest.mark.parametrize(
    ("used", "state", "said"),
    [(USED_AT, "creating", "all of it is kept"), ("", "failed", "nothing of this run")],
)
def test_a17_a_failed_creation_says_what_is_left(aws: Clients, used: str, state: str, said: str) -> None:
    begun(aws, used=used)
    failed = {"operation": "create", "tenant": "org-101", "run": run(1), "step": "Migrate"}
    whole = {**failed, "failure": {"Error": "x", "Cause": "x"}}
    told = conclusion.fail({"run": whole, "state": "failed"}, CONTEXT)
    assert said in told["message"]
    assert (known()["state"], "operation" in known()) == (state, False)


def test_a17_snapshots_of_what_may_have_been_used_are_kept(aws: Clients) -> None:
    begun(aws)
    with pytest.raises(StepError, match="may have been used: its snapshots are kept"):
        snapshot.forget({"tenant": "org-101", "database": "clinic-org-101-production"}, CONTEXT)


def test_a17_only_what_was_served_is_resumed_from_its_deletion(aws: Clients) -> None:
    begun(aws, used="", line="")
    registry.remember("org-101", {"state": "deleting"})
    request = {"operation": "resume", "tenant": "org-101"}
    refused = admission.on_request({"operation": "resume", "run": run(2), "request": request}, CONTEXT)
    assert "org-101 was not served before it was deleted: delete it again" in refused["refused"]

    registry.remember("org-101", {"prior": "active"})
    refused = admission.on_request({"operation": "resume", "run": run(2), "request": request}, CONTEXT)
    assert "the stack of tenant org-101 has begun to go" in refused["refused"]


def test_a17_a_change_makes_no_empty_tenant_of_one_whose_stack_is_gone() -> None:
    told = {"stack": "clinic-production-eu-tenant-org-101", "parameters": {}, "started": False}
    with pytest.raises(StepError, match="is gone: a new one in its place would lack what was in it"):
        stack.on_request({**told, "changes": True}, CONTEXT)
