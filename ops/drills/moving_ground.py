"""Two databases with a product's tables and roles, their secrets, and the program that moves between them."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from emulator.client import session
from ops.drills.clients import Door
from ops.drills.restoring import RUNTIME, start_s3
from ops.drills.servers.contents import make_role, run_file
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.postgres import Postgres
from ops.drills.tenancy import TEMPLATE
from ops.drills.tenants import tenant

OWNER, APPLICATION = "shop_owner", "shop"
REGION = "eu-central-1"
ACCOUNT = "123456789012"
TABLES = Path(__file__).parent / "sql" / "moving.sql"


@dataclass(frozen=True, slots=True)
class Site:
    """One database of a server, with the roles that a deployment makes."""

    server: Postgres
    name: str
    passwords: Mapping[str, str]

    @classmethod
    def made(cls, server: Postgres, name: str, *, tables: Path | None = TABLES) -> "Site":
        """Make the database, roles where they are missing, and tables."""
        site = cls(server, name, {role: _role(server, role) for role in (OWNER, APPLICATION)})
        database, owner = sql.Identifier(name), sql.Identifier(OWNER)
        statements = (
            sql.SQL("CREATE DATABASE {}").format(database),
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
            sql.SQL("GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {} TO {}").format(database, owner),
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(APPLICATION)),
        )
        with server.admin() as admin:
            for statement in statements:
                admin.execute(statement)
        with server.admin(name) as admin:
            admin.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner))
        for file in (TEMPLATE, tables) if tables else (TEMPLATE,):
            run_file(
                server, file, database=name, login=(OWNER, site.passwords[OWNER]), application=APPLICATION
            )
        return site

    def admin(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Log in as the superuser, whom no policy binds."""
        return self.server.admin(self.name)

    def door(self, role: str = APPLICATION) -> Door:
        """How a client reaches it."""
        return Door(self.server.port, self.name, role, self.passwords[role])

    def url(self, role: str = OWNER) -> str:
        """What a secret has."""
        return (
            f"postgresql://{role}:{self.passwords[role]}@{self.server.host}:{self.server.port}/{self.name}"
            "?sslmode=disable"
        )


def _role(server: Postgres, role: str) -> str:
    """A password for a role; servers keep their roles for all their databases."""
    password = secrets.token_urlsafe(18)
    with server.admin() as admin:
        if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            change = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
            admin.execute(change)
            return password
    make_role(server, role, password)
    return password


@dataclass(frozen=True, slots=True)
class Ran:
    """One step that was run."""

    code: int
    result: dict[str, Any]
    said: str

    def of(self, step: str) -> dict[str, Any]:
        """The result of one of several steps."""
        return next((one for one in self.result.get("steps", []) if one["step"] == step), {})

    @property
    def message(self) -> str:
        """Why it failed."""
        return str(self.result.get("message", ""))


class Mover:
    """Runs the program as its container would."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._vault = session(REGION, url=url).client("secretsmanager")

    @classmethod
    def started(cls, lifetime: Lifetime) -> "Mover":
        """With an embedded AWS for its secrets."""
        return cls(start_s3(lifetime))

    def keep(self, content: str | Mapping[str, str]) -> str:
        """Keep a secret and return its ARN."""
        text = content if isinstance(content, str) else json.dumps(content)
        arn = self._vault.create_secret(Name=f"moving/{secrets.token_hex(4)}", SecretString=text)["ARN"]
        return str(arn)

    def environment(self, source: str, target: str, moved: str, **changes: str) -> dict[str, str]:
        """What it is told; two ARNs and a tenant."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(RUNTIME),
            "AWS_ENDPOINT_URL": self._url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "drill",
            "AWS_DEFAULT_REGION": REGION,
            "MOVE_FROM": source,
            "MOVE_TO": target,
            "TENANT": moved,
            **changes,
        }

    def run(self, told: Mapping[str, str], *steps: str) -> Ran:
        """Do some steps in one run."""
        done = subprocess.run(
            [sys.executable, "-m", "moving", *steps],
            env=dict(told),
            capture_output=True,
            text=True,
            check=False,
        )
        lines = done.stdout.splitlines()
        result = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
        return Ran(done.returncode, result, done.stdout + done.stderr)


def fill(pool: Site, tenants: int, *, moved: str, megabytes: float) -> None:
    """Make tenants, and so much data of one of them, as the superuser."""
    with pool.admin() as admin:
        admin.execute(
            "INSERT INTO tenant (id, name) SELECT md5(n::text)::uuid, 'tenant ' || n"
            " FROM generate_series(1, %s) n",
            [tenants],
        )
        admin.execute(
            "INSERT INTO patient (tenant_id, client, name, document, scan)"
            " SELECT %s, -1, 'old ' || n, jsonb_build_object('n', n),"
            " decode(repeat(md5(n::text), 20), 'hex') FROM generate_series(1, %s) n",
            [moved, int(megabytes * 1000)],
        )
        admin.execute(
            "INSERT INTO visit (tenant_id, patient, client, number, at, note)"
            " SELECT tenant_id, id, -1, 0, '2026-03-01', repeat('visit ', 20) FROM patient WHERE client = -1"
        )


def ids(count: int) -> list[str]:
    """The tenants."""
    return [tenant(number) for number in range(1, count + 1)]
