"""The old copy is kept for days, and migrations go on meanwhile: it is cleared even so, or says why not."""

import re
from pathlib import Path

import pytest
from psycopg import errors

from support.tenant_moves import GUARDED, MOVED, OTHER, WHOLE, Hall

pytestmark = pytest.mark.database
RUNBOOK = Path(__file__).parents[3] / "docs/runbooks/migrations.md"


def test_an_old_copy_is_cleared_though_migrations_added_a_column_and_a_table(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0, hall.said
    hall.change(hall.pool, "ALTER TABLE note ADD COLUMN at timestamptz DEFAULT now(), ADD COLUMN a_first int")
    hall.change(hall.pool, "CREATE TABLE extra (tenant_id uuid, id int PRIMARY KEY);" + GUARDED)

    assert hall.run("clear") == 0, hall.said
    assert hall.count(hall.pool) == 0
    with hall.login(hall.pool, "shop_owner") as owner, pytest.raises(errors.Error) as failure:
        owner.execute("INSERT INTO extra VALUES (current_tenant(), 1)")
    assert failure.value.sqlstate == "TM001", "the new table is fenced as well"


def test_rows_in_a_table_that_was_added_are_named_and_nothing_is_deleted(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0, hall.said
    hall.change(hall.pool, "CREATE TABLE extra (tenant_id uuid, id serial PRIMARY KEY);" + GUARDED)
    with hall.pool.admin() as admin:
        admin.execute("INSERT INTO extra (tenant_id) SELECT id FROM tenant")

    assert hall.run("clear") == 5
    assert "public.extra was made in" in hall.message
    assert hall.count(hall.pool) == 231
    with hall.login(hall.pool, "shop_owner") as owner:
        assert owner.execute("DELETE FROM extra").rowcount == 1
    assert hall.run("clear") == 0, hall.said


def test_a_column_that_was_dropped_leaves_nothing_to_compare(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0, hall.said
    hall.change(hall.pool, "ALTER TABLE patient DROP COLUMN scan")

    assert hall.run("clear") == 4
    assert "public.patient has lost the column scan" in hall.message
    assert hall.count(hall.pool) == 231


def test_a_backfill_as_the_runbook_has_it_passes_by_a_fenced_tenant(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0, hall.said
    hall.change(hall.pool, "ALTER TABLE note ADD COLUMN length int")
    with pytest.raises(errors.Error) as failure:
        hall.change(hall.pool, "UPDATE note SET length = length(body)")
    assert failure.value.sqlstate == "TM001"
    (backfill,) = re.findall(r"```sql\n(DO .*?)```", RUNBOOK.read_text(), re.DOTALL)

    hall.change(hall.pool, backfill)

    with hall.pool.admin() as admin:
        query = "SELECT count(*), count(length) FROM note WHERE tenant_id = %s"
        assert admin.execute(query, [OTHER]).fetchone() == (30, 30)
        assert admin.execute(query, [MOVED]).fetchone() == (30, 0)
    assert hall.run("clear") == 0, hall.said


def test_an_id_may_be_used_in_the_pool_again_once_its_fence_is_lifted(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0, hall.said
    assert hall.run("lift", MOVE_TO="") == 5, "the old copy is there"
    assert "was not cleared of this tenant (it is source, verified)" in hall.message
    assert hall.run("clear") == 0, hall.said
    place = "INSERT INTO tenant VALUES (current_tenant(), 'again')"
    with hall.login(hall.pool) as app, pytest.raises(errors.Error) as failure:
        app.execute(place)
    assert failure.value.sqlstate == "TM001", "a writer with an old route"

    assert hall.run("lift", "lift", MOVE_TO="") == 0, hall.said

    with hall.pool.admin() as admin:
        left = admin.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'cambium%'").fetchone()
        known = admin.execute("SELECT count(*) FROM cambium_moving.move").fetchone()
    assert (left, known) == ((0,), (0,))
    with hall.login(hall.pool) as app:
        app.execute(place)


def test_a_fence_is_not_lifted_from_one_that_never_left(hall: Hall) -> None:
    assert hall.run("copy", "fence") == 0, hall.said
    assert hall.run("lift", MOVE_TO="") == 5
    assert hall.count(hall.pool) == 231


def test_a_fence_is_lifted_though_a_way_back_that_was_taken_back_forgot_it(hall: Hall) -> None:
    assert hall.run(*WHOLE, "clear") == 0, hall.said
    assert hall.run("copy", "fence", "unfence", "empty", back=True) == 0, hall.said
    with hall.login(hall.pool) as app, pytest.raises(errors.Error) as failure:
        app.execute("INSERT INTO tenant VALUES (current_tenant(), 'again')")
    assert failure.value.sqlstate == "TM001", "nothing is on record, and the fence stands"

    assert hall.run("lift", MOVE_TO="") == 0, hall.said
    with hall.login(hall.pool) as app:
        app.execute("INSERT INTO tenant VALUES (current_tenant(), 'again')")


def test_a_fence_is_not_lifted_while_a_copy_of_a_way_back_is_there(hall: Hall) -> None:
    assert hall.run(*WHOLE, "clear") == 0, hall.said
    assert hall.run("copy", back=True) == 0, hall.said

    assert hall.run("lift", MOVE_TO="") == 5
    assert "holds 231 rows of this tenant: nothing was lifted" in hall.message


def test_there_is_nothing_to_lift_of_who_never_moved(hall: Hall) -> None:
    assert hall.run("lift", MOVE_TO="") == 0, hall.said
    assert hall.result["tables"] == 0
