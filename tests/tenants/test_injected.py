"""A17: a failure at any step of a tenant's life leaves a working tenant or none; a second run finishes."""

import pytest

from support.broken_steps import CHANGE, CREATE, DELETE, DELETE_ONWARD
from support.embedded_tenants import NEW, NO_TRACES, Region

pytestmark = [pytest.mark.embedded, pytest.mark.database]


def test_a17_a_failed_creation_leaves_no_trace_and_the_next_one_finishes(region: Region) -> None:
    for step, when in CREATE:
        with region.broken("create", (step, when)):
            said = region.fail("create", tenant="torn", **NEW)
        assert said.startswith(f"TenantFailed: create failed at {step}"), said
        assert region.traces("torn") == NO_TRACES, (step, when)
        known = region.known("torn")
        assert known["state"] == "failed"
        assert step in known["failure"]
        assert "operation" not in known
        assert not region.snapshots("torn"), (step, when)
    region.run("create", tenant="torn", **NEW)
    region.is_whole("torn")
    assert region.known("torn")["failure"] == ""


def test_a17_an_organization_that_is_placed_during_a_creation_keeps_its_line(region: Region) -> None:
    run = region.start("create", tenant="placed", **NEW)
    region.until(lambda: region.stack("placed"))
    assert region.routed("placed")["state"] == "provisioning", "nobody can place it while its stack is made"
    region.route("placed", tier="shared")
    assert region.end(run)["status"] == "FAILED"
    assert region.routed("placed")["tier"] == "shared"
    assert {**region.traces("placed"), "routed": {}} == NO_TRACES
    assert region.known("placed")["state"] == "failed"


def test_a17_a_tenant_whose_line_is_somebody_elses_can_be_deleted(region: Region) -> None:
    region.run("create", tenant="ousted", **NEW)
    region.route("ousted", tier="shared")
    region.run("delete", tenant="ousted", confirm="ousted")
    assert region.routed("ousted")["tier"] == "shared"
    assert {**region.traces("ousted"), "routed": {}} == NO_TRACES


def test_a17_a_failed_change_leaves_the_tenant_as_it_was(region: Region) -> None:
    region.run("create", tenant="kept", **NEW)
    before = region.shape("kept")
    for step, when in CHANGE:
        with region.broken("change", (step, when)):
            said = region.fail("change", operation="update", tenant="kept", size="xlarge", image="v2")
        assert step in said
        assert region.shape("kept") == before, (step, when)
        region.is_whole("kept")
    region.run("change", operation="update", tenant="kept", size="xlarge", image="v2")
    region.is_whole("kept", size="xlarge", image="v2")


def test_a17_a_failed_deletion_leaves_the_tenant_served_until_there_is_no_way_back(region: Region) -> None:
    region.run("create", tenant="gone", **NEW)
    before = region.shape("gone")
    for step, when in DELETE:
        with region.broken("delete", (step, when)):
            assert step in region.fail("delete", tenant="gone", confirm="gone")
        assert region.shape("gone") == before, (step, when)
        assert not region.snapshots("gone"), (step, when)
        assert not region.exports("gone"), (step, when)
        region.is_whole("gone")
    for step, when in DELETE_ONWARD:
        with region.broken("delete", (step, when)):
            assert "run it again to finish" in region.fail("delete", tenant="gone", confirm="gone")
        assert region.known("gone")["state"] == "deleting", (step, when)
    region.run("delete", tenant="gone", confirm="gone")
    assert region.traces("gone") == NO_TRACES
    assert region.known("gone")["last_snapshot"] in region.snapshots("gone")


def test_a17_what_the_way_back_could_not_do_is_said_and_done_by_the_next_run(region: Region) -> None:
    with region.broken("create", ("Migrate", "before"), ("Remove the stack again", "before")):
        said = region.fail("create", tenant="left", **NEW)
    assert "then Remove the stack again" in said
    assert "run it again" in said
    region.run("create", tenant="left", **NEW)
    region.is_whole("left")


def test_a17_a_run_that_was_stopped_is_finished_by_the_next(region: Region) -> None:
    run = region.start("create", tenant="stopped", **NEW)
    region.until(lambda: region.stack("stopped"))
    assert "is being changed by another run" in region.fail("create", tenant="stopped", **NEW)
    region.client("stepfunctions").stop_execution(executionArn=run)
    region.run("create", tenant="stopped", **NEW)
    region.is_whole("stopped")


