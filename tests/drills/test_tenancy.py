"""D14: no tenant sees another's rows through the pool, and the template for products is why."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import errors

from drills.conftest import Judge
from ops.drills import tenancy
from ops.drills.ground import Ground, prepare
from ops.drills.plan import Plan
from ops.drills.servers.contents import make_database, run_file
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.pgbouncer import Pgbouncer

pytestmark = pytest.mark.database


def test_no_tenant_of_d14_sees_anothers_rows_in_a_hundred_thousand_reads(
    plan: Plan, program: Pgbouncer, all_pass: Judge
) -> None:
    all_pass(tenancy.run(plan, program, print, count=100_000, contrast=2000))


def test_policies_that_do_not_bind_the_owner_fail_the_drill(
    plan: Plan, program: Pgbouncer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bent = tmp_path / "row-level-security.sql"
    text = tenancy.TEMPLATE.read_text().replace("ALTER TABLE note FORCE ROW LEVEL SECURITY;", "")
    bent.write_text(text.partition("-- Nothing forgotten")[0] + "COMMIT;\n")
    monkeypatch.setattr(tenancy, "TEMPLATE", bent)

    checks = tenancy.run(plan, program, print, count=120, contrast=600)

    assert "owner, no tenant (FORCE)" in {check.what for check in checks if check.verdict == "fail"}


def test_a_policy_that_is_no_policy_is_a_leak_the_reads_see(
    plan: Plan, program: Pgbouncer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bent = tmp_path / "row-level-security.sql"
    policy = "CREATE POLICY own ON note USING (tenant_id = (SELECT current_tenant()));"
    text = tenancy.TEMPLATE.read_text()
    assert policy in text
    bent.write_text(text.replace(policy, "CREATE POLICY own ON note USING (true);"))
    monkeypatch.setattr(tenancy, "TEMPLATE", bent)

    checks = tenancy.run(plan, program, print, count=120, contrast=600)

    failed = {check.what for check in checks if check.verdict == "fail"}
    assert {"of them with another tenant's rows", "of those with any rows"} <= failed


@pytest.fixture(scope="module")
def ground(plan: Plan, program: Pgbouncer) -> Iterator[Ground]:
    """A database server with the roles of a deployment."""
    with Lifetime() as lifetime:
        yield prepare(lifetime, plan, program, print)


@pytest.mark.parametrize(
    ("forgotten", "complaint"),
    [
        ("CREATE TABLE visit (tenant_id uuid NOT NULL);", "visit must have ENABLE and FORCE"),
        (
            "CREATE TABLE visit (tenant_id uuid NOT NULL); ALTER TABLE visit ENABLE ROW LEVEL SECURITY;"
            " CREATE POLICY own ON visit USING (tenant_id = current_tenant());",
            "visit must have ENABLE and FORCE",
        ),
        (
            'CREATE VIEW every_note AS SELECT * FROM note; GRANT SELECT ON every_note TO :"application";',
            "every_note must be a view with security_invoker",
        ),
        (
            "CREATE FUNCTION every_note() RETURNS SETOF note LANGUAGE sql SECURITY DEFINER"
            " BEGIN ATOMIC SELECT * FROM note; END;",
            "every_note.* must be SECURITY INVOKER",
        ),
        ("CREATE TABLE tariff (id int);", None),
        ("CREATE VIEW every_note AS SELECT * FROM note;", None),
    ],
    ids=["no policy", "no force", "plain view", "definer", "no tenant in it", "view of the owner"],
)
def test_the_template_refuses_what_a_migration_forgot(
    ground: Ground, tmp_path: Path, request: pytest.FixtureRequest, forgotten: str, complaint: str | None
) -> None:
    database = f"shop_{request.node.callspec.id.replace(' ', '_')}"
    make_database(ground.primary, database, owner=ground.plan.owner)
    template = tmp_path / "template.sql"
    template.write_text(
        tenancy.TEMPLATE.read_text().replace("-- Nothing forgotten", f"{forgotten}\n-- Nothing forgotten")
    )

    if complaint is None:
        run_template(ground, template, database)
    else:
        with pytest.raises(RuntimeError, match=complaint):
            run_template(ground, template, database)


def test_the_template_refuses_an_owner_that_no_policy_binds(ground: Ground) -> None:
    make_database(ground.primary, "shop_of_superuser", owner=ground.plan.owner)

    with pytest.raises(RuntimeError, match="rdsadmin must be neither superuser nor BYPASSRLS"):
        run_file(
            ground.primary,
            tenancy.TEMPLATE,
            database="shop_of_superuser",
            application=ground.plan.application,
        )


def test_an_answer_of_another_tenant_is_impossible_even_where_the_id_is_known(ground: Ground) -> None:
    make_database(ground.primary, "shop_keys", owner=ground.plan.owner)
    run_template(ground, tenancy.TEMPLATE, "shop_keys")
    with ground.primary.admin("shop_keys") as connection:
        connection.execute("INSERT INTO tenant SELECT gen_random_uuid(), 'x' FROM generate_series(1, 2)")
        connection.execute("INSERT INTO note (tenant_id, body) SELECT id, 'x' FROM tenant")
        pairs = connection.execute(
            "SELECT count(*) FROM note one JOIN note other ON other.tenant_id <> one.tenant_id"
        ).fetchone()
        assert pairs == (2,)
        with pytest.raises(errors.ForeignKeyViolation):
            connection.execute(
                "INSERT INTO note (tenant_id, answers, body)"
                " SELECT one.tenant_id, other.id, 'x' FROM note one, note other"
                " WHERE other.tenant_id <> one.tenant_id"
            )


def run_template(ground: Ground, template: Path, database: str) -> None:
    plan = ground.plan
    owner = (plan.owner, ground.logins.passwords[plan.owner])
    run_file(ground.primary, template, database=database, login=owner, application=plan.application)
