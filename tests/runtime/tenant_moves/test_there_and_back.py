"""A tenant moves from the pool to a silo and back; the database itself refuses what would be lost."""

from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from support.tenant_moves import GUARDED, MOVED, OTHER, THIRD, WHOLE, Hall

pytestmark = pytest.mark.database
REFUSED = "TM001"
UNANSWERED = "DELETE FROM note WHERE id = (SELECT min(id) FROM note)"


@pytest.mark.parametrize("versions", [("15", "15"), ("16", "16"), ("18", "18"), ("16", "18"), ("18", "16")])
def test_it_moves_there_and_back_with_every_kind_of_value(hall: Hall) -> None:
    before = {tenant: hall.rows(hall.pool, tenant) for tenant in (MOVED, OTHER, THIRD)}

    assert hall.run(*WHOLE) == 0, hall.said
    assert hall.rows(hall.silo) == before[MOVED]
    assert hall.count(hall.silo, OTHER) == hall.count(hall.silo, THIRD) == 0
    assert {tenant: hall.rows(hall.pool, tenant) for tenant in before} == before

    with hall.login(hall.silo) as app:
        app.execute("INSERT INTO patient (client, name) VALUES (1, 'new')")
        app.execute("UPDATE patient SET change = 7 WHERE client = 3")
        app.execute("DELETE FROM patient WHERE client = 2")
    with hall.login(hall.pool, tenant=OTHER) as app:
        app.execute("INSERT INTO patient (client, name) VALUES (1, 'new')")
    now, other = hall.rows(hall.silo), hall.rows(hall.pool, OTHER)

    assert hall.run(*WHOLE, back=True) == 0, hall.said
    assert hall.rows(hall.pool) == now
    assert hall.rows(hall.pool, OTHER) == other
    assert hall.rows(hall.pool, THIRD) == before[THIRD]
    assert sqlstate(hall, hall.silo, UNANSWERED) == REFUSED
    for statement in WRITES:
        assert sqlstate(hall, hall.pool, statement) is None, "served again"

    assert hall.run(*WHOLE) == 0, "and there again, into what it left behind"
    assert hall.rows(hall.silo) == hall.rows(hall.pool)


def sqlstate(hall: Hall, site: Any, statement: str, *, tenant: str = MOVED, role: str = "shop") -> str | None:
    """What a write is answered with; it is not kept."""
    with hall.login(site, role, tenant) as session:
        session.execute("BEGIN")
        try:
            session.execute(statement.encode())
        except psycopg.Error as error:
            return error.sqlstate
        finally:
            session.execute("ROLLBACK")
    return None


WRITES = [
    "INSERT INTO patient (client, name) VALUES (1, 'x')",
    "INSERT INTO patient (client, name) VALUES (1, 'Zoë 1')"
    " ON CONFLICT (tenant_id, name) DO UPDATE SET change = 9",
    "UPDATE patient SET change = 1 WHERE client = 3",
    "DELETE FROM patient WHERE client = 3",
    "DELETE FROM visit WHERE number = 1",
    UNANSWERED,
    "UPDATE tenant SET name = 'x'",
]


@pytest.mark.parametrize("statement", WRITES)
def test_the_fence_refuses_each_write_of_the_tenant_and_none_of_others(hall: Hall, statement: str) -> None:
    assert hall.run("copy", "fence") == 0, hall.said

    assert sqlstate(hall, hall.pool, statement) == REFUSED
    assert sqlstate(hall, hall.pool, statement, tenant=OTHER) is None
    with hall.login(hall.pool) as app:
        assert app.execute("SELECT count(*) FROM patient").fetchone() == (40,), "reads go on"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE note SET tenant_id = '{other}', answers = NULL, id = DEFAULT WHERE tenant_id = '{moved}'",
        "UPDATE note SET tenant_id = '{moved}', answers = NULL, id = DEFAULT WHERE tenant_id = '{other}'",
        "DELETE FROM visit_2026 WHERE tenant_id = '{moved}'",
        "TRUNCATE visit",
    ],
    ids=["away", "towards", "a partition", "truncate"],
)
def test_the_fence_refuses_the_owner_too_whatever_way_it_goes(hall: Hall, statement: str) -> None:
    assert hall.run("copy", "fence") == 0, hall.said

    with hall.login(hall.pool, "shop_owner", None) as session:
        session.execute("SELECT set_config('app.every_tenant', 'on', false)")
        with pytest.raises(psycopg.Error) as failure:
            session.execute(statement.format(moved=MOVED, other=OTHER).encode())

    assert failure.value.sqlstate == REFUSED


