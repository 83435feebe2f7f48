"""Steps in the wrong order, and two at once, are refused; nothing that serves is overwritten or deleted."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from moving import catalog, place, record
from ops.drills.moving_ground import OWNER
from support.tenant_moves import MOVED, OTHER, WHOLE, Hall

pytestmark = pytest.mark.database


def test_nothing_is_caught_up_verified_opened_or_cleared_without_a_fence(hall: Hall) -> None:
    assert hall.run("copy") == 0
    for step in ("catch-up", "verify", "open", "clear"):
        assert hall.run(step) == 5, step
        assert "is not fenced for this tenant" in hall.message
    assert hall.count(hall.pool) == 231


def test_nothing_is_cleared_that_was_not_verified(hall: Hall) -> None:
    assert hall.run("copy", "fence", "catch-up") == 0
    assert hall.run("clear") == 5
    assert "was never verified" in hall.message


def test_a_fence_with_a_gap_is_none(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0
    hall.change(hall.pool, "ALTER TABLE note DISABLE TRIGGER USER")
    assert hall.run("clear") == 5
    assert "public.note takes writes" in hall.message


def test_an_old_copy_that_was_changed_is_not_cleared(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0
    with hall.pool.admin() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("UPDATE note SET body = 'x' WHERE tenant_id = %s", [MOVED])
    assert hall.run("clear") == 4
    assert "was changed after it was verified" in hall.message
    assert hall.count(hall.pool) == 231


def test_an_old_copy_stays_while_the_target_is_another_database(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0
    hall.change(hall.silo, "DELETE FROM cambium_moving.move")
    assert hall.run("clear") == 5
    assert "is not the one that" in hall.message


def test_what_serves_is_neither_emptied_nor_overwritten(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0
    with hall.login(hall.silo) as app:
        app.execute("UPDATE note SET body = 'the silo serves'")
    for step in ("empty", "copy", "catch-up"):
        assert hall.run(step) == 5, step
    assert hall.count(hall.silo) == 231


def test_a_move_that_was_stopped_once_it_was_verified_is_finished_by_its_next_run(hall: Hall) -> None:
    assert hall.run("check", "copy", "fence", "catch-up", "verify") == 0, hall.said
    before = hall.rows(hall.silo)

    assert hall.run("check", "copy", "copy") == 0, hall.said
    assert hall.once("fence", "catch-up", "verify") == 0, hall.said
    assert hall.rows(hall.silo) == hall.rows(hall.pool) == before
    assert hall.run("clear") == 0, hall.said


def test_nothing_is_copied_over_what_was_verified_while_the_fence_has_a_gap(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0
    hall.change(hall.pool, "ALTER TABLE note DISABLE TRIGGER USER")
    assert hall.run("copy") == 5
    assert "public.note takes writes" in hall.message


def test_a_move_whose_fence_was_half_lifted_is_finished_by_its_next_run_with_all_writes(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0, hall.said
    with hall.login(hall.pool, OWNER) as held:
        held.execute("BEGIN")
        held.execute("LOCK TABLE visit IN SHARE UPDATE EXCLUSIVE MODE")
        assert hall.run("unfence", FENCE_SECONDS="1") == 6, hall.said
        assert hall.run("clear") == 5, "what takes writes is not an old copy"
    with hall.login(hall.pool) as app:
        app.execute("INSERT INTO note (body) VALUES ('between the runs')")

    assert hall.run(*WHOLE) == 0, hall.said
    assert hall.rows(hall.silo) == hall.rows(hall.pool)
    assert "between the runs" in str(hall.rows(hall.silo)["note"])


def test_the_source_does_not_serve_again_once_the_target_was_written_to(hall: Hall) -> None:
    assert hall.run(*WHOLE, "unfence") == 0, "nobody has written"
    assert hall.run("fence", "catch-up", "verify") == 0, hall.said
    with hall.login(hall.silo) as app:
        app.execute("INSERT INTO note (body) VALUES ('the silo serves')")

    assert hall.run("unfence") == 5
    assert "was written to after it was verified" in hall.message
    assert hall.run(*WHOLE, back=True) == 0, hall.said


LED: dict[str, Any] = {"MOVE_SERVED_BY": "source"}
"""What a move says that has looked at the line, and that nobody else can lead on."""
JOB = "INSERT INTO note (body) VALUES ('by a job of a side that nobody was led to')"


def test_what_a_job_wrote_in_a_silo_that_never_served_is_discarded_and_counted(hall: Hall) -> None:
    assert hall.run("check", "copy", "fence", "catch-up", "verify", **LED) == 0, hall.said
    before = hall.rows(hall.pool)
    with hall.login(hall.silo) as app:
        app.execute(JOB)
        app.execute("UPDATE patient SET name = 'by a job' WHERE client = 3")
        app.execute("DELETE FROM visit WHERE number = 1")
    assert hall.run("copy") == 5, "nobody has said who serves"

    assert hall.run("check", "copy", **LED) == 0, hall.said
    assert hall.result["discarded"] == 42
    assert hall.result["deleted"] == 1
    assert "by a job" not in hall.said
    assert hall.once("fence", "catch-up", "verify", **LED) == 0, hall.said
    assert hall.rows(hall.silo) == hall.rows(hall.pool) == before


def test_what_a_job_wrote_between_the_copy_and_the_comparison_is_discarded_as_well(hall: Hall) -> None:
    assert hall.run("copy", "fence", "catch-up", "verify", **LED) == 0, hall.said
    with hall.login(hall.silo) as app:
        app.execute(JOB)
    assert hall.once("fence", "catch-up", "verify", **LED) == 0, hall.said
    assert hall.result["steps"][1]["discarded"] == 1
    assert hall.rows(hall.silo) == hall.rows(hall.pool)


def test_a_source_that_is_led_to_serves_again_whatever_a_job_wrote_on_the_other_side(hall: Hall) -> None:
    assert hall.run("copy", "fence", "catch-up", "verify", **LED) == 0, hall.said
    with hall.login(hall.silo) as app:
        app.execute(JOB)
    assert hall.run("unfence") == 5
    assert hall.run("unfence", **LED) == 0, hall.said
    assert hall.result["written_in_target"] == 1
    with hall.login(hall.pool) as app:
        app.execute("INSERT INTO note (body) VALUES ('the pool serves')")
    assert hall.run("empty", **LED) == 0, hall.said
    assert (hall.count(hall.pool), hall.count(hall.silo)) == (232, 0)


def test_what_a_job_of_everybody_wrote_in_an_opened_pool_is_discarded_on_the_way_back(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0, hall.said
    assert hall.run("copy", "fence", "catch-up", "verify", "open", back=True, **LED) == 0, hall.said
    before = hall.rows(hall.silo)
    with hall.login(hall.pool) as app:
        app.execute(JOB)
    assert hall.run("copy", back=True) == 5, "nobody has said who serves"

    assert hall.run("check", "copy", back=True, **LED) == 0, hall.said
    assert hall.result["discarded"] == 1
    assert hall.once("fence", "catch-up", "verify", "open", back=True, **LED) == 0, hall.said
    assert hall.rows(hall.pool) == hall.rows(hall.silo) == before
    with hall.login(hall.pool) as app:
        app.execute(JOB)
    assert hall.run("unfence", "empty", back=True, **LED) == 0, hall.said
    assert (hall.count(hall.pool), hall.rows(hall.silo)) == (0, before)


def test_nothing_is_discarded_for_a_source_that_has_deleted_its_rows(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0, hall.said
    with hall.login(hall.silo) as app:
        app.execute("INSERT INTO note (body) VALUES ('the silo serves')")
    with hall.pool.admin() as admin:
        admin.execute("UPDATE cambium_moving.move SET state = 'clearing'")
    before = hall.rows(hall.silo)
    for step in ("copy", "catch-up", "unfence"):
        assert hall.run(step, **LED) == 5, step
    assert hall.rows(hall.silo) == before


def test_who_serves_is_said_in_a_word_that_is_known(hall: Hall) -> None:
    assert hall.run("copy", MOVE_SERVED_BY="target") == 2
    assert "MOVE_SERVED_BY must be source, or left out" in hall.message


def test_a_pool_that_is_copied_back_to_is_opened_only_when_it_was_verified(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0, hall.said
    assert hall.run("copy", "fence", back=True) == 0, hall.said
    assert hall.run("unfence") == 5
    assert hall.run("open", back=True) == 5
    assert hall.run("catch-up", "verify", back=True) == 0, hall.said
    assert hall.run("unfence") == 0, "the same as open, seen from the pool"


def test_each_step_may_be_repeated(hall: Hall) -> None:
    for step in WHOLE:
        # Once it is verified, the target may serve: nothing is copied over it.
        assert hall.run(step, step) == 0, hall.said
    assert hall.run("fence", "verify", "open", "clear", "clear") == 0, hall.said


def test_several_steps_in_one_run_end_with_the_first_that_fails(hall: Hall) -> None:
    assert hall.once("check", "copy", "verify", "open") == 5
    assert hall.result["step"] == "verify"
    assert hall.once("fence", "catch-up", "verify", "open") == 0
    assert [one["step"] for one in hall.result["steps"]] == ["fence", "catch-up", "verify", "open"]


def test_a_second_run_for_the_same_tenant_waits_and_gives_up(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "OTHER_RUN_SECONDS", 0.5)
    with hall.pool.admin() as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [place.lock_key(MOVED)])
        assert hall.run("check") == 6
    assert "another run moves this tenant" in hall.message
    assert hall.run("check") == 0


def test_a_pool_is_told_from_a_silo_by_what_it_remembers_or_by_what_is_said(hall: Hall) -> None:
    assert hall.run("check", back=True) == 5, "a silo that never was: the other database has other tenants"
    assert hall.run(*WHOLE) == 0
    assert hall.run("check", back=True) == 0
    assert hall.result["into"] == "pool"
    assert hall.run("check", back=True, MOVE_INTO="silo") == 5
    assert "rows of another tenant" in hall.message


def test_other_tenants_wait_for_a_fence_no_longer_than_a_blink(hall: Hall) -> None:
    """A writer holds the table, so the fence queues: whoever comes after it must not wait for that writer."""
    waits: list[float] = []
    over = threading.Event()

    def write() -> None:
        with hall.login(hall.pool, tenant=OTHER) as session:
            while not over.is_set():
                began = time.monotonic()
                session.execute("UPDATE patient SET change = 2 WHERE client = 2")
                waits.append(time.monotonic() - began)
                time.sleep(0.01)

    with hall.login(hall.pool) as slow, ThreadPoolExecutor(1) as beside:
        slow.execute("BEGIN")
        slow.execute("UPDATE patient SET change = 1 WHERE client = 1")
        other = beside.submit(write)
        began = time.monotonic()
        assert hall.run("fence", FENCE_SECONDS="4") == 6
        seconds = time.monotonic() - began
        over.set()
        other.result()
    assert 0.1 < max(waits) < seconds / 2, "it did queue, and went by"


def test_what_another_move_drops_at_this_moment_is_no_index_of_ours(hall: Hall) -> None:
    hall.change(hall.pool, "CREATE TABLE passing (id int PRIMARY KEY)")
    with hall.pool.admin() as admin, admin.transaction():
        admin.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        admin.execute("SELECT count(*) FROM pg_index")
        hall.change(hall.pool, "DROP TABLE passing")
        found = admin.execute(catalog.INDEXES).fetchall()
    assert found
    assert all(definition for _, definition in found)


def test_a_move_waits_while_another_makes_what_all_moves_share(hall: Hall) -> None:
    assert hall.run("copy", "fence", "unfence") == 0, hall.said
    made = threading.Event()

    def make() -> None:
        with hall.login(hall.pool, OWNER) as other, other.transaction():
            other.execute("SELECT pg_advisory_xact_lock(%s)", [record.SHARED_LOCK])
            again = other.execute("SELECT pg_get_functiondef('cambium_moving.refuse'::regproc)").fetchone()
            assert again is not None
            other.execute(again[0].encode())
            made.set()
            time.sleep(1)

    with ThreadPoolExecutor(1) as beside:
        other = beside.submit(make)
        assert made.wait(timeout=30)
        assert hall.run("fence") == 0, hall.said
        other.result()
