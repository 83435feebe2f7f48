"""A database and what the pool in front of it is told, with logins that the pool's own Lambda composed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from connection_pool import users_handler
from runtime.support import SENTINEL, Database, lambda_context
from support.pooler import Pooler
from support.pooler_told import Told, told

Start = Callable[..., Pooler]
"""Starts a container that ends with the test."""


@dataclass
class PooledDatabase:
    """A database whose owner and application come through the pool."""

    database: Database
    told: Told

    secret_arn: str
    """The pool's secret."""

    @classmethod
    def of(cls, database: Database) -> "PooledDatabase":
        """Give the database its roles, and compose the pool's secret."""
        database.provision()
        secret = database.vault.add()
        roles = [
            {"Name": database.role(kind), "SecretArn": database.secrets[kind]}
            for kind in ("owner", "application")
        ]
        properties = {"SecretArn": secret, "Roles": roles}
        users_handler.on_event({"RequestType": "Create", "ResourceProperties": properties}, lambda_context())
        entry = {"name": database.name, "port": database.instance.port}
        return cls(database, told(entry, database.vault.get(secret), database.instance.ca_file), secret)

    def connect(self, pooler: Pooler, kind: str, **changes: Any) -> "psycopg.Connection[Any]":
        """Log in through the pool as a role of the database."""
        login = {"user": self.database.role(kind), "password": f"{kind} {SENTINEL}"}
        return pooler.connect(**(login | {"database": self.database.name} | changes))

    def backends(self) -> list[str]:
        """Return the role of each connection the database has from the pool."""
        with self.database.as_superuser() as superuser:
            rows = superuser.execute(
                "SELECT usename FROM pg_stat_activity WHERE datname = %s AND usename <> current_user",
                [self.database.name],
            ).fetchall()
        return [str(row[0]) for row in rows]


def until(happened: Callable[[], bool], seconds: float = 15) -> bool:
    """Wait for something, and return whether it came."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
