"""A database to back up, and the program that does it, run here as its container would."""

import atexit
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from database.__main__ import main
from emulator.postgres.programs import majors, programs
from emulator.postgres.server import Credentials, Server

KEY = "5e" * 32
PASSWORD = "s3ntinel'\"@:/?#%&,\\ pass"
ROWS = 500
NAME = "database-1"


@cache
def layout() -> Path:
    """Every PostgreSQL of this machine, as Debian lays them out."""
    folder = Path(tempfile.mkdtemp(prefix="programs"))
    atexit.register(shutil.rmtree, folder)
    for major in map(str, majors()):
        (folder / major).symlink_to(programs(major).parent)
    return folder


@dataclass(frozen=True)
class Site:
    """One database of a server, owned by a master as on RDS, with tables of an owner role."""

    server: Server
    version: str
    name: str
    master: str
    owner: str

    @classmethod
    def made(cls, server: Server, version: str, name: str) -> "Site":
        """Make it, and fill it."""
        site = cls(server, version, name, f"admin_{name}", f"owner_{name}")
        server.create_master(Credentials(user=site.master, password=PASSWORD, database=name))
        with site.admin() as session:
            for statement in _content(site):
                session.execute(statement)
        return site

    @property
    def environment(self) -> dict[str, str]:
        """What the program is told about it."""
        return {
            "PGHOST": str(self.server.socket.parent),
            "PGPORT": "5432",
            "PGDATABASE": self.name,
            "PGUSER": self.master,
            "PGPASSWORD": PASSWORD,
            "PG_PROGRAMS": str(layout()),
        }

    def admin(self, database: str | None = None) -> psycopg.Connection[Any]:
        """Log in as the server's superuser."""
        return self.server.connect_as_admin(database or self.name)

    def rows(self, database: str | None = None) -> int:
        """How many visits there are."""
        with self.admin(database) as session:
            return int((session.execute("SELECT count(*) FROM visits").fetchone() or (0,))[0])

    @property
    def databases(self) -> set[str]:
        """Names of all databases of this site."""
        with self.admin("postgres") as session:
            found = session.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.name]
            )
            return {row[0] for row in found}


@dataclass
class Jobs:
    """Runs the program, and reads what it says."""

    s3: Any
    bucket: str
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    said: list[dict[str, Any]] = field(default_factory=list)

    def environment(self, site: Site, **changes: str) -> dict[str, str]:
        """What it is told."""
        ours = {"BACKUP_BUCKET": self.bucket, "BACKUP_NAME": NAME, "BACKUP_ENCRYPTION_KEY": KEY}
        return {**ours, **site.environment, **changes}

    def run(self, site: Site, *arguments: str, **changes: str) -> int:
        """Run it; what it logged is in ``said``."""
        for name, value in self.environment(site, **changes).items():
            self.monkeypatch.setenv(name, value)
        code = main(arguments)
        out = self.capsys.readouterr().out
        self.said = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        return code

    @property
    def error(self) -> str:
        """The last error it logged."""
        return str([line["message"] for line in self.said if line.get("level") == "ERROR"][-1])

    @property
    def backups(self) -> list[str]:
        """Ids of the backups, newest first, as the program lists them."""
        return [line["id"] for line in self.said if "id" in line and "level" not in line]

    def dumped(self, site: Site, **changes: str) -> str:
        """Make a backup and return its id."""
        assert self.run(site, "dump", **changes) == 0, self.said
        return str(next(line["id"] for line in self.said if "id" in line))

    @property
    def keys(self) -> list[str]:
        """Everything in the bucket."""
        found = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return sorted(one["Key"] for one in found)

    @property
    def unfinished(self) -> list[Mapping[str, Any]]:
        """Uploads that were neither completed nor aborted."""
        found: list[Mapping[str, Any]] = self.s3.list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])
        return found

    def body(self, key: str) -> bytes:
        """An object."""
        return bytes(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def manifest(self, backup: str) -> dict[str, Any]:
        """A manifest."""
        read: dict[str, Any] = json.loads(self.body(f"{NAME}/{backup}/manifest.json"))
        return read


def _content(site: Site) -> list[sql.Composed]:
    owner, master = sql.Identifier(site.owner), sql.Identifier(site.master)
    database = sql.Identifier(site.name)
    as_owner = [
        "CREATE TYPE mood AS ENUM ('well', 'ill')",
        "CREATE TABLE patients (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL,"
        " tenant int NOT NULL, state mood DEFAULT 'well', created_at timestamptz NOT NULL)",
        "CREATE TABLE visits (id int, patient bigint REFERENCES patients, at timestamptz NOT NULL,"
        " note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
        "CREATE TABLE visits_2026 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "CREATE TABLE empty (id int, at timestamp)",
        "CREATE INDEX by_tenant ON patients (tenant) WHERE tenant > 1",
        "CREATE VIEW ill AS SELECT id FROM patients WHERE state = 'ill'",
        "CREATE MATERIALIZED VIEW tenants AS SELECT tenant, count(*) AS patients FROM patients GROUP BY 1",
        "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2'",
        "ALTER TABLE patients ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY own ON patients USING (tenant = current_setting('app.tenant')::int)",
        "INSERT INTO patients (name, tenant, created_at) SELECT 'patient ' || n, n % 3,"
        " '2026-11-01T12:00:00Z'::timestamptz + n * interval '1 minute' FROM generate_series(1, 100) n",
        "INSERT INTO visits SELECT n, 1 + n % 100, '2026-11-02'::date + n * interval '1 minute',"
        " md5(n::text) FROM generate_series(1, 500) n",
        "REFRESH MATERIALIZED VIEW tenants",
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC",
    ]
    text = sql.SQL
    # Before 16 a grant has neither option, and gives both.
    options = "" if site.version == "15" else ", INHERIT TRUE, SET TRUE"
    return [
        text("CREATE ROLE {} NOLOGIN").format(owner),
        text("GRANT {} TO {} WITH ADMIN OPTION" + options).format(owner, master),
        text("ALTER SCHEMA public OWNER TO {}").format(owner),
        text("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        text("GRANT CONNECT, CREATE ON DATABASE {} TO {}").format(database, owner),
        text("ALTER DATABASE {} SET work_mem TO '8MB'").format(database),
        text("SET ROLE {}").format(owner),
        *(text(statement).format() for statement in as_owner),
        text("RESET ROLE").format(),
    ]
