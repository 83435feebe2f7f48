"""The tenant column holds what the product put there: a uuid, a number, the id of an identity provider."""

from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from moving.tables import Schema
from support.tenant_moves import WHOLE, Hall

pytestmark = pytest.mark.database
UUIDS = ("7f3a1c52-9d5e-4c0b-8a56-0d7a5a0c1f11", "7f3a1c52-9d5e-4c0b-8a56-0d7a5a0c1f12")
KINDS = {
    "uuid": UUIDS,
    "integer": ("42", "420"),
    "bigint": ("9007199254740993", "9007199254740992"),
    "text": ("org_2abC", "org_2abc"),
    "character varying(12)": ("org_2abC", "org_2abc"),
    "org_id": ("org_2abC", "org_2abc"),
    "citext": ("org_2abC", "org_2abD"),
}
"""A type, and two tenants that only it tells apart."""
ORGANIZATION = "org-101"
TABLES = """
CREATE TABLE org (id {kind} PRIMARY KEY, name text NOT NULL);
CREATE TABLE thing (
  tenant_id {kind} NOT NULL REFERENCES org, id bigint GENERATED ALWAYS AS IDENTITY, body text NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
ALTER TABLE org ENABLE ROW LEVEL SECURITY; ALTER TABLE org FORCE ROW LEVEL SECURITY;
ALTER TABLE thing ENABLE ROW LEVEL SECURITY; ALTER TABLE thing FORCE ROW LEVEL SECURITY;
CREATE FUNCTION mine() RETURNS {kind} STABLE
  RETURN nullif(current_setting('app.current_tenant', true), '')::{kind};
CREATE POLICY own ON org USING (id = (SELECT mine()));
CREATE POLICY own ON thing USING (tenant_id = (SELECT mine()));
CREATE POLICY every_tenant ON org TO CURRENT_USER USING (current_setting('app.every_tenant', true) = 'on');
CREATE POLICY every_tenant ON thing TO CURRENT_USER USING (current_setting('app.every_tenant', true) = 'on');
GRANT SELECT, INSERT, UPDATE, DELETE ON org, thing TO shop;
"""
FILL = (
    "INSERT INTO org VALUES ('{0}', 'tenant')",
    "INSERT INTO thing (tenant_id, body) SELECT '{0}', 'thing ' || n FROM generate_series(1, 5) n",
)


@dataclass
class Product:
    """Both databases with tables of a kind, and two tenants in the pool."""

    hall: Hall
    kind: str
    moved: str
    other: str

    def run(self, *steps: str, back: bool = False, **changes: str) -> int:
        """Do some steps."""
        told = {"TENANT": self.moved, "ORGANIZATION": ORGANIZATION, **changes}
        return self.hall.run(*steps, back=back, **told)

    def rows(self, site: Any, tenant: str) -> list[Any]:
        """What a tenant has on a side."""
        with site.admin() as admin:
            query = "SELECT tenant_id::text, id, body FROM thing WHERE tenant_id::text = %s ORDER BY id"
            return list(admin.execute(query, [tenant]).fetchall())

    def write(self, site: Any, tenant: str, body: str) -> None:
        """One more row, as the application writes one."""
        with self.hall.login(site, tenant=tenant) as app:
            app.execute("INSERT INTO thing (tenant_id, body) VALUES (%s, %s)", [tenant, body])


def product(hall: Hall, kind: str) -> Product:
    moved, other = KINDS[kind]
    for site in (hall.pool, hall.silo):
        with site.admin() as admin:
            if kind == "citext":
                admin.execute("CREATE EXTENSION citext")
            if kind == "org_id":
                admin.execute("CREATE DOMAIN org_id AS text CHECK (VALUE LIKE 'org\\_%')")
        hall.change(site, TABLES.format(kind=kind))
    for tenant in (moved, other):
        with hall.pool.admin() as admin:
            for statement in FILL:
                admin.execute(statement.format(tenant).encode())
    return Product(hall, kind, moved, other)


