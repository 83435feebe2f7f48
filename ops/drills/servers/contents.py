"""What a server holds: roles, databases, and what a file of SQL makes."""

import os
import subprocess
from pathlib import Path

from psycopg import sql

from ops.drills.servers.postgres import Postgres


def make_role(server: Postgres, name: str, password: str, *, bypasses_policies: bool = False) -> str:
    """Make a role that may log in, and is no superuser.

    Args:
        server: Where.
        name: Its name.
        password: Its password, or a verifier that another server keeps of it.
        bypasses_policies: Whether row-level security is to mean nothing to it.

    Returns:
        What the server keeps in place of the password, which a pooler may be given.
    """
    powers = sql.SQL("BYPASSRLS" if bypasses_policies else "NOBYPASSRLS")
    with server.admin() as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}").format(
                sql.Identifier(name), powers, sql.Literal(password)
            )
        )
        row = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [name]).fetchone()
    return str(row[0]) if row else ""


def make_database(server: Postgres, name: str, *, owner: str) -> None:
    """Make a database whose schema belongs to its owner."""
    role = sql.Identifier(owner)
    with server.admin() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), role))
    with server.admin(name) as connection:
        connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(role))


def run_file(
    server: Postgres, file: Path, *, database: str, login: tuple[str, str] | None = None, **variables: object
) -> None:
    """Run a file of SQL with psql, up to its first error.

    Args:
        server: Where.
        file: What to run.
        database: In which database.
        login: Role and password; left out, the superuser.
        variables: Those of psql.

    Raises:
        RuntimeError: psql failed; with its words.
    """
    role, password = login or server.superuser
    given = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
    where = ["-h", str(server.socket_folder), "-p", str(server.port), "-U", role, "-d", database]
    quiet = ["-X", "-q", "-v", "ON_ERROR_STOP=1"]
    done = subprocess.run(
        [str(server.programs / "psql"), *quiet, *given, *where, "-f", str(file)],
        env={**os.environ, "PGPASSWORD": password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{file.name} failed: {done.stderr.strip()}")
