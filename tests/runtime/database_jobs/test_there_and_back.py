"""A backup comes back as it was, and nothing that is only half there is taken for one."""

import json

import pytest
from psycopg import sql

from database import contents
from database.connection import Session
from database.manifest import Contents
from support.database_jobs import NAME, PASSWORD, ROWS, Jobs, Site

pytestmark = pytest.mark.database

POWERS = (
    "SELECT datname = current_database(), has_database_privilege('public', datname, 'CONNECT'),"
    " has_database_privilege(%s, datname, 'CONNECT'), datallowconn FROM pg_database WHERE datname = %s"
)


def test_a21_brings_back_what_was_dumped_under_the_old_name(site: Site, jobs: Jobs) -> None:
    backup = jobs.dumped(site)
    with site.admin() as session:
        session.execute("DELETE FROM visits")

    assert jobs.run(site, "restore", "--switch") == 0, jobs.said

    assert site.rows() == ROWS
    assert site.databases == {site.name, f"{site.name}_before_{backup.lower()}"}


def test_a21_without_switching_the_database_in_use_is_left_alone(site: Site, jobs: Jobs) -> None:
    backup = jobs.dumped(site)
    with site.admin() as session:
        session.execute("DELETE FROM visits")

    assert jobs.run(site, "restore") == 0, jobs.said

    assert (site.rows(), site.rows(f"{site.name}_{backup.lower()}")) == (0, ROWS)


def test_what_belongs_to_a_database_and_is_in_no_dump_goes_with_the_name(site: Site, jobs: Jobs) -> None:
    backup = jobs.dumped(site)
    assert jobs.run(site, "restore", "--switch") == 0, jobs.said

    with site.admin() as session:
        assert session.execute("SHOW work_mem").fetchone() == ("8MB",)
        assert session.execute(POWERS, [site.owner, site.name]).fetchone() == (True, False, True, True)
        owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        assert session.execute(owners).fetchall() == [(site.owner,)]
        kept = session.execute(POWERS, [site.owner, f"{site.name}_before_{backup.lower()}"]).fetchone()
        assert kept == (False, False, True, False), "the old database is kept closed"


def test_a_name_that_an_earlier_restore_kept_is_not_taken_twice(site: Site, jobs: Jobs) -> None:
    jobs.dumped(site)
    assert jobs.run(site, "restore", "--switch") == 0
    before = site.databases

    assert jobs.run(site, "restore", "--switch") == 2

    assert "_before_" in jobs.error
    assert site.databases == before


def test_counts_are_those_of_the_dump_however_busy_the_database_is(
    site: Site, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = contents.read

    def busy(session: Session) -> Contents:
        with site.admin() as other:
            other.execute("DELETE FROM visits WHERE id <= 100")
        return real(session)

    with monkeypatch.context() as patched:
        patched.setattr(contents, "read", busy)
        backup = jobs.dumped(site)
    assert site.rows() == ROWS - 100
    assert jobs.manifest(backup)["contents"]["tables"]["public.visits_2026"]["rows"] == ROWS

    assert jobs.run(site, "restore") == 0, jobs.said


def test_a_manifest_says_what_is_in_the_backup_and_nothing_of_its_rows(site: Site, jobs: Jobs) -> None:
    manifest = jobs.manifest(jobs.dumped(site))

    tables = manifest["contents"]["tables"]
    assert {name: table["rows"] for name, table in tables.items()} == {
        "public.empty": 0,
        "public.patients": 100,
        "public.tenants": 3,
        "public.visits_2026": ROWS,
    }
    assert tables["public.patients"]["newest"] == {"created_at": "2026-11-01T13:40:00+00:00"}
    assert tables["public.empty"]["newest"] == {"at": None}
    assert manifest["contents"]["server_version"].startswith("18.")
    assert "patient 1" not in json.dumps(manifest)


def test_an_object_without_a_manifest_is_no_backup(site: Site, jobs: Jobs) -> None:
    backup = jobs.dumped(site)
    jobs.s3.put_object(Bucket=jobs.bucket, Key=f"{NAME}/20991231T000000Z/database.dump.enc", Body=b"half")

    assert jobs.run(site, "list", "--json") == 0

    assert jobs.backups == [backup]


def test_e10_verify_says_what_differs(site: Site, jobs: Jobs) -> None:
    jobs.dumped(site)
    assert jobs.run(site, "verify") == 0, jobs.said
    with site.admin() as session:
        session.execute("DELETE FROM visits WHERE id = 1")
        session.execute("UPDATE patients SET created_at = '2026-12-01' WHERE id = 7")
        session.execute("DROP TABLE empty")

    assert jobs.run(site, "verify") == 4

    assert jobs.error.endswith(
        "differs from the backup: other columns; other constraints, indexes, views, routines, triggers or "
        "policies; public.empty is missing; public.patients has other newest "
        f"rows; public.visits_2026 has {ROWS - 1} rows instead of {ROWS}"
    )


def test_e10_verify_sees_a_constraint_that_is_gone(site: Site, jobs: Jobs) -> None:
    jobs.dumped(site)
    with site.admin() as session:
        session.execute("DROP POLICY own ON patients")

    assert jobs.run(site, "verify") == 4
    assert "other constraints, indexes, views, routines, triggers or policies" in jobs.error


def test_an_older_database_comes_back_on_a_newer_server(old_site: Site, site: Site, jobs: Jobs) -> None:
    with site.admin() as session:
        session.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(old_site.owner)))
        grant = sql.SQL("GRANT {} TO {}").format(sql.Identifier(old_site.owner), sql.Identifier(site.master))
        session.execute(grant)
    jobs.dumped(old_site)

    assert jobs.run(site, "restore", "--into", f"{site.name}_from_old") == 0, jobs.said

    assert site.rows(f"{site.name}_from_old") == ROWS


def test_each_server_meets_the_programs_of_its_own_version(old_site: Site, jobs: Jobs) -> None:
    assert jobs.manifest(jobs.dumped(old_site))["client_major"] == 16

    assert jobs.run(old_site, "restore", "--switch") == 0, jobs.said

    assert old_site.rows() == ROWS


def test_a20_moves_from_a_foreign_server_whose_roles_are_unknown_here(
    old_site: Site, site: Site, jobs: Jobs
) -> None:
    url = (
        f"postgresql://{old_site.master}:{PASSWORD_IN_URL}@/{old_site.name}"
        f"?host={old_site.environment['PGHOST']}&port=5432&sslmode=disable"
    )
    jobs.dumped(old_site, DATABASE_URL=url)
    jobs.monkeypatch.delenv("DATABASE_URL", raising=False)

    asked = ["--owner", site.owner, "--without-privileges", "--switch"]
    assert jobs.run(site, "restore", *asked) == 0, jobs.said

    assert site.rows() == ROWS
    assert jobs.run(site, "verify") == 0


PASSWORD_IN_URL = "".join(f"%{byte:02x}" for byte in PASSWORD.encode())
