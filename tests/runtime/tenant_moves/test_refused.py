"""What cannot be moved is refused by name before anything exists, and what was damaged is noticed."""

import json
from typing import Any

import pytest

from support.tenant_moves import GUARDED, MOVED, OTHER, WHOLE, Hall

pytestmark = pytest.mark.database
IN_BOTH = {
    "no row-level security": (
        "CREATE TABLE extra (tenant_id uuid, id int PRIMARY KEY)",
        "public.extra of the source",
        "must have row-level security ENABLED and FORCED",
    ),
    "not forced": ("ALTER TABLE note NO FORCE ROW LEVEL SECURITY", "public.note of", "ENABLED and FORCED"),
    "a partition without": (
        "ALTER TABLE visit_2026 DISABLE ROW LEVEL SECURITY",
        "public.visit_2026, a partition of public.visit",
        "ENABLED and FORCED",
    ),
    "no primary key": (
        "CREATE TABLE extra (tenant_id uuid, id int);" + GUARDED,
        "public.extra of",
        "must have a primary key",
    ),
    "no column": (
        "CREATE TABLE line (patient_tenant uuid, patient bigint, id int PRIMARY KEY,"
        " FOREIGN KEY (patient_tenant, patient) REFERENCES patient)",
        "public.line of",
        "refers to public.patient and must have a column tenant_id",
    ),
    "policies and no column": (
        "CREATE TABLE extra (id int PRIMARY KEY); ALTER TABLE extra ENABLE ROW LEVEL SECURITY",
        "public.extra of",
        "must have a column tenant_id",
    ),
    "a circle": (
        "ALTER TABLE patient ADD COLUMN about bigint, ADD FOREIGN KEY (tenant_id, about) REFERENCES note;"
        " ALTER TABLE note ADD COLUMN patient bigint,"
        " ADD FOREIGN KEY (tenant_id, patient) REFERENCES patient",
        "foreign keys lead in a circle",
        "public.note, public.patient",
    ),
    "a trigger": (
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        " CREATE TRIGGER touched BEFORE UPDATE ON patient FOR EACH ROW EXECUTE FUNCTION touch()",
        "trigger touched on public.patient",
        "IS DISTINCT FROM 'on'",
    ),
    "a rule": ("CREATE RULE quiet AS ON DELETE TO note DO INSTEAD NOTHING", "public.note of", "has a rule"),
    "a type that means nothing elsewhere": (
        "ALTER TABLE patient ADD COLUMN seen regclass[]",
        "column seen of type regclass[]",
        "means nothing elsewhere",
    ),
    "a policy that shows everything": (
        "CREATE POLICY open ON note USING (true)",
        "policies on public.note of the source",
        "show rows of another tenant",
    ),
    "a policy that hides rows": (
        "ALTER POLICY own ON note USING (tenant_id = current_tenant() AND id > 3)",
        "policies on public.note of the source",
        "hide",
    ),
    "a restrictive policy": (
        "CREATE POLICY less ON note AS RESTRICTIVE USING (true)",
        "policy less on public.note is RESTRICTIVE",
        "must not be",
    ),
    "an owner that cannot see every tenant": (
        "DROP POLICY every_tenant ON note",
        "public.note of the source",
        "must let shop_owner see every tenant",
    ),
    "a sequence that is found by its text": (
        "CREATE SEQUENCE numbers; ALTER TABLE note ADD COLUMN number bigint DEFAULT nextval('numbers'::text)",
        "column number of public.note of the source",
        "a sequence that it finds by its text",
    ),
    "inheritance": (
        "CREATE TABLE extra () INHERITS (note)",
        "inherits or is inherited from",
        "use partitions",
    ),
}


@pytest.mark.parametrize("mistake", IN_BOTH)
def test_tables_that_cannot_be_moved_are_named(hall: Hall, mistake: str) -> None:
    statement, name, reason = IN_BOTH[mistake]
    for site in (hall.pool, hall.silo):
        hall.change(site, statement)

    assert hall.run("check") == 5, hall.said
    assert name in hall.message
    assert reason in hall.message
    assert hall.count(hall.silo) == 0


def test_a_sequence_of_somebody_else_is_named(hall: Hall) -> None:
    for site in (hall.pool, hall.silo):
        with site.admin() as admin:
            admin.execute("CREATE SEQUENCE numbers; GRANT ALL ON SEQUENCE numbers TO shop_owner")
        hall.change(site, "ALTER TABLE note ADD COLUMN number bigint DEFAULT nextval('numbers')")

    assert hall.run("check") == 5
    assert "draws from the sequence public.numbers of" in hall.message


