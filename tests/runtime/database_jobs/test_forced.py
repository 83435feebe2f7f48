"""A21, D18, E10: a database made by our row-level security template, whose policies bind its owner too.

The owner's rows are there for whoever asks as the template says, and nothing a policy hides is left out.
"""

import json
from typing import Any
from urllib.parse import quote

import pytest
from psycopg import sql

from database import dump
from support.database_jobs import PASSWORD, ROWS, Jobs, Site
from support.policies import ROWS as TENANT_ROWS
from support.policies import follow_template

pytestmark = pytest.mark.database

SETTING = "app.every_tenant"
HOURS = {"DRILL_RESTORE_HOURS": "4", "DRILL_LOSS_HOURS": "24"}
COUNTS = "SELECT (SELECT count(*) FROM tenant), (SELECT count(*) FROM note), (SELECT sum(notes) FROM notes)"


@pytest.fixture(params=["18", "16"])
def forced(request: pytest.FixtureRequest, site_on: Any) -> Site:
    """A site with the template's tables beside its own, and a materialized view of all tenants."""
    site: Site = site_on(request.param)
    application, owner = sql.Identifier(f"app_{site.name}"), sql.Identifier(site.owner)
    with site.admin() as session:
        session.execute(sql.SQL("CREATE ROLE {}").format(application))
        session.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(owner, sql.Literal(PASSWORD)))
    where = f"host={site.server.socket.parent} user={site.owner} dbname={site.name}"
    follow_template(where, PASSWORD, application=f"app_{site.name}")
    with site.admin() as session:
        session.execute(sql.SQL("SET ROLE {}").format(owner))
        session.execute("SET app.every_tenant = 'on'")
        session.execute(
            "CREATE MATERIALIZED VIEW notes AS SELECT tenant_id, count(*) AS notes FROM note GROUP BY 1"
        )
    return site


def dumped(site: Site, jobs: Jobs) -> str:
    """Make a backup as the scheduled task does: as the owner, who asks for every tenant."""
    return jobs.dumped(site, PGUSER=site.owner, EVERY_TENANT_SETTING=SETTING)


def change(site: Site, statement: str) -> None:
    """A migration."""
    with site.admin() as session:
        session.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(site.owner)))
        session.execute(statement.encode())


def test_a21_every_tenants_rows_are_dumped_restored_and_compared(forced: Site, jobs: Jobs) -> None:
    tables = jobs.manifest(dumped(forced, jobs))["contents"]["tables"]
    assert tables["public.tenant"]["rows"] + tables["public.note"]["rows"] == TENANT_ROWS
    change(forced, "SET app.every_tenant = 'on'; DELETE FROM note; REFRESH MATERIALIZED VIEW notes")

    assert jobs.run(forced, "verify", EVERY_TENANT_SETTING=SETTING, PGUSER=forced.master) == 4
    assert "public.note has 0 rows instead of 10" in jobs.error
    assert jobs.run(forced, "restore", "--switch", EVERY_TENANT_SETTING=SETTING, PGUSER=forced.master) == 0

    assert jobs.run(forced, "verify", EVERY_TENANT_SETTING=SETTING, PGUSER=forced.master) == 0
    with forced.admin() as session:
        assert session.execute(COUNTS).fetchone() == (2, 10, 10)
        assert forced.rows() == ROWS


def test_a21_what_comes_back_still_binds_its_owner(forced: Site, jobs: Jobs) -> None:
    dumped(forced, jobs)

    assert jobs.run(forced, "restore", "--switch", EVERY_TENANT_SETTING=SETTING, PGUSER=forced.master) == 0

    with forced.admin() as session:
        session.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(forced.owner)))
        assert session.execute("SELECT count(*) FROM note").fetchone() == (0,)


def test_e10_a_drill_of_it_passes(forced: Site, jobs: Jobs) -> None:
    dumped(forced, jobs)
    told = {"DRILL_RECORDS": jobs.bucket, **HOURS, "EVERY_TENANT_SETTING": SETTING, "PGUSER": forced.master}

    assert jobs.run(forced, "drill", **told) == 0, jobs.said

    (key,) = [key for key in jobs.keys if key.endswith("-passed.json")]
    assert json.loads(jobs.body(key))["rows"] > TENANT_ROWS
    assert forced.databases == {forced.name}


