"""A17: an organization moves from the pool into a silo of its own and back, rows and requests together."""

from typing import Any

import pytest

from support.embedded_moves import Pool
from support.embedded_tenants import NEW, NO_TRACES, Region

pytestmark = [pytest.mark.embedded, pytest.mark.database]

IMAGE: dict[str, Any] = {"image": "v1", "requested_by": "a test"}


@pytest.fixture(scope="module")
def pool(region: Region) -> Pool:
    """The pool with its tables."""
    pool = Pool(region)
    pool.prepare()
    return pool


def test_a17_an_organization_moves_into_a_silo_and_back(region: Region, pool: Pool) -> None:
    pool.add("grows", notes=20)
    pool.add("stays", notes=5)
    before = pool.notes("grows")
    with region.listening() as heard, pool.migrating("grows"):
        region.run("move", tenant="grows", to="silo", **IMAGE)
    region.is_whole("grows")
    assert pool.notes("grows", silo=True) == before
    assert [one["detail-type"] for one in heard] == ["moveRequest", "moveSuccess"]
    known = region.known("grows")
    assert (known["verification"]["rows"], known["verification"]["tables"]) == (20, 1)
    assert known["source_read_only_until"] > known["moved_at"][:10]
    assert pool.refuses("grows"), "the rows that are left in the pool are read-only"
    assert not pool.refuses("stays")

    pool.write("grows", "in the silo", silo=True)
    steps = region.run("move", tenant="grows", to="pool", requested_by="a test")
    assert steps.index("Serve it from the pool") < steps.index("Stop the services: begin")
    assert pool.line("grows")["tier"] == "shared"
    assert pool.line("grows")["origin"] == "api-eu-1.clinic.example"
    assert pool.notes("grows") == [*before, "in the silo"]
    assert not pool.refuses("grows")
    assert {**region.traces("grows"), "routed": {}} == NO_TRACES
    known = region.known("grows")
    assert known["state"] == "pooled"
    assert known["last_snapshot"] in region.snapshots("grows")
    assert "stays" not in str(region.known("stays"))


def test_a17_rows_that_do_not_name_their_organization_by_its_id_move_and_are_cleared(
    region: Region, pool: Pool
) -> None:
    pool.add("clerked", notes=4, value="org_2abC")
    pool.values["near"] = "org_2abc"
    pool.add("near", notes=3)
    with pool.migrating("clerked"):
        said = region.fail("move", tenant="clerked", to="silo", **IMAGE)
        assert "has no row whose tenant_id is 'clerked': say as tenant_value" in said
        assert pool.line("clerked")["tier"] == "shared"
        assert region.traces("clerked")["stack"] == ""
        said = region.fail("move", tenant="clerked", to="silo", tenant_value="org_2abX", **IMAGE)
        assert "has no row whose tenant_id is 'org_2abX'" in said
        region.run("move", tenant="clerked", to="silo", tenant_value="org_2abC", **IMAGE)
    assert len(pool.notes("clerked", silo=True)) == 4
    known = region.known("clerked")
    assert (known["tenant_value"], known["verification"]["rows"]) == ("org_2abC", 4)
    assert pool.refuses("clerked")
    assert not pool.refuses("near")

    said = region.fail("move", tenant="clerked", to="pool", tenant_value="clerked")
    assert said.startswith("Refused: the tenant column of clerked holds 'org_2abC' by what was moved before")
    region.run("clear", tenant="clerked")
    assert pool.notes("clerked") == []
    assert len(pool.notes("near")) == 4
    pool.write("clerked", "in the silo", silo=True)
    region.run("move", tenant="clerked", to="pool", requested_by="a test")
    assert len(pool.notes("clerked")) == 5
    assert not pool.refuses("clerked")


def test_a17_services_of_a_silo_run_before_anybodys_writes_are_refused(region: Region) -> None:
    steps = {name: number for number, name in enumerate(region.definition("move")["States"])}
    refused = "Refuse its writes, copy the rest and compare"
    order = ("Copy the rows", "Start the services", "Ask its services", "Copy the rows again", refused)
    assert [steps[name] for name in order] == sorted(steps[name] for name in order)