def test_a17_a_creation_that_was_stopped_and_overtaken_is_let_go_by_a_deletion(region: Region) -> None:
    region.stopped("create", "Announce it", tenant="overtaken", **NEW)
    assert region.known("overtaken")["state"] == "creating"
    assert region.place("overtaken")["tier"] == "shared"

    said = region.fail("create", tenant="overtaken", **NEW)
    assert "is in the shared tier" in said
    assert "Delete the tenant, whose creation was stopped" in said
    moved = region.fail("move", tenant="overtaken", to="silo", image="v1")
    assert "the creation of tenant overtaken was stopped: create it again to finish it, or delete it" in moved
    assert region.ask("GET", "/tenants/overtaken")[1]["interrupted"] is True

    region.run("delete", tenant="overtaken", confirm="overtaken")
    assert region.known("overtaken")["state"] == "deleted"
    assert {**region.traces("overtaken"), "routed": {}} == NO_TRACES
    assert (region.routed("overtaken")["tier"], region.routed("overtaken")["state"]) == ("shared", "active")


def test_a17_a_creation_that_was_stopped_half_way_can_be_deleted_with_all_it_made(region: Region) -> None:
    region.stopped("create", "Migrate", tenant="half-made", **NEW)
    assert region.databases("half-made")
    region.run("delete", tenant="half-made", confirm="half-made")
    assert (region.traces("half-made"), region.known("half-made")["state"]) == (NO_TRACES, "deleted")
    region.run("create", tenant="half-made", **NEW)
    region.is_whole("half-made")


def test_a17_what_users_wrote_before_a_creation_was_recorded_outlives_a_second_run_that_fails(
    region: Region,
) -> None:
    region.stopped("create", "Record the success", tenant="used", **NEW)
    with region.login("used", "migration") as connection:
        connection.execute("CREATE TABLE visits AS SELECT 7 AS id")
    region.client("rds").create_db_snapshot(
        DBSnapshotIdentifier="by-hand", DBInstanceIdentifier="clinic-used-production"
    )
    for step in ("Announce it", "Migrate", "Ask its services"):
        with region.broken("create", (step, "before")):
            said = region.fail("create", tenant="used", **NEW)
        assert "somebody may have used it, so all of it is kept; run it again to finish" in said, step
        assert region.known("used")["state"] == "creating"
        assert (region.routed("used")["state"], region.serves("used")) == ("active", True), step
        assert region.databases("used")[0]["DeletionProtection"], step
        assert region.snapshots("used") == ["by-hand"], step
    region.run("create", tenant="used", **NEW)
    region.is_whole("used")
    with region.login("used", "migration") as connection:
        assert connection.execute("SELECT id FROM visits").fetchall() == [(7,)]


def test_a17_the_deletion_of_a_creation_that_was_not_recorded_exports_what_users_wrote(
    region: Region,
) -> None:
    region.stopped("create", "Record the success", tenant="unrecorded", **NEW)
    with region.login("unrecorded", "migration") as connection:
        connection.execute("CREATE TABLE visits AS SELECT 7 AS id")
    region.run("delete", tenant="unrecorded", confirm="unrecorded")
    (export,) = region.known("unrecorded")["exports"]
    assert "COPY public.visits (id) FROM stdin;\n7\n" in region.opened(export)


def test_a17_a_deletion_that_was_stopped_is_taken_back_while_its_stack_is_there(region: Region) -> None:
    region.run("create", tenant="regretted", **NEW)
    region.stopped("delete", "Remove the stack", tenant="regretted", confirm="regretted")
    assert (region.known("regretted")["state"], region.serves("regretted")) == ("deleting", False)
    with region.broken("change", ("Ask its services", "before")):
        region.fail("change", operation="resume", tenant="regretted")
    assert (region.known("regretted")["state"], region.routed("regretted")["state"]) == (
        "suspended",
        "suspended",
    )
    region.run("change", operation="resume", tenant="regretted")
    region.is_whole("regretted")

    region.stopped("delete", "Close it", tenant="regretted", confirm="regretted")
    region.run("change", operation="resume", tenant="regretted")
    region.is_whole("regretted")

    with region.broken("delete", ("Take it out of the routing", "before")):
        region.fail("delete", tenant="regretted", confirm="regretted")
    said = region.fail("change", operation="resume", tenant="regretted")
    assert "the stack of tenant regretted has begun to go: delete it again to finish that" in said
    region.run("delete", tenant="regretted", confirm="regretted")
    assert (region.traces("regretted"), region.known("regretted")["state"]) == (NO_TRACES, "deleted")


def test_a17_a_deletion_whose_stack_is_gone_makes_no_empty_tenant_of_it(region: Region) -> None:
    region.run("create", tenant="departed", **NEW)
    with region.broken("delete", ("Take it out of the routing", "before")):
        region.fail("delete", tenant="departed", confirm="departed")
    with region.broken("delete", ("Close it", "before")):
        said = region.fail("delete", tenant="departed", confirm="departed")
    assert "run it again to finish" in said
    assert (region.stack("departed"), region.known("departed")["state"]) == ("", "deleting")
    region.run("delete", tenant="departed", confirm="departed")
    assert region.known("departed")["last_snapshot"] in region.snapshots("departed")