def test_an_application_cannot_pass_the_fence_by_pretending_to_be_the_program(hall: Hall) -> None:
    assert hall.run("copy", "fence") == 0, hall.said

    with hall.login(hall.pool) as app:
        app.execute("SET cambium.moving = 'on'")
        with pytest.raises(psycopg.Error) as failure:
            app.execute("UPDATE patient SET change = 1")

    assert failure.value.sqlstate == REFUSED
    assert "is being moved" in str(failure.value)
    assert failure.value.diag.message_hint


def test_a_write_in_flight_is_waited_for_and_comes_along(hall: Hall) -> None:
    assert hall.run("copy") == 0
    with hall.login(hall.pool) as app:
        app.execute("BEGIN")
        app.execute("INSERT INTO patient (client, name) VALUES (-77, 'in flight')")
        assert hall.run("fence", FENCE_SECONDS="1") == 6
        assert "patient of the source" in hall.message
        assert "1 sessions hold it" in hall.message
        assert sqlstate(hall, hall.pool, "UPDATE tenant SET name = 'x'") is None, "the fence is down again"
        app.execute("COMMIT")
        app.execute("INSERT INTO patient (client, name) VALUES (-77, 'after a fence that was given up')")

    assert hall.run("fence", "catch-up", "verify") == 0, hall.said
    assert (
        sum("in flight" in str(row) or "given up" in str(row) for row in hall.rows(hall.silo)["patient"]) == 2
    )


def test_the_way_back_before_the_flip_leaves_all_as_it_was(hall: Hall) -> None:
    before = hall.rows(hall.pool)
    assert hall.run("copy", "fence", "catch-up", "verify", "unfence", "empty") == 0, hall.said

    assert hall.count(hall.silo) == 0
    assert hall.rows(hall.pool) == before
    assert sqlstate(hall, hall.pool, WRITES[0]) is None
    with hall.pool.admin() as admin:
        left = admin.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'cambium%'").fetchone()
    assert left == (0,)
    assert hall.run(*WHOLE) == 0, "and a second try"


def test_new_rows_in_the_silo_do_not_collide(hall: Hall) -> None:
    hall.change(hall.pool, "SELECT setval(pg_get_serial_sequence('patient', 'id'), 5000)")
    with hall.login(hall.pool) as app:
        app.execute(
            "INSERT INTO patient (id, client, name) OVERRIDING SYSTEM VALUE VALUES (7000, 1, 'its own')"
        )
    assert hall.run(*WHOLE) == 0, hall.said

    with hall.login(hall.silo) as app:
        found = app.execute("INSERT INTO patient (client, name) VALUES (1, 'x') RETURNING id").fetchone()
    assert found == (7001,)


def test_a_sequence_that_belongs_to_no_column_goes_on_as_well(hall: Hall) -> None:
    for site in (hall.pool, hall.silo):
        hall.change(
            site,
            'CREATE SEQUENCE "Numbers"; CREATE TABLE extra (tenant_id uuid, PRIMARY KEY (tenant_id, id),'
            " id bigint DEFAULT nextval('\"Numbers\"'));" + GUARDED,
        )
    with hall.pool.admin() as admin:
        admin.execute("INSERT INTO extra (tenant_id) SELECT %s FROM generate_series(1, 12)", [MOVED])

    assert hall.run(*WHOLE) == 0, hall.said
    with hall.login(hall.silo, "shop_owner") as owner:
        found = owner.execute("INSERT INTO extra VALUES (current_tenant()) RETURNING id").fetchone()
    assert found == (13,)


@pytest.mark.parametrize(
    ("column", "own", "next_one"),
    [
        ("serial", "40", "41"),
        ("bigint GENERATED BY DEFAULT AS IDENTITY", "40", "41"),
        ("numeric DEFAULT nextval('number')", "40.5", "41"),
        ("numeric DEFAULT nextval('number')", "'NaN'", "13"),
        ("bigint DEFAULT nextval('short')", "5000000000", "13"),
        ("text DEFAULT 'INV-' || nextval('number')", "'INV-imported'", "INV-13"),
        ("digits DEFAULT nextval('number')", "'0040'", "13"),
        ("int[] DEFAULT ARRAY[nextval('number')::int]", "'{40}'", "{13}"),
    ],
)
def test_whatever_column_a_sequence_feeds_new_rows_do_not_collide(
    hall: Hall, column: str, own: str, next_one: str
) -> None:
    for site in (hall.pool, hall.silo):
        hall.change(
            site,
            "CREATE SEQUENCE number; CREATE SEQUENCE short AS int; CREATE DOMAIN digits AS text;"
            f" CREATE TABLE extra (tenant_id uuid, number {column}, PRIMARY KEY (tenant_id, number));"
            + GUARDED,
        )
    with hall.pool.admin() as admin:
        admin.execute("INSERT INTO extra (tenant_id) SELECT %s FROM generate_series(1, 12)", [MOVED])
        admin.execute(sql.SQL("INSERT INTO extra VALUES (%s, {})").format(sql.SQL(own)), [MOVED])

    assert hall.run(*WHOLE) == 0, hall.said
    with hall.login(hall.silo, "shop_owner") as owner:
        found = owner.execute("INSERT INTO extra VALUES (current_tenant()) RETURNING number::text").fetchone()
    assert found == (next_one,)


