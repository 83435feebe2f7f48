"""Two databases, some tenants' rows, and the program between them, run here as its container would."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from moving.__main__ import main
from ops.drills.moving_ground import APPLICATION, OWNER, Mover, Site, ids

MOVED, OTHER, THIRD = ids(3)
WHOLE = ("check", "copy", "fence", "catch-up", "verify", "open")
GUARDED = (
    " ALTER TABLE extra ENABLE ROW LEVEL SECURITY; ALTER TABLE extra FORCE ROW LEVEL SECURITY;"
    " CREATE POLICY own ON extra USING (tenant_id = current_tenant());"
    " CREATE POLICY every_tenant ON extra TO CURRENT_USER"
    " USING (current_setting('app.every_tenant', true) = 'on')"
)
"""For a table named ``extra``."""
KILLED = Path(__file__).with_name("killed.py")


@dataclass
class Hall:
    """What a test holds in its hands."""

    mover: Mover
    s3: Any
    pool: Site
    silo: Site
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    said: str = ""
    result: dict[str, Any] = field(default_factory=dict)

    def told(self, *, back: bool = False, **changes: str) -> dict[str, str]:
        """The environment of the program."""
        ends = (self.silo, self.pool) if back else (self.pool, self.silo)
        source, target = (self.mover.keep(site.url()) for site in ends)
        return self.mover.environment(source, target, MOVED, **changes)

    def run(self, *steps: str, back: bool = False, **changes: Any) -> int:
        """Do some steps, each a run of its own; return the exit code of the first that fails, or 0."""
        return next((code for step in steps if (code := self.once(step, back=back, **changes))), 0)

    def once(self, *steps: str, back: bool = False, **changes: Any) -> int:
        """Do some steps in one run."""
        with self.monkeypatch.context() as patched:
            for name, value in self.told(back=back, **changes).items():
                if name != "PATH":
                    patched.setenv(name, value)
            code = main(steps)
        out = self.capsys.readouterr().out
        self.said += out
        self.result = json.loads(out.splitlines()[-1])
        return code

    def killed(self, request: int, *steps: str, back: bool = False) -> "subprocess.CompletedProcess[str]":
        """Do them in a process that is killed at one of its requests to a database."""
        return subprocess.run(
            [sys.executable, str(KILLED), str(request), *steps],
            env=self.told(back=back),
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def message(self) -> str:
        """Why it failed."""
        return str(self.result["message"])

    def login(
        self, site: Site, role: str = APPLICATION, tenant: str | None = MOVED
    ) -> psycopg.Connection[Any]:
        """Log in as a role of the product, as one tenant."""
        connection = psycopg.connect(site.url(role), autocommit=True)
        if tenant:
            connection.execute("SELECT set_config('app.current_tenant', %s, false)", [tenant])
        return connection

    def change(self, site: Site, statement: str, role: str = OWNER) -> None:
        """Let a role change something, as migrations do."""
        with self.login(site, role, None) as session:
            session.execute("SELECT set_config('app.every_tenant', 'on', false)")
            session.execute(statement.encode())

    def rows(self, site: Site, tenant: str = MOVED) -> dict[str, list[Any]]:
        """Everything of a tenant, read by the superuser."""
        query = sql.SQL("SELECT t::text FROM {} t WHERE {} = %s ORDER BY 1")
        columns = {"tenant": "id", "note": "tenant_id", "patient": "tenant_id", "visit": "tenant_id"}
        with site.admin() as admin:
            return {
                table: admin.execute(
                    query.format(sql.Identifier(table), sql.Identifier(column)), [tenant]
                ).fetchall()
                for table, column in columns.items()
            }

    def count(self, site: Site, tenant: str = MOVED) -> int:
        """How many rows a tenant has."""
        return sum(map(len, self.rows(site, tenant).values()))


def furnish(site: Site, tenants: tuple[str, ...] = (MOVED, OTHER, THIRD)) -> None:
    """Write some rows of each tenant, of every kind of type."""
    with site.admin() as admin:
        for number, tenant in enumerate(tenants):
            admin.execute("INSERT INTO tenant VALUES (%s, %s)", [tenant, f"tenant {number}"])
            for statement in _ROWS:
                admin.execute(statement.encode(), {"tenant": tenant})


_ROWS = (
    "INSERT INTO patient (tenant_id, client, name, feels, felt, document, scan, weight, tariff)"
    " SELECT %(tenant)s, n, 'Zoë ' || n, 'ill', '{well,ill,NULL}', jsonb_build_object('n', n, 'é', E'\\t\"'),"
    " decode(repeat('00ff5c', n), 'hex'), CASE n WHEN 1 THEN 'NaN' WHEN 2 THEN -0.1 ELSE 1/3::float END, 2"
    " FROM generate_series(1, 40) n",
    "INSERT INTO visit SELECT tenant_id, id, client, v, date '2026-06-01' + v * 100, CASE v WHEN 0 THEN NULL"
    " ELSE E'a\\nb\\\\.\\n\\\\N' END FROM patient, generate_series(0, 3) v WHERE tenant_id = %(tenant)s",
    "INSERT INTO note (tenant_id, body) SELECT %(tenant)s, 'note ' || n FROM generate_series(1, 30) n",
    "UPDATE note SET answers = id + 1 WHERE tenant_id = %(tenant)s"
    " AND id < (SELECT max(id) FROM note WHERE tenant_id = %(tenant)s)",
)
