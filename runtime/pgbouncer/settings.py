"""What the container is told that is no secret: databases and sizes in ``POOL_SETTINGS``, hosts beside it.

Hosts are environment values of their own because they are references between stacks, which cannot
stand inside a JSON text. ``PGBOUNCER_CA_FILE``, ``POOL_LISTEN_ADDRESS`` and ``POOL_METRICS_SECONDS`` are
for tests and drills.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pgbouncer import fields as read
from pgbouncer.databases import Database, databases_in
from pgbouncer.failure import must

CA_FILE = "/etc/ssl/rds/global-bundle.pem"
"""Where the image has the certificate authorities of RDS, those of every region."""

_FIELDS = (
    "name",
    "listen_port",
    "databases",
    "pool_sizes",
    "max_db_connections",
    "max_client_conn",
    "max_prepared_statements",
    "server_idle_timeout",
    "server_connect_timeout",
    "query_wait_timeout",
    "drain_seconds",
)
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - the container's own; its security group decides who reaches it
METRICS_SECONDS = "60"
"""CloudWatch counts in minutes."""

_SECONDS = re.compile(r"[0-9]{1,4}(\.[0-9]+)?")
_LONGEST_DRAIN_SECONDS = 110
"""ECS kills a Fargate task 120 s after SIGTERM at the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One pool."""

    name: str
    """The dimension of its metrics."""

    listen_address: str
    listen_port: int
    databases: tuple[Database, ...]

    pool_sizes: Mapping[str, int]
    """Server connections of each role, per database."""

    max_db_connections: int
    """Server connections of all roles together, per database: the part of the database's budget that
    one container may ever take."""

    max_client_conn: int
    """Clients of this container; must be enough for all clients when the other container is gone."""

    max_prepared_statements: int
    """Statements PgBouncer keeps prepared per server connection; 0 breaks clients that prepare."""

    server_idle_timeout: int
    """Seconds after which an idle server connection is closed."""

    server_connect_timeout: int
    """Seconds an attempt to reach the database may take; one that pauses needs longer."""

    query_wait_timeout: int
    """Seconds a client waits for a server connection."""

    drain_seconds: int
    """Seconds that clients have to leave after SIGTERM."""

    ca_file: str
    """Vouches for the databases."""

    metrics_seconds: float
    """Between two reports."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings.

        Raises:
            SettingsError: Names the field.
        """
        fields = read.document(environ, "POOL_SETTINGS")
        read.only(fields, _FIELDS, "POOL_SETTINGS")
        ceiling = read.whole_number(fields, "max_db_connections", 1, 5000)
        return cls(
            name=read.title("name", fields.get("name")),
            listen_address=read.host(
                "POOL_LISTEN_ADDRESS", environ.get("POOL_LISTEN_ADDRESS", EVERY_ADDRESS)
            ),
            listen_port=read.whole_number(fields, "listen_port", 1024, 65535),
            databases=databases_in(read.mapping(fields, "databases"), environ),
            pool_sizes=_pool_sizes(read.mapping(fields, "pool_sizes"), ceiling),
            max_db_connections=ceiling,
            max_client_conn=read.whole_number(fields, "max_client_conn", 1, 20000),
            max_prepared_statements=read.whole_number(fields, "max_prepared_statements", 0, 5000),
            server_idle_timeout=read.whole_number(fields, "server_idle_timeout", 1, 3600),
            server_connect_timeout=read.whole_number(fields, "server_connect_timeout", 1, 120),
            query_wait_timeout=read.whole_number(fields, "query_wait_timeout", 1, 300),
            drain_seconds=read.whole_number(fields, "drain_seconds", 1, _LONGEST_DRAIN_SECONDS),
            ca_file=environ.get("PGBOUNCER_CA_FILE", CA_FILE),
            metrics_seconds=_metrics_seconds(environ),
        )

    @property
    def open_files(self) -> int:
        """File descriptors PgBouncer needs: one per connection, and some for itself."""
        servers = self.max_db_connections * len(self.databases)
        return max(4096, self.max_client_conn + servers + 200)

    @property
    def console_address(self) -> str:
        """Where this container reaches its own console."""
        return "127.0.0.1" if self.listen_address == EVERY_ADDRESS else self.listen_address


def _metrics_seconds(environ: Mapping[str, str]) -> float:
    text = environ.get("POOL_METRICS_SECONDS", METRICS_SECONDS)
    if not _SECONDS.fullmatch(text) or not float(text):
        raise must("POOL_METRICS_SECONDS", "a number above 0 and below 10000", text)
    return float(text)


def _pool_sizes(entries: read.Fields, ceiling: int) -> Mapping[str, int]:
    sizes = {read.role("pool_sizes", role): read.whole_number(entries, role, 1, 5000) for role in entries}
    total = sum(sizes.values())
    if total > ceiling:
        # Otherwise the roles that are busy could hold all of it, and the others would wait.
        raise must("pool_sizes", f"at most max_db_connections ({ceiling}) together", total)
    return sizes
