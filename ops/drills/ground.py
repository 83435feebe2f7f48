"""What every drill stands on: databases with a template's parameters and roles, and poolers in front."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ops.drills.clients import Door
from ops.drills.plan import Plan
from ops.drills.servers import default_pooler, our_pooler
from ops.drills.servers.contents import make_database, make_role
from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.drills.servers.pooler import Credentials, Pooler, Upstream
from ops.drills.servers.ports import HOST
from ops.drills.servers.postgres import Postgres

Say = Callable[[str], None]


@dataclass(slots=True)
class Logins:
    """Passwords of the roles, made for this run, and what a database keeps of them."""

    passwords: dict[str, str] = field(repr=False)
    verifiers: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, roles: Iterable[str]) -> "Logins":
        """New passwords."""
        return cls({role: secrets.token_urlsafe(18) for role in roles})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Running databases and the logins of their roles."""

    lifetime: Lifetime
    plan: Plan
    program: Pgbouncer
    servers: Mapping[str, Postgres]
    """By the name a database has at the pool; drills that need no replicas have the primary under each."""
    upstreams: Mapping[str, Upstream]
    """Where poolers find them."""
    logins: Logins

    @property
    def primary(self) -> Postgres:
        """The database itself."""
        return self.servers[self.plan.alias]

    def pooler(self, name: str, *, lines: Mapping[str, str] | None = None, **settings: Any) -> Pooler:
        """Start a pooler as the template describes it.

        Args:
            name: Of its folder.
            lines: What to replace in the configuration our program writes, for a contrast.
            settings: What to replace in the template's, for the same.
        """
        return our_pooler.start(
            self.lifetime,
            name,
            program=self.program,
            settings={**self.plan.settings, **settings},
            credentials=Credentials(self.logins.verifiers),
            upstreams=self.upstreams,
            lines=lines or {},
        )

    def default_pooler(self, name: str) -> Pooler:
        """Start a pooler with the template's sizes, and else pgbouncer's own defaults."""
        return default_pooler.start(
            self.lifetime,
            name,
            program=self.program,
            settings=self.plan.settings,
            credentials=Credentials(self.logins.verifiers),
            upstreams=self.upstreams,
        )

    def through(self, one: Pooler, role: str, alias: str | None = None) -> Door:
        """How a client of that role reaches a database through a pooler."""
        return Door(
            port=one.port,
            database=alias or self.plan.alias,
            role=role,
            password=self.logins.passwords[role],
            sslmode=one.sslmode,
        )

    def direct(self, role: str, alias: str | None = None) -> Door:
        """How it reaches the database past every pooler."""
        name = alias or self.plan.alias
        return Door(
            port=self.servers[name].port,
            database=self.plan.database(name),
            role=role,
            password=self.logins.passwords[role],
        )


def prepare(
    lifetime: Lifetime, plan: Plan, program: Pgbouncer, say: Say, *, with_replicas: bool = False
) -> Ground:
    """Start the databases and make their roles."""
    aliases = list(plan.settings["databases"])
    logins = Logins.of(plan.settings["pool_sizes"])
    servers: dict[str, Postgres] = {}
    for alias in aliases if with_replicas else aliases[:1]:
        say(f"starting PostgreSQL for {alias}")
        name = f"pg{len(servers)}"
        servers[alias] = Postgres(lifetime, name, version=plan.version, parameters=plan.parameters)
        servers[alias].start()
        populate(servers[alias], plan, alias, logins)
    every = {alias: servers.get(alias, servers[aliases[0]]) for alias in aliases}
    return Ground(
        lifetime=lifetime,
        plan=plan,
        program=program,
        servers=every,
        upstreams={alias: Upstream(HOST, server.port) for alias, server in every.items()},
        logins=logins,
    )


def populate(server: Postgres, plan: Plan, alias: str, logins: Logins) -> None:
    """Make roles and database as a deployment does: none is a superuser, and one owns the schema."""
    for role, password in logins.passwords.items():
        # The verifier of the first server: a replica, or what replaces a primary, has the same roles.
        logins.verifiers[role] = make_role(server, role, logins.verifiers.get(role, password))
    make_database(server, plan.database(alias), owner=plan.owner)