def moves_there_and_back(made: Product) -> None:
    """The whole life of a move, and what nobody else's rows notice of it."""
    hall = made.hall
    mine, others = made.rows(hall.pool, made.moved), made.rows(hall.pool, made.other)
    assert len(mine) == len(others) == 5
    assert made.run(*WHOLE) == 0, hall.said
    assert made.rows(hall.silo, made.moved) == mine
    assert made.rows(hall.silo, made.other) == []
    with pytest.raises(psycopg.Error) as refused:
        made.write(hall.pool, made.moved, "with an old route")
    assert refused.value.sqlstate == "TM001"
    made.write(hall.pool, made.other, "nobody is in the way of others")
    others = made.rows(hall.pool, made.other)

    assert made.run("clear") == 0, hall.said
    assert made.rows(hall.pool, made.moved) == []
    made.write(hall.silo, made.moved, "in the silo")
    assert made.run(*WHOLE, back=True) == 0, hall.said
    assert [body for *_, body in made.rows(hall.pool, made.moved)][-1] == "in the silo"
    assert made.rows(hall.pool, made.other) == others
    made.write(hall.pool, made.moved, "in the pool again")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "citext"])
def test_a_tenant_column_of_any_usual_type_moves_there_and_back(bare_hall: Hall, kind: str) -> None:
    moves_there_and_back(product(bare_hall, kind))


@pytest.mark.parametrize("versions", [("15", "15")])
def test_a_column_that_calls_capitals_equal_moves_there_and_back(bare_hall: Hall) -> None:
    """PostgreSQL 15 from a package has citext; a wheel has no extensions."""
    moves_there_and_back(product(bare_hall, "citext"))


@pytest.mark.parametrize("versions", [("15", "15")])
def test_rows_that_write_their_tenant_with_other_capitals_are_named(bare_hall: Hall) -> None:
    made = product(bare_hall, "citext")
    with bare_hall.pool.admin() as admin:
        admin.execute("INSERT INTO thing (tenant_id, body) VALUES ('ORG_2ABC', 'of whom?')")
    assert made.run("check") == 5
    assert "1 rows of public.thing of the source" in bare_hall.message
    assert "equal to 'org_2abC' and written otherwise" in bare_hall.message


@pytest.mark.parametrize("kind", ["uuid", "bigint", "text", "character varying(12)", "org_id"])
def test_rows_are_found_by_the_index_of_their_tenant(bare_hall: Hall, kind: str) -> None:
    made = product(bare_hall, kind)
    with bare_hall.pool.admin() as admin:
        schema = Schema.read(admin, "tenant_id")
        (thing,) = [table for table in schema.ordered if table.relation == "thing"]
        admin.execute("SET enable_seqscan = off")
        asked = b"EXPLAIN SELECT FROM thing WHERE " + schema.is_tenant(thing, made.moved).as_bytes(admin)
        plan = "\n".join(line for (line,) in admin.execute(asked))
    assert "Index Cond: " in plan
    assert "Filter" not in plan


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("uuid", "org_2abC", "must be a uuid, as id of public.org is, got 'org_2abC'"),
        ("uuid", UUIDS[0].upper(), "must be written as id of public.org does: '7f3a"),
        ("integer", "org_2abC", "must be a integer, as id of public.org is, got 'org_2abC'"),
        ("integer", "99999999999", "must be a integer, as id of public.org is, got '99999999999'"),
        ("integer", "042", "must be written as id of public.org does: '42', got '042'"),
        ("org_id", "7", "must be a org_id, as id of public.org is, got '7'"),
        (
            "character varying(12)",
            "org_2abC-and-more",
            "must be written as id of public.org does: 'org_2abC-and', got 'org_2abC-and-more'",
        ),
    ],
)
def test_a_value_that_the_column_cannot_hold_is_refused(
    bare_hall: Hall, kind: str, value: str, said: str
) -> None:
    made = product(bare_hall, kind)
    for step in ("check", "copy", "fence"):
        assert made.run(step, TENANT=value) == 5, step
        assert said in bare_hall.message
        assert "tenant_value" in bare_hall.message


