"""pgbouncer with its own defaults, for contrast: only what it cannot start without is stated."""

from collections.abc import Iterator, Mapping
from typing import Any

from ops.drills.servers.lifetime import Lifetime
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.drills.servers.pooler import ADMIN, Credentials, Pooler, Upstream
from ops.drills.servers.ports import HOST, free_port


def start(
    lifetime: Lifetime,
    name: str,
    *,
    program: Pgbouncer,
    settings: Mapping[str, Any],
    credentials: Credentials,
    upstreams: Mapping[str, Upstream],
) -> Pooler:
    """Start pgbouncer in transaction mode with the same sizes."""
    folder = lifetime.make_folder(name)
    port = free_port()
    users = {**credentials.verifiers, ADMIN: credentials.admin}
    users_file = lifetime.make_file(
        folder / "users.txt", "".join(f'"{user}" "{secret}"\n' for user, secret in users.items())
    )
    lines = [*_databases(settings, upstreams), *_pooler(settings, port), f"auth_file = {users_file}"]
    configuration = lifetime.make_file(folder / "pgbouncer.ini", "\n".join(lines) + "\n")
    command = [str(program.path), str(configuration)]
    return Pooler(lifetime, command, folder=folder, credentials=credentials, port=port, sslmode="disable")


def _databases(settings: Mapping[str, Any], upstreams: Mapping[str, Upstream]) -> Iterator[str]:
    yield "[databases]"
    for alias, database in settings["databases"].items():
        where = f"host={upstreams[alias].host} port={upstreams[alias].port} dbname={database['database']}"
        yield f"{alias} = {where} max_db_connections={settings['max_db_connections']}"
    yield "[users]"
    for role, size in settings["pool_sizes"].items():
        yield f"{role} = pool_size={size}"


def _pooler(settings: Mapping[str, Any], port: int) -> Iterator[str]:
    yield "[pgbouncer]"
    yield f"listen_addr = {HOST}"
    yield f"listen_port = {port}"
    yield "unix_socket_dir ="
    yield "pool_mode = transaction"
    yield f"max_client_conn = {settings['max_client_conn']}"
    yield "auth_type = scram-sha-256"
    yield f"admin_users = {ADMIN}"