IN_THE_SILO = {
    "a column": (
        "ALTER TABLE note ADD COLUMN extra int",
        "column extra of public.note is missing in the source",
    ),
    "a type": ("ALTER TABLE patient ALTER change TYPE bigint", "column change of public.patient is integer"),
    "an enumeration": ("ALTER TYPE mood ADD VALUE 'dead'", "column feels of public.patient is mood"),
    "a constraint": ("ALTER TABLE note ADD CHECK (body <> '')", "constraint note_body_check of public.note"),
    "a policy": ("ALTER POLICY own ON note USING (false)", "policy own of public.note"),
    "a partition": ("DROP TABLE visit_other", "partitions of public.visit"),
    "a table": ("DROP TABLE visit", "public.visit is in the source and not in the other database"),
    "a row that is referred to": (
        "DELETE FROM tariff WHERE id = 2",
        "1 rows of public.tariff that public.patient refers to are missing",
    ),
    "rows of another tenant": (
        f"INSERT INTO tenant VALUES ('{OTHER}', 'x')",  # noqa: S608 - a constant
        "public.tenant of the target",
    ),
}


@pytest.mark.parametrize("mistake", IN_THE_SILO)
def test_a_silo_that_is_not_alike_is_refused(hall: Hall, mistake: str) -> None:
    statement, reason = IN_THE_SILO[mistake]
    if "INSERT" in statement:
        with hall.silo.admin() as admin:
            admin.execute(statement.encode())
    else:
        hall.change(hall.silo, statement)

    assert hall.run("check") == 5, hall.said
    assert reason in hall.message


DAMAGE = {
    "a lost row": (
        "DELETE FROM visit WHERE number = 2 AND client = 9",
        "public.visit has 160 rows of this tenant in the source and 159 in the target",
    ),
    "a changed row": ("UPDATE patient SET weight = 1 WHERE client = 9", "public.patient has as many rows"),
    "another tenant's row": (
        f"INSERT INTO tenant VALUES ('{OTHER}', 'x')",  # noqa: S608 - a constant
        "public.tenant of the target holds 1 rows of another tenant",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_verify_names_the_first_table_that_differs(hall: Hall, damage: str) -> None:
    statement, message = DAMAGE[damage]
    assert hall.run("copy", "fence", "catch-up") == 0, hall.said
    with hall.silo.admin() as admin:
        admin.execute(statement.encode())

    assert hall.run("verify") == 4
    assert hall.message.startswith(message)
    assert hall.run("open") == 5
    assert hall.run("clear") == 5
    assert hall.count(hall.pool) == 231


def test_a_trigger_that_writes_elsewhere_stops_the_copy_even_when_it_claims_to_stand_aside(
    hall: Hall,
) -> None:
    for site in (hall.pool, hall.silo):
        hall.change(
            site,
            "CREATE TABLE audit (at timestamptz); CREATE FUNCTION audited() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN INSERT INTO public.audit VALUES (now()); RETURN NULL; END';"
            " CREATE TRIGGER audited AFTER INSERT ON note FOR EACH ROW"
            " WHEN (current_setting('cambium.moving', true) = 'on') EXECUTE FUNCTION audited()",
        )

    assert hall.run("copy") == 4
    assert "would have changed others in public.audit" in hall.message
    with hall.silo.admin() as admin:
        assert admin.execute(
            "SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM note)"
        ).fetchone() == (0,)


def test_a_delete_that_would_cascade_to_another_tenant_is_refused(hall: Hall) -> None:
    for site in (hall.pool, hall.silo):
        hall.change(
            site,
            "CREATE TABLE extra (tenant_id uuid, id int PRIMARY KEY,"
            " of uuid REFERENCES tenant ON DELETE CASCADE);" + GUARDED,
        )
    with hall.pool.admin() as admin:
        admin.execute("INSERT INTO extra VALUES (%s, 1, %s)", [OTHER, MOVED])

    assert hall.run("check") == 5
    assert "rows of public.extra refer to another tenant's rows of public.tenant" in hall.message


def test_the_way_back_is_refused_where_others_have_its_unique_values(hall: Hall) -> None:
    for site in (hall.pool, hall.silo):
        hall.change(site, "CREATE TABLE extra (tenant_id uuid, id serial PRIMARY KEY);" + GUARDED)
    assert hall.run(*WHOLE) == 0, hall.said
    for site, tenant in ((hall.pool, OTHER), (hall.silo, MOVED)):
        with site.admin() as admin:
            admin.execute("INSERT INTO extra (tenant_id) VALUES (%s)", [tenant])

    assert hall.run("check", back=True) == 5
    assert "1 rows of public.extra have the same id as another tenant's rows" in hall.message
    assert hall.run("copy", back=True) == 1, "and the database refuses it as well"


def test_the_check_warns_where_the_way_back_may_be_closed(hall: Hall) -> None:
    for site in (hall.pool, hall.silo):
        hall.change(site, "CREATE TABLE extra (tenant_id uuid, id serial PRIMARY KEY);" + GUARDED)

    assert hall.run("check") == 0, hall.said
    assert hall.result["warnings"][0].startswith("public.extra: id comes from a sequence")


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"TENANT": ""}, 2, "TENANT must be what the tenant column holds: 1 to 128 letters, digits and"),
        ({"TENANT": "'; DROP TABLE note --"}, 2, "TENANT must be what the tenant column holds"),
        ({"TENANT": "../../etc/passwd"}, 2, "TENANT must be what the tenant column holds"),
        ({"TENANT": "x" * 300}, 2, "TENANT must be what the tenant column holds"),
        ({"TENANT": "ünal"}, 2, "TENANT must be what the tenant column holds"),
        ({"ORGANIZATION": "a b"}, 2, "ORGANIZATION must be the id of one"),
        ({"TENANT": "org-101"}, 5, "must be a uuid, as tenant_id of public.note is, got 'org-101'"),
        ({"TENANT": MOVED.upper()}, 5, "must be written as tenant_id of public.note does"),
        ({"TENANT_COLUMN": "organization_id"}, 5, "tables with organization_id in the source"),
        ({"TENANT_COLUMN": "a;b"}, 2, "TENANT_COLUMN must be the name of a column"),
        ({"MOVE_FROM": ""}, 2, "MOVE_FROM must be the ARN of a secret"),
        ({"MOVE_TO": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:none"}, 2, "cannot be read"),
        ({"MOVE_INTO": "moon"}, 2, "MOVE_INTO must be silo or pool"),
        ({"RESULT_URL": "https://x"}, 2, "RESULT_URL must be s3://bucket/key"),
        ({"FENCE_SECONDS": "-1"}, 2, "FENCE_SECONDS must be a number"),
    ],
)
def test_what_it_is_told_wrong_is_named(hall: Hall, changes: dict[str, Any], code: int, said: str) -> None:
    assert hall.run("check", **changes) == code
    assert said in hall.message


