"""What a container of the pool is told in tests, and which PgBouncer it runs."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ops.drills.check import CannotRunError
from ops.drills.servers.pgbouncer import find
from ops.drills.servers.ports import free_port
from ops.workspace import Workspace

ROOT = Path(__file__).parents[2]
ADDRESS = "127.0.0.1"
"""Not localhost: c-ares, with which PgBouncer looks names up, takes that for ::1 and nothing else."""


@cache
def binary() -> Path:
    """Return a PgBouncer that knows our settings, or skip the test; ``REQUIRE_PGBOUNCER=1`` fails it."""
    try:
        return find(Workspace(ROOT), print).path
    except CannotRunError as error:
        reason = f"no PgBouncer to test with: {error}"
    if os.environ.get("REQUIRE_PGBOUNCER"):
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a container is told."""

    settings: Mapping[str, Any]
    credentials: Mapping[str, Any]
    environ: Mapping[str, str]

    def changed(self, *, environ: Mapping[str, str] | None = None, **settings: Any) -> "Told":
        """Return the same with other settings."""
        return replace(
            self, settings={**self.settings, **settings}, environ={**self.environ, **(environ or {})}
        )

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment variables, as ECS sets them."""
        return {
            **self.environ,
            "POOL_SETTINGS": json.dumps(self.settings),
            "POOL_CREDENTIALS": json.dumps(self.credentials),
        }


def told(database: Mapping[str, Any], credentials: Mapping[str, Any], ca_file: Path, **settings: Any) -> Told:
    """Return what a container is told about one database.

    Args:
        database: ``name`` and ``port`` of the database.
        credentials: The contents of the pool's secret.
        ca_file: Vouches for the database.
        settings: Differences from small sizes that are right for a test.
    """
    entry = {"host_from": "DATABASE_HOST", "port": database["port"], "database": database["name"]}
    usual = {
        "name": "test-pool",
        "listen_port": free_port(),
        "databases": {database["name"]: entry},
        "pool_sizes": dict.fromkeys(credentials["users"], 2),
        "max_db_connections": 2 * len(credentials["users"]),
        "max_client_conn": 200,
        "max_prepared_statements": 200,
        "server_idle_timeout": 60,
        "server_connect_timeout": 3,
        "query_wait_timeout": 10,
        "drain_seconds": 10,
    }
    environ = {
        "DATABASE_HOST": ADDRESS,
        "POOL_LISTEN_ADDRESS": ADDRESS,
        "PGBOUNCER_CA_FILE": str(ca_file),
        "PGBOUNCER": str(binary()),
        "PYTHONPATH": str(ROOT / "runtime"),
        "PATH": os.environ["PATH"],
    }
    return Told(settings=usual | settings, credentials=credentials, environ=environ)
