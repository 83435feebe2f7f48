"""C4: the roles of PostgreSQL 15 are still the master's to change after an upgrade to a newer version."""

import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from connection_secrets.failure import ActionableError
from emulator.postgres.programs import programs
from emulator.postgres.server import ADMIN, Server
from emulator.postgres.unprivileged import launcher
from runtime.support import Database

pytestmark = pytest.mark.database

NEWER = ("16", "18")
UPGRADER = "upgrader"


def roles_of(database: Database, version: str) -> str:
    """What an upgrade takes along of the roles, as the newer version's own program writes it."""
    server = database.instance.server
    with server.connect_as_admin() as admin:
        admin.execute(f"CREATE ROLE {UPGRADER} SUPERUSER LOGIN PASSWORD 'upgrader'")
    try:
        dump = subprocess.run(
            [
                *launcher().prefix,
                *(str(programs(version) / "pg_dumpall"), "--roles-only"),
                *("--host", str(server.socket.parent), "--port", "5432", "--username", UPGRADER),
            ],
            capture_output=True,
            text=True,
            check=True,
            env={"PGPASSWORD": "upgrader"},
        )
    finally:
        with server.connect_as_admin() as admin:
            admin.execute(f"DROP ROLE {UPGRADER}")
    return "\n".join(line for line in dump.stdout.splitlines() if not is_there_already(line))


def is_there_already(line: str) -> bool:
    """Whether it is about the superusers of the server, or for psql alone."""
    return line.startswith("\\") or any(
        line.startswith(f"{verb} ROLE {name}") for verb in ("CREATE", "ALTER") for name in (ADMIN, UPGRADER)
    )


@pytest.mark.parametrize("version", NEWER)
@pytest.mark.parametrize("instance", ["15"], indirect=True, ids="postgres{}".format)
def test_c4_after_an_upgrade_the_master_still_gives_the_roles_new_passwords(
    database: Database, version: str
) -> None:
    database.provision()
    roles = roles_of(database, version)

    with tempfile.TemporaryDirectory(prefix="pg") as name:
        newer = Server(Path(name) / "server", version)
        try:
            with newer.connect_as_admin() as admin:
                admin.execute("DROP OWNED BY rds_superuser; DROP ROLE rds_superuser")
                admin.execute(roles.encode())
                admin.execute(f"SET SESSION AUTHORIZATION {database.role('admin')}")
                for kind in ("owner", "application", "readonly"):
                    admin.execute(f"ALTER ROLE {database.role(kind)} PASSWORD 'another'")
                admin.execute(f"GRANT {database.role('owner')} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE")
        finally:
            newer.stop()


@pytest.mark.parametrize("instance", ["15"], indirect=True, ids="postgres{}".format)
def test_c4_no_role_can_become_another_or_the_master(database: Database) -> None:
    """On 15 being the administrator of a role includes its rights: that must go one way only."""
    database.provision()
    for kind in ("owner", "application", "readonly"):
        others = {"owner", "application", "readonly", "admin"} - {kind}
        with database.connect(kind) as login:
            for other in others:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    login.execute(f"SET ROLE {database.role(other)}")


@pytest.mark.parametrize("instance", ["15"], indirect=True, ids="postgres{}".format)
def test_c4_a_role_of_somebody_else_is_taken_over_only_when_it_is_handed_over(database: Database) -> None:
    """On 15 a master may take any role but a superuser's; ours asks first, as it has to from 16 on."""
    role, master = database.role("application"), database.role("admin")
    with database.as_superuser() as superuser:
        superuser.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'theirs'")

    with pytest.raises(ActionableError, match=f"GRANT {role} TO the master WITH ADMIN OPTION"):
        database.provision()
    database.connect("application", password="theirs", dbname="postgres").close()

    with database.as_superuser() as superuser:
        superuser.execute(f"GRANT {role} TO {master} WITH ADMIN OPTION")
    database.provision()
    database.connect("application").close()