def test_a17_rows_in_the_pool_go_when_their_days_are_over_and_not_before(region: Region, pool: Pool) -> None:
    pool.add("settles", notes=3)
    with pool.migrating("settles"):
        region.run("move", tenant="settles", to="silo", **IMAGE)
    region.run("clear")
    assert len(pool.notes("settles")) == 3
    said = region.fail("delete", tenant="settles", confirm="settles")
    assert "clear them first" in said

    region.remember("settles", source_read_only_until="2020-01-01")
    region.run("clear")
    assert pool.notes("settles") == []
    assert len(pool.notes("settles", silo=True)) == 3
    known = region.known("settles")
    assert (known["source_read_only_until"], bool(known["source_cleared_at"])) == ("", True)
    region.run("delete", tenant="settles", confirm="settles")
    (export,) = region.known("settles")["exports"]
    assert export["rows"] >= 3, "policies that bind the owner too hide nothing from an export"
    assert region.opened(export).count("\tnote ") == 3


def test_a17_a_suspended_tenant_is_cleared_and_one_without_a_stack_holds_up_nobody(
    region: Region, pool: Pool
) -> None:
    pool.add("late", notes=2)
    with pool.migrating("late"):
        region.run("move", tenant="late", to="silo", **IMAGE)
    region.run("change", operation="suspend", tenant="late")
    # Comes first, and has lost its stack.
    table = region.client("dynamodb")
    item = {"tenant": "adrift", "item": "tenant", "state": "active", "source_read_only_until": "2020-01-01"}
    key = {name: {"S": item[name]} for name in ("tenant", "item")}
    table.put_item(
        TableName="clinic-production-eu-tenants", Item={name: {"S": value} for name, value in item.items()}
    )
    region.remember("late", source_read_only_until="2020-01-01")
    try:
        region.run("clear")
        assert "clinic-production-eu-tenant-adrift" in region.known("adrift")["failure"]
        assert region.known("adrift")["source_read_only_until"] == "2020-01-01"
    finally:
        table.delete_item(TableName="clinic-production-eu-tenants", Key=key)
    assert pool.notes("late") == []
    assert (region.known("late")["source_read_only_until"], region.known("late")["state"]) == (
        "",
        "suspended",
    )
    region.run("delete", tenant="late", confirm="late")


def test_a17_the_fence_of_who_is_deleted_is_lifted_the_day_after(region: Region, pool: Pool) -> None:
    pool.add("leaves-pool", notes=2, value="tenant-4711")
    with pool.migrating("leaves-pool"):
        region.run("move", tenant="leaves-pool", to="silo", tenant_value="tenant-4711", **IMAGE)
    region.run("clear", tenant="leaves-pool")
    region.run("clear", tenant="leaves-pool")
    assert pool.refuses("leaves-pool"), "while the silo serves, nobody may write here"
    region.run("delete", tenant="leaves-pool", confirm="leaves-pool")
    region.run("clear")
    assert pool.refuses("leaves-pool"), "somebody may have its route still"

    region.remember("leaves-pool", updated_at="2020-01-01T00:00:00Z")
    with region.listening() as heard:
        region.run("clear")
        region.run("clear", tenant="leaves-pool")
    lifted = [one for one in heard if one["detail"]["tenantId"] == "leaves-pool"]
    assert [one["detail-type"] for one in lifted] == ["liftSuccess"], "once"
    assert region.known("leaves-pool")["pool_fenced"] == ""
    region.place("leaves-pool")
    assert not pool.refuses("leaves-pool"), "its id may be used again"


def test_a17_who_never_moved_or_left_another_pool_has_no_fence_to_lift(region: Region, pool: Pool) -> None:
    region.run("create", tenant="never-moved", **NEW)
    region.run("delete", tenant="never-moved", confirm="never-moved")

    pool.add("from-afar", notes=2)
    with pool.migrating("from-afar"):
        region.run("move", tenant="from-afar", to="silo", **IMAGE)
    # The shard whose pool it left is no more: nothing can be cleared there, and nobody waits for it.
    region.remember("from-afar", pool_fenced="2")
    region.run("delete", tenant="from-afar", confirm="from-afar")
    with region.listening() as heard:
        region.run("clear", tenant="never-moved")
        region.run("clear", tenant="from-afar")
    assert heard == [], "nothing was lifted, and nothing failed"
    known = region.known("from-afar")
    assert (known["state"], known["failure"], known["pool_fenced"]) == ("deleted", "", "2")
    assert known["source_read_only_until"] == "", "the next tenant with this id has left nothing there"