def test_a_value_that_no_row_has_is_refused_before_anything_is_written(bare_hall: Hall) -> None:
    made = product(bare_hall, "text")
    for step in ("check", "copy"):
        assert made.run(step, TENANT="org_2abX") == 5, step
        assert "has no row whose tenant_id is 'org_2abX': say as tenant_value" in bare_hall.message
        assert "for organization org-101" in bare_hall.message
    assert made.run("check", TENANT=ORGANIZATION) == 5, "the id of an organization is a value like others"
    with bare_hall.silo.admin() as admin:
        assert admin.execute("SELECT to_regclass('cambium_moving.move')").fetchone() == (None,)


def test_rows_that_went_after_the_copy_are_not_found_alike(bare_hall: Hall) -> None:
    made = product(bare_hall, "text")
    assert made.run("copy") == 0, bare_hall.said
    with bare_hall.pool.admin() as admin:
        admin.execute("DELETE FROM thing WHERE tenant_id = %s", [made.moved])
        admin.execute("DELETE FROM org WHERE id = %s", [made.moved])
    assert made.run("fence", "catch-up", "verify") == 5, bare_hall.said
    assert bare_hall.result["step"] == "verify"
    assert "has no row whose tenant_id is" in bare_hall.message


def test_a_silo_with_rows_of_another_value_is_not_left_for_the_pool(bare_hall: Hall) -> None:
    made = product(bare_hall, "text")
    assert made.run(*WHOLE) == 0, bare_hall.said
    for statement in FILL:
        with bare_hall.silo.admin() as admin:
            admin.execute(statement.format("org_other").encode())
    assert made.run("check", back=True) == 5
    assert "public.org of the source" in bare_hall.message
    assert "holds 1 rows of another tenant" in bare_hall.message
    assert made.run("copy", "fence", "catch-up", back=True) == 0, bare_hall.said
    assert made.run("verify", back=True) == 4
    assert "of the source holds 1 rows of another tenant, which stay behind" in bare_hall.message


def test_a_later_step_with_another_value_than_the_databases_remember_is_refused(bare_hall: Hall) -> None:
    made = product(bare_hall, "text")
    assert made.run(*WHOLE) == 0, bare_hall.said
    for steps, back in ((("check", "copy", "clear", "unfence", "empty"), False), (("check", "copy"), True)):
        for step in steps:
            assert made.run(step, back=back, TENANT=made.other) == 5, step
            assert "the rows of organization org-101 are those of 'org_2abC'" in bare_hall.message
    assert made.run("lift", MOVE_TO="", TENANT=made.other) == 5
    assert made.run("clear") == 0, bare_hall.said
    assert made.run("lift", MOVE_TO="", TENANT=made.other) == 5, "it would leave the fence and say nothing"
    assert made.run("lift", MOVE_TO="") == 0, bare_hall.said


def test_rows_of_one_organization_are_not_moved_as_those_of_another(bare_hall: Hall) -> None:
    made = product(bare_hall, "text")
    assert made.run(*WHOLE) == 0, bare_hall.said
    assert made.run("check", ORGANIZATION="org-102") == 5
    assert "rows of 'org_2abC' in the source" in bare_hall.message
    assert "are those of organization org-101, and not of org-102" in bare_hall.message


def test_an_id_that_is_used_again_may_have_other_rows_once_the_old_ones_were_cleared(
    bare_hall: Hall,
) -> None:
    made = product(bare_hall, "text")
    assert made.run(*WHOLE, "clear") == 0, bare_hall.said
    with bare_hall.silo.admin() as admin:
        admin.execute("DELETE FROM thing; DELETE FROM org; DROP SCHEMA cambium_moving CASCADE")
    assert made.run(*WHOLE, TENANT=made.other) == 0, bare_hall.said


def test_a_record_that_an_older_program_wrote_is_cleared(bare_hall: Hall) -> None:
    made = product(bare_hall, "text")
    assert made.run(*WHOLE) == 0, bare_hall.said
    for site in (bare_hall.pool, bare_hall.silo):
        bare_hall.change(site, "ALTER TABLE cambium_moving.move DROP COLUMN organization")
    assert made.run("clear") == 0, bare_hall.said
    assert made.run(*WHOLE, back=True) == 0, bare_hall.said
