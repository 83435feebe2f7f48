"""What a connection pool is told: databases by the names that clients know, sizes and seconds."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.pool import ConnectionPool as PoolConfig


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """A database that clients reach through the pool under the name they know it by."""

    host: str
    port: int
    database: str
    """Its name on the server."""


def settings(name: str, config: PoolConfig, upstreams: Mapping[str, Upstream]) -> dict[str, object]:
    """What ``runtime/pgbouncer`` makes its configuration from, as it is in the environment of a task."""
    return {
        "name": name,
        "listen_port": config.port,
        # Hosts are values of their own: a reference to another stack cannot be inside text.
        "databases": {
            alias: {"host_from": host_variable(alias), "port": one.port, "database": one.database}
            for alias, one in upstreams.items()
        },
        "pool_sizes": dict(config.pool_sizes),
        "max_db_connections": config.max_server_connections,
        "max_client_conn": config.max_client_connections,
        "max_prepared_statements": config.max_prepared_statements,
        "server_idle_timeout": config.server_idle_seconds,
        "server_connect_timeout": config.connect_seconds,
        "query_wait_timeout": config.wait_seconds,
        "drain_seconds": config.drain_seconds,
    }


def host_variable(alias: str) -> str:
    """The environment value with the host of a database."""
    return f"HOST_OF_{alias.upper()}"
