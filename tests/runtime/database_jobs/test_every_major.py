"""A20, A21: a PostgreSQL of each major that the image knows is dumped and restored by its own programs."""

from collections.abc import Callable
from itertools import combinations

import pytest
from psycopg import sql

from support.database_jobs import ROWS, Jobs, Site

pytestmark = pytest.mark.database

SiteOn = Callable[[str], Site]
MAJORS = ("15", "16", "17", "18")
PAIRS = list(combinations(MAJORS, 2))


def knows(site: Site, other: Site) -> None:
    """Make the roles of another server's database, as a restore beside it would find them."""
    with site.admin() as session:
        owner, master = sql.Identifier(other.owner), sql.Identifier(site.master)
        session.execute(sql.SQL("CREATE ROLE {}").format(owner))
        session.execute(sql.SQL("GRANT {} TO {}").format(owner, master))


@pytest.mark.parametrize("major", MAJORS)
def test_each_is_dumped_by_its_own_programs_and_comes_back_under_its_name(
    site_on: SiteOn, jobs: Jobs, major: str
) -> None:
    site = site_on(major)
    manifest = jobs.manifest(jobs.dumped(site))
    assert str(manifest["client_major"]) == major
    assert manifest["contents"]["server_version"].startswith(f"{major}.")
    with site.admin() as session:
        session.execute("DELETE FROM visits")

    assert jobs.run(site, "restore", "--switch") == 0, jobs.said

    assert site.rows() == ROWS
    assert jobs.run(site, "verify") == 0, jobs.said


@pytest.mark.parametrize(("older", "newer"), PAIRS)
def test_a_dump_of_an_older_one_comes_back_whole_on_a_newer(
    site_on: SiteOn, jobs: Jobs, older: str, newer: str
) -> None:
    source, target = site_on(older), site_on(newer)
    knows(target, source)
    jobs.dumped(source)
    into = f"{target.name}_from_{source.name}"

    assert jobs.run(target, "restore", "--into", into) == 0, jobs.said

    assert target.rows(into) == ROWS


@pytest.mark.parametrize(("older", "newer"), PAIRS)
def test_a_dump_of_a_newer_one_is_refused_by_an_older_before_anything_is_made(
    site_on: SiteOn, jobs: Jobs, older: str, newer: str
) -> None:
    source, target = site_on(newer), site_on(older)
    jobs.dumped(source)

    assert jobs.run(target, "restore") == 2

    assert f"restore to {newer} or newer" in jobs.error
    assert (target.databases, target.rows()) == ({target.name}, ROWS)