def test_a_row_deleted_changed_and_added_after_the_copy_is_caught_up(hall: Hall) -> None:
    assert hall.run("copy") == 0
    with hall.login(hall.pool) as app:
        app.execute("DELETE FROM patient WHERE client = 5")
        app.execute("UPDATE patient SET name = 'changed', feels = 'well' WHERE client = 6")
        app.execute("INSERT INTO patient (client, name) VALUES (5, 'Zoë 5')")
        app.execute("UPDATE visit SET at = '2031-01-01' WHERE client = 7")
    assert hall.run("fence", "catch-up") == 0, hall.said

    assert (hall.result["updated"], hall.result["deleted"] > 1, hall.result["inserted"] > 1) == (
        1,
        True,
        True,
    )
    assert hall.run("verify") == 0, hall.said
    assert hall.rows(hall.silo) == hall.rows(hall.pool)


def test_rows_that_exchanged_unique_values_are_caught_up(hall: Hall) -> None:
    assert hall.run("copy") == 0
    with hall.login(hall.pool) as app:
        for client, name in ((1, "aside"), (2, "Zoë 1"), (1, "Zoë 2")):
            app.execute("UPDATE patient SET name = %s WHERE client = %s", [name, client])

    assert hall.run("fence", "catch-up", "verify") == 0, hall.said
    assert hall.rows(hall.silo) == hall.rows(hall.pool)


def test_an_old_row_that_now_refers_to_a_new_one_is_caught_up(hall: Hall) -> None:
    assert hall.run("copy") == 0
    with hall.login(hall.pool) as app:
        answer = app.execute("INSERT INTO note (body) VALUES ('a new one') RETURNING id").fetchone()
        app.execute("UPDATE note SET answers = %s WHERE body = 'note 7'", answer)

    assert hall.run("fence", "catch-up") == 0, hall.said
    assert (hall.result["inserted"], hall.result["updated"]) == (1, 1), "and nothing is copied anew"
    assert hall.run("verify") == 0, hall.said
    assert hall.rows(hall.silo) == hall.rows(hall.pool)


def test_a_changed_value_that_other_rows_refer_to_is_caught_up(hall: Hall) -> None:
    for site in (hall.pool, hall.silo):
        hall.change(
            site,
            "ALTER TABLE note ADD COLUMN about text,"
            " ADD FOREIGN KEY (tenant_id, about) REFERENCES patient (tenant_id, name)",
        )
    hall.change(hall.pool, "GRANT UPDATE ON note TO shop")
    with hall.login(hall.pool) as app:
        app.execute("UPDATE note SET about = 'Zoë 3' WHERE body = 'note 1'")
        assert hall.run("copy") == 0, hall.said
        app.execute("UPDATE note SET about = NULL")
        app.execute("UPDATE patient SET name = 'renamed' WHERE name = 'Zoë 3'")
        app.execute("UPDATE note SET about = 'renamed' WHERE body = 'note 1'")

    assert hall.run("fence", "catch-up", "verify") == 0, hall.said
    assert hall.rows(hall.silo) == hall.rows(hall.pool)


def test_after_n_days_the_old_copy_goes_and_nobody_elses(hall: Hall) -> None:
    others = [hall.rows(hall.pool, tenant) for tenant in (OTHER, THIRD)]
    assert hall.run(*WHOLE) == 0
    with hall.login(hall.silo) as app:
        app.execute("DELETE FROM note WHERE answers IS NULL AND id < 0")
        app.execute("INSERT INTO note (body) VALUES ('the silo serves')")

    assert hall.run("clear") == 0, hall.said
    assert hall.count(hall.pool) == 0
    assert [hall.rows(hall.pool, tenant) for tenant in (OTHER, THIRD)] == others
    assert hall.run("clear") == 0, "again changes nothing"
    assert sqlstate(hall, hall.pool, "INSERT INTO tenant VALUES (current_tenant(), 'x')") == REFUSED
    assert hall.run("unfence") == 5
    assert hall.run(*WHOLE, back=True) == 0, hall.said
    assert hall.rows(hall.pool) == hall.rows(hall.silo)


def test_nobody_else_reads_in_the_silo(hall: Hall) -> None:
    assert hall.run(*WHOLE) == 0
    for tenant in (OTHER, None):
        with hall.login(hall.silo, tenant=tenant) as app:
            assert app.execute("SELECT count(*) FROM patient").fetchone() == (0,)
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute("SELECT * FROM cambium_moving.move")