def test_a_superuser_is_refused_since_no_policy_binds_it(hall: Hall) -> None:
    with hall.pool.admin() as admin:
        admin.execute("ALTER ROLE shop_owner BYPASSRLS")
    try:
        assert hall.run("check") == 5
    finally:
        with hall.pool.admin() as admin:
            admin.execute("ALTER ROLE shop_owner NOBYPASSRLS")
    assert "no policy would bind it" in hall.message


def test_the_application_cannot_move_anything(hall: Hall) -> None:
    assert hall.run("check", MOVE_FROM=hall.mover.keep(hall.pool.url("shop"))) == 5
    assert "must be shop_owner, which owns its tables, or a member of it" in hall.message


def test_a_login_as_rds_keeps_it_becomes_the_owner(hall: Hall) -> None:
    with hall.pool.admin() as admin:
        admin.execute("CREATE ROLE master LOGIN CREATEROLE PASSWORD 'top secret'")
        admin.execute("GRANT shop_owner TO master")
        admin.execute(f"GRANT CONNECT ON DATABASE {hall.pool.name} TO master".encode())
    content = {"username": "master", "password": "top secret", "dbname": hall.pool.name}
    secret = hall.mover.keep(content)
    place: dict[str, Any] = {
        "MOVE_FROM_HOST": hall.pool.server.host,
        "MOVE_FROM_PORT": str(hall.pool.server.port),
    }
    try:
        assert hall.run("check", "copy", "fence", MOVE_FROM=secret, **place) == 0, hall.said
    finally:
        with hall.pool.admin() as admin:
            admin.execute("DROP OWNED BY master")
            admin.execute("DROP ROLE master")


def test_nothing_secret_and_no_content_of_a_row_is_said(hall: Hall) -> None:
    hall.change(hall.silo, "ALTER TABLE patient ADD CHECK (client <> 3)")
    hall.change(hall.pool, "ALTER TABLE patient ADD CHECK (client <> 3) NOT VALID")
    hall.change(hall.silo, "ALTER TABLE patient DROP CONSTRAINT patient_client_check")
    hall.change(hall.silo, "ALTER TABLE patient ADD CHECK (client <> 3) NOT VALID")

    assert hall.run("copy") == 1
    assert "public.patient" in hall.message
    for secret in (*hall.pool.passwords.values(), *hall.silo.passwords.values(), "Zoë"):
        assert secret not in hall.said


def test_the_result_is_kept_where_it_is_asked_for(hall: Hall, bucket: str) -> None:
    assert hall.run("check", RESULT_URL=f"s3://{bucket}/moves/one.json") == 0

    kept = json.loads(hall.s3.get_object(Bucket=bucket, Key="moves/one.json")["Body"].read())
    assert kept == hall.result
    assert (kept["step"], kept["ok"], kept["rows"]) == ("check", True, 231)
    assert hall.run("check", RESULT_URL="s3://nobody-has-this/x") == 1
