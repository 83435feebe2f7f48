"""Every setting PgBouncer is given, its value, and why: data, so that a page can print it.

What stays at PgBouncer's default is not here. Cancel requests come over a connection of their own and
may reach another container behind the load balancer, where they are dropped: peering would need fixed
addresses. A query that was to be cancelled then ends by the timeouts of its client or of the database.
"""

from dataclasses import dataclass

from pgbouncer.files import Files
from pgbouncer.settings import Settings


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the configuration file."""

    name: str
    value: str | int
    why: str


def table(settings: Settings, files: Files, *, admin: str, stats: str) -> tuple[Setting, ...]:
    """Return the settings of the section ``[pgbouncer]``."""
    return (
        *_door(settings, files),
        *_logins(files, admin, stats),
        *_sizes(settings),
        *_failures(settings),
        *_logs(),
    )


def _door(settings: Settings, files: Files) -> tuple[Setting, ...]:
    return (
        Setting(
            "listen_addr", settings.listen_address, "every address of the task; its security group decides"
        ),
        Setting("listen_port", settings.listen_port, "as the load balancer and the security groups know it"),
        Setting("unix_socket_dir", "", "no second way in"),
        Setting(
            "client_tls_sslmode", "require", "queries and answers are not readable inside the VPC either"
        ),
        Setting("client_tls_key_file", str(files.key), "made at the start, gone with the container"),
        Setting("client_tls_cert_file", str(files.certificate), "self-signed: clients use sslmode=require"),
        Setting(
            "server_tls_sslmode",
            "verify-full",
            "talks to nobody but the database; the default would not check",
        ),
        Setting("server_tls_ca_file", settings.ca_file, "the certificate authorities of RDS"),
    )


def _logins(files: Files, admin: str, stats: str) -> tuple[Setting, ...]:
    return (
        Setting(
            "auth_type", "scram-sha-256", "the only method that passes a login on without a password at hand"
        ),
        Setting(
            "auth_file", str(files.users), "RDS shows nobody its verifiers, so they cannot be looked up there"
        ),
        Setting("admin_users", admin, "for RECONNECT after a migration, and for operators"),
        Setting("stats_users", stats, "for the liveness check and the metrics; may change nothing"),
        Setting(
            "ignore_startup_parameters",
            "extra_float_digits",
            "JDBC sends it; PostgreSQL 12 and later print floats exactly without it",
        ),
    )


def _sizes(settings: Settings) -> tuple[Setting, ...]:
    return (
        Setting("pool_mode", "transaction", "a client holds a server connection only while it uses it"),
        Setting(
            "max_client_conn", settings.max_client_conn, "all clients fit when the other container is gone"
        ),
        Setting("min_pool_size", 0, "keeps no connection just in case: a serverless database may pause"),
        Setting(
            "max_prepared_statements",
            settings.max_prepared_statements,
            "clients that prepare work unchanged; about 15 kB of the database's memory for each statement",
        ),
    )


def _failures(settings: Settings) -> tuple[Setting, ...]:
    return (
        Setting(
            "server_login_retry",
            1,
            "seconds; with the default of 15 all clients wait that long after a restart",
        ),
        Setting(
            "server_connect_timeout",
            settings.server_connect_timeout,
            "seconds; a database that does not answer is tried again soon, one that wakes is given time",
        ),
        Setting(
            "tcp_keepalive", 1, "notices a dead peer, and keeps the load balancer from forgetting a quiet one"
        ),
        Setting("tcp_keepidle", 10, "seconds of silence before asking; the load balancer forgets after 350"),
        Setting("tcp_keepintvl", 5, "seconds between asking again"),
        Setting("tcp_keepcnt", 3, "questions without an answer before the connection is closed"),
        Setting(
            "tcp_user_timeout",
            10000,
            "milliseconds; without it every client hangs for 15 minutes when the primary is lost silently",
        ),
        Setting(
            "query_wait_timeout",
            settings.query_wait_timeout,
            "seconds; a client hears that there is no connection before it gives up",
        ),
        Setting("idle_transaction_timeout", 30, "seconds; a forgotten transaction gives its connection back"),
        Setting("client_login_timeout", 10, "seconds; a half-open login does not hold a place"),
        Setting(
            "server_idle_timeout", settings.server_idle_timeout, "seconds; a burst's connections go again"
        ),
        Setting("server_lifetime", 1800, "seconds; old connections move to a new primary or replica in time"),
        Setting("dns_max_ttl", 5, "seconds, as long as RDS's own names last; a failover changes the address"),
    )


def _logs() -> tuple[Setting, ...]:
    return (
        Setting("log_connections", 0, "a line per login of a busy pool says nothing"),
        Setting("log_disconnections", 0, "the same; errors are logged all the same"),
        Setting("log_stats", 0, "the metrics say more"),
    )
