"""D9: passwords rotate on a real PostgreSQL while services log in all the time, and no login fails."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from rotation import rollouts
from runtime.support import Database
from support.fleet import Fleet
from support.rotated_database import RotatedDatabase

pytestmark = pytest.mark.database
ONE_VERSION = pytest.mark.parametrize("instance", ["18"], indirect=True)


@pytest.fixture
def rotated(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[RotatedDatabase]:
    fleet = Fleet()
    monkeypatch.setattr(rollouts, "ecs", fleet)
    yield RotatedDatabase(database, fleet, ("localhost", database.instance.port))
    fleet.stop()


def login(rotated: RotatedDatabase, stage: str, kind: str = "application") -> "psycopg.Connection[Any]":
    known = rotated.password(stage, kind)
    return rotated.database.connect(kind, user=known["username"], password=known["password"])


@pytest.mark.long
@ONE_VERSION
def test_d9_two_rotations_under_load_fail_no_login(rotated: RotatedDatabase) -> None:
    role = rotated.database.role("application")
    rotated.start()

    rotated.rotate()
    first = rotated.current()
    rotated.wait_for_logins()
    rotated.rotate()
    rotated.wait_for_logins()

    assert rotated.failures == []
    assert (first, rotated.current()) == (f"{role}_alternate", role)
    assert set(rotated.counts()) == {f"{role} as {role}", f"{role}_alternate as {role}"}


@ONE_VERSION
def test_d9_changing_the_password_in_use_fails_logins(rotated: RotatedDatabase) -> None:
    """What the two logins are for; and the reason to believe that the test above could fail."""
    rotated.start()

    rotated.change_the_one_password()

    assert any("password authentication failed" in one for one in rotated.failures)


def test_d9_both_passwords_work_after_a_rotation_on_every_version(rotated: RotatedDatabase) -> None:
    rotated.rotate()

    for stage in ("AWSCURRENT", "AWSPREVIOUS"):
        for kind in ("owner", "application"):
            with login(rotated, stage, kind) as session:
                assert session.execute("SELECT current_user").fetchone() == (rotated.database.role(kind),)


def test_d9_the_second_login_is_the_role_in_all_that_counts(rotated: RotatedDatabase) -> None:
    """Ownership, grants, row-level security by role and by ``current_user``, and the role's own settings."""
    owner, role = rotated.database.role("owner"), rotated.database.role("application")
    with rotated.database.as_superuser() as superuser:
        superuser.execute(f"ALTER ROLE {role} SET statement_timeout = '17s'")
        superuser.execute(f"ALTER ROLE {role} SET search_path = public, pg_temp")
    rotated.rotate()
    with login(rotated, "AWSCURRENT", "owner") as migration:
        migration.execute("CREATE TABLE notes (who text DEFAULT current_user, body text)")
        migration.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
        migration.execute(f"CREATE POLICY own ON notes TO {role} USING (who = current_user)")
        migration.execute("INSERT INTO notes (body) VALUES ('of the owner')")

    with login(rotated, "AWSCURRENT") as application:
        application.execute("INSERT INTO notes (body) VALUES ('of the application')")
        seen = application.execute("SELECT who, body FROM notes").fetchall()
        settings = application.execute("SELECT current_setting('statement_timeout')").fetchone()
        path = application.execute("SHOW search_path").fetchone()
        application.execute("RESET ROLE")
        application.execute("DISCARD ALL")
        still = application.execute("SELECT current_user::text").fetchone()
        application.execute("SET ROLE NONE")
        hidden = application.execute("SELECT count(*) FROM notes").fetchone()
    with login(rotated, "AWSPREVIOUS") as before:
        assert before.execute("SELECT body FROM notes").fetchall() == [("of the application",)]
    with rotated.database.as_superuser() as superuser:
        owned = superuser.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'notes'").fetchone()

    assert owned == (owner,)
    assert seen == [(role, "of the application")]
    assert (settings, path, still) == (("17s",), ("public, pg_temp",), (role,))
    assert hidden == (0,), "who gives up the role is not its current_user, and sees none of its rows"


def test_d9_a_deployment_after_a_rotation_changes_no_password(rotated: RotatedDatabase) -> None:
    rotated.rotate()

    rotated.database.provision()

    login(rotated, "AWSCURRENT").close()
    login(rotated, "AWSPREVIOUS").close()
