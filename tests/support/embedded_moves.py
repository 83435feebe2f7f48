"""Organizations in the pool of the embedded Clinic, with rows of their own, and the schema of both sides."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from botocore.exceptions import ClientError

from support.embedded_tables import ROUTING
from support.embedded_tenants import Region

SCHEMA = """
CREATE TABLE IF NOT EXISTS note (
  tenant_id text NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, body text NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
ALTER TABLE note FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON note;
DROP POLICY IF EXISTS every_tenant ON note;
CREATE POLICY own ON note USING (tenant_id = nullif(current_setting('app.current_tenant', true), ''));
CREATE POLICY every_tenant ON note TO CURRENT_USER
  USING (current_setting('app.every_tenant', true) = 'on');
GRANT SELECT, INSERT, UPDATE, DELETE ON note TO clinic;
"""
Connection = psycopg.Connection[Any]


@dataclass
class Pool:
    """The database of everybody, and the silo of who moved out of it."""

    region: Region
    values: dict[str, str] = field(default_factory=dict)
    """What the tenant column holds, of organizations for which it does not hold their id."""

    def prepare(self) -> None:
        """Bring the schema of the pool up to date."""
        with self._login("clinic_owner") as owner:
            owner.execute(SCHEMA.encode())

    def owner(self) -> Connection:
        """A session of who owns the tables of the pool."""
        return self._login("clinic_owner")

    def add(self, organization: str, notes: int = 20, *, value: str | None = None) -> None:
        """An organization with rows, served from the pool; ``value`` is what they name their tenant by."""
        self.region.route(organization, tier="shared")
        if value is not None:
            self.values[organization] = value
        with self.serving(organization) as session:
            session.execute(
                "INSERT INTO note (tenant_id, body) SELECT %s, 'note ' || n FROM generate_series(1, %s) n",
                [self._value(organization), notes],
            )

    @contextmanager
    def serving(self, organization: str, *, silo: bool = False) -> Iterator[Connection]:
        """A session as the application has it, for one organization."""
        login = self.region.login(organization) if silo else self._login("clinic")
        with login as session:
            session.execute("SELECT set_config('app.current_tenant', %s, false)", [self._value(organization)])
            yield session

    def notes(self, organization: str, *, silo: bool = False) -> list[str]:
        """Its rows, on one side."""
        with self.serving(organization, silo=silo) as session:
            return [body for (body,) in session.execute("SELECT body FROM note ORDER BY id")]

    def write(self, organization: str, body: str, *, silo: bool = False) -> None:
        """One more row, as its users write one."""
        with self.serving(organization, silo=silo) as session:
            session.execute(
                "INSERT INTO note (tenant_id, body) VALUES (%s, %s)", [self._value(organization), body]
            )

    def refuses(self, organization: str, *, silo: bool = False) -> bool:
        """Whether a side takes no write of it."""
        try:
            self.write(organization, "refused", silo=silo)
        except psycopg.Error:
            return True
        return False

    def line(self, organization: str) -> dict[str, Any]:
        """Where requests for it are led, whatever was tried before."""
        found = self.region.routed(organization)
        return {name: found.get(name) for name in ("tier", "state", "origin", "region", "shard", "residency")}

    @contextmanager
    def migrating(self, organization: str) -> Iterator[None]:
        """Make the tables of the silo as soon as the migration could: its program does not run here."""
        over = threading.Event()

        def migrate() -> None:
            while not over.wait(0.05):
                with (
                    suppress(ClientError, psycopg.Error, KeyError),
                    self.region.login(organization, "migration") as owner,
                ):
                    if owner.execute("SELECT to_regclass('note')").fetchone() == (None,):
                        owner.execute(SCHEMA.encode())

        helper = threading.Thread(target=migrate)
        helper.start()
        try:
            yield
        finally:
            over.set()
            helper.join()

    def forget(self, organization: str) -> None:
        """Take its line away, as whoever cancels an account does."""
        key = {"organization": {"S": organization}}
        self.region.client("dynamodb").delete_item(TableName=ROUTING, Key=key)

    def _value(self, organization: str) -> str:
        return self.values.get(organization, organization)

    def _login(self, role: str) -> Connection:
        url = self.region.secret("clinic/production/api")["DATABASE_URL"]
        told: dict[str, Any] = dict(psycopg.conninfo.conninfo_to_dict(url))
        held = self.region.secret(f"clinic/production/database/{role}")
        told |= {"user": role, "password": held["password"], "sslmode": "verify-full"}
        told["sslrootcert"] = str(self.region.data / "ca.pem")
        return psycopg.connect(psycopg.conninfo.make_conninfo(**told))