def test_a_database_without_policies_is_none_the_wiser(site: Site, jobs: Jobs) -> None:
    change(site, "DROP POLICY own ON patients; ALTER TABLE patients DISABLE ROW LEVEL SECURITY")
    asked = jobs.manifest(jobs.dumped(site, EVERY_TENANT_SETTING=SETTING))["contents"]
    assert jobs.run(site, "restore", "--switch", EVERY_TENANT_SETTING=SETTING) == 0, jobs.said

    plain = jobs.manifest(jobs.dumped(site, EVERY_TENANT_SETTING=""))["contents"]
    assert {**asked, "database_bytes": 0} == {**plain, "database_bytes": 0}
    assert site.rows() == ROWS


def test_policies_that_do_not_bind_the_owner_change_nothing(site: Site, jobs: Jobs) -> None:
    backup = jobs.dumped(site, EVERY_TENANT_SETTING=SETTING)

    assert jobs.manifest(backup)["contents"]["tables"]["public.patients"]["rows"] == 100
    assert jobs.run(site, "restore", "--switch", EVERY_TENANT_SETTING=SETTING) == 0, jobs.said


HIDING = {
    "no policy for the owner": "DROP POLICY every_tenant ON note",
    "another setting": "ALTER POLICY every_tenant ON note USING (current_setting('app.all', true) = 'on')",
    "one that looks at the row": "ALTER POLICY every_tenant ON note USING (body <> 'note 1')",
    "one that restricts": "CREATE POLICY less ON note AS RESTRICTIVE USING (id > 1)",
    "one that only checks what is written": (
        "DROP POLICY every_tenant ON note; CREATE POLICY every_tenant ON note WITH CHECK (true)"
    ),
    "one for somebody else": "ALTER POLICY every_tenant ON note TO pg_monitor",
}


@pytest.mark.parametrize("forced", ["18"], indirect=True)
@pytest.mark.parametrize("statement", HIDING.values(), ids=HIDING.keys())
def test_a21_a_table_whose_policies_would_hide_rows_is_named_before_anything_is_written(
    forced: Site, jobs: Jobs, statement: str
) -> None:
    change(forced, statement)

    assert jobs.run(forced, "dump", PGUSER=forced.owner, EVERY_TENANT_SETTING=SETTING) == 1

    assert jobs.error == (
        "row-level security of note would hide rows from its owner: it needs a policy with USING "
        "(current_setting('app.every_tenant', true) = 'on'), and no RESTRICTIVE one"
    )
    assert (jobs.keys, jobs.unfinished) == ([], [])


@pytest.mark.parametrize("forced", ["18"], indirect=True)
def test_a21_a_policy_that_a_migration_adds_meanwhile_leaves_no_backup(
    forced: Site, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = dump._snapshot

    def late(*asked: Any) -> tuple[str, str]:
        change(forced, "DROP POLICY every_tenant ON note")
        return real(*asked)

    monkeypatch.setattr(dump, "_snapshot", late)

    assert jobs.run(forced, "dump", PGUSER=forced.owner, EVERY_TENANT_SETTING=SETTING) == 1

    assert "row-level security of note would hide rows" in jobs.error
    assert (jobs.keys, jobs.unfinished) == ([], [])


@pytest.mark.parametrize("forced", ["18"], indirect=True)
def test_it_may_be_given_with_a_url_that_has_options_of_its_own(forced: Site, jobs: Jobs) -> None:
    place = f"host={forced.server.socket.parent}&user={forced.owner}&password={quote(PASSWORD, safe='')}"
    url = f"postgresql:///{forced.name}?{place}&options=-c%20work_mem%3D8MB"

    backup = jobs.dumped(forced, DATABASE_URL=url, EVERY_TENANT_SETTING=SETTING)

    assert jobs.manifest(backup)["contents"]["tables"]["public.note"]["rows"] == 10


def test_a_name_that_is_no_setting_is_refused(site: Site, jobs: Jobs) -> None:
    assert jobs.run(site, "dump", EVERY_TENANT_SETTING="on; DROP") == 2

    assert jobs.error == "EVERY_TENANT_SETTING must be like app.name, or left out, got 'on; DROP'"