def test_a17_a_fence_that_cannot_be_lifted_says_why_and_the_deletion_stands(
    region: Region, pool: Pool
) -> None:
    pool.add("stuck", notes=1)
    with pool.migrating("stuck"):
        region.run("move", tenant="stuck", to="silo", **IMAGE)
    region.run("clear", tenant="stuck")
    region.run("delete", tenant="stuck", confirm="stuck")
    with pool.owner() as owner:
        owner.execute("UPDATE cambium_moving.move SET state = 'verified' WHERE tenant = 'stuck'")
    region.run("clear", tenant="stuck")
    known = region.known("stuck")
    assert known["failure"].startswith("lift failed: ")
    assert "was not cleared of this tenant (it is source, verified)" in known["failure"]
    assert (known["state"], known["pool_fenced"]) == ("deleted", "1")
    with pool.owner() as owner:
        owner.execute("UPDATE cambium_moving.move SET state = 'cleared' WHERE tenant = 'stuck'")
    region.run("clear", tenant="stuck")
    assert (region.known("stuck")["failure"], region.known("stuck")["pool_fenced"]) == ("", "")


def test_a17_a_copy_that_a_way_back_left_in_the_pool_must_go_before_the_tenant_does(
    region: Region, pool: Pool
) -> None:
    pool.add("untidy", notes=3)
    with pool.migrating("untidy"):
        region.run("move", tenant="untidy", to="silo", **IMAGE)
    region.run("clear", tenant="untidy")
    broken = (("Read what was compared", "before"), ("Empty the pool of it", "before"))
    with region.beside("move", *broken) as verb:
        region.fail(verb, tenant="untidy", to="pool")
    region.is_whole("untidy")
    assert len(pool.notes("untidy")) == 3
    said = region.fail("delete", tenant="untidy", confirm="untidy")
    assert "the pool holds a copy of untidy" in said
    assert "run that move again" in said
    with region.beside("move", broken[0]) as verb:
        region.fail(verb, tenant="untidy", to="pool")
    assert pool.notes("untidy") == []
    region.run("delete", tenant="untidy", confirm="untidy")
    region.run("clear", tenant="untidy")
    assert not pool.refuses("untidy"), "the way back has deleted what was on record of the fence"


def test_a17_a_refused_check_says_why_through_the_machine(region: Region, pool: Pool) -> None:
    pool.add("bare", notes=1)
    with pool.owner() as owner:
        owner.execute("CREATE TABLE bare (tenant_id text NOT NULL, id bigint, PRIMARY KEY (tenant_id, id))")
    try:
        with pool.migrating("bare"):
            said = region.fail("move", tenant="bare", to="silo", **IMAGE)
    finally:
        with pool.owner() as owner:
            owner.execute("DROP TABLE bare")
    assert said.startswith("TenantFailed: move failed at Check both databases: ")
    assert "bare" in said.partition("databases: ")[2].partition("Tenant bare")[0]
    assert "row-level security" in said
    assert "exit code 5" in said
    assert said.partition("; then")[0] in f"TenantFailed: {region.known('bare')['failure']}. {said}"


BAD: list[tuple[dict[str, Any], str]] = [
    ({"tenant": "unheard", "to": "silo", **IMAGE}, "is in no tier: there is nothing to move"),
    ({"tenant": "afar", "to": "silo", **IMAGE}, "a move stays in its region and shard"),
    (
        {"tenant": "asleep", "to": "silo", **IMAGE},
        "asleep is suspended",
    ),
    ({"tenant": "here", "to": "silo"}, "image must be the tag of an image, such as a commit, got None"),
    ({"tenant": "here", "to": "moon", **IMAGE}, "to must be one of silo, pool, got 'moon'"),
    ({"tenant": "here", "to": "pool"}, "is in the shared tier already"),
    ({"tenant": "here", "to": "silo", "size": "huge", **IMAGE}, "size must be one of large, xlarge"),
    (
        {"tenant": "here", "to": "silo", "tenant_value": "x' OR '1'='1", **IMAGE},
        "tenant_value must be what the tenant column holds: 1 to 128 letters",
    ),
    (
        {"tenant": "here", "to": "silo", "tenant_value": "afar", **IMAGE},
        "tenant_value must be of one organization, and 'afar' is that of afar",
    ),
    ({"tenant": "Here!", "to": "silo", **IMAGE}, "tenant must be 2 to 20 lower-case letters"),
]


@pytest.mark.parametrize(("told", "said"), BAD, ids=[said[:40] for _, said in BAD])
def test_a17_a_move_that_cannot_be_is_refused(
    region: Region, pool: Pool, told: dict[str, Any], said: str
) -> None:
    region.route("here", tier="shared")
    region.route("afar", tier="shared", region="us", residency="US")
    region.route("asleep", tier="shared", state="suspended")
    before = region.everything()
    found = region.fail("move", **told)
    assert found.startswith("Refused: ")
    assert said in found
    assert region.everything() == before
