"""Whether a connection pool, the services that go through it and the database behind it fit each other."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from config.aws_limits import FARGATE_MEMORY_MIB, nearest_memory
from config.database import AuroraServerless, Database
from config.pool import CONSOLE, ConnectionPool
from config.service import Service
from config.sources import DatabaseUrl, ReplicaUrls, pools

WAKING_SECONDS = 45
"""AWS: about 15 seconds from a pause, 30 and more after a long one."""

if TYPE_CHECKING:
    from config.deployment import Deployment


def check_pool(deployment: "Deployment") -> None:
    """Refuse a pool that some service could not use, or would get around.

    Raises:
        ValueError: names the service or the role, what is allowed and what to do.
    """
    pool = deployment.pool
    if pool is None:
        return
    if deployment.database is None:
        raise ValueError(
            f"pool needs a database behind it: system {deployment.system} must have one, got None"
        )
    if deployment.platform != "fargate":
        raise ValueError(
            f'pool needs platform "fargate", which runs it, got "{deployment.platform}": leave pool out, '
            "or change the platform"
        )
    for service in deployment.services:
        _check_way(service)
    _check_roles(deployment.services, pool)
    _check_names(deployment.database)
    _check_size(pool)
    _check_awake(deployment.database, pool)


def _check_way(service: Service) -> None:
    past = [
        key
        for key, source in service.secrets.items()
        if isinstance(source, DatabaseUrl) and source.direct and not service.before_rollout
    ]
    if past:
        raise ValueError(
            f"service {service.name} must go through the pool, got {past[0]} with direct=True: its "
            "connections would be in nobody's budget; only a service with before_rollout=True may go past it"
        )


def _check_roles(services: tuple[Service, ...], pool: ConnectionPool) -> None:
    used = dict(_roles(services))
    for role, service in used.items():
        if role not in pool.pool_sizes:
            raise ValueError(
                f"pool.pool_sizes must have a size for role {role}, which service {service} uses, "
                f"got sizes for {', '.join(pool.pool_sizes) or 'none'}"
            )
    idle = [role for role in pool.pool_sizes if role not in used]
    if idle:
        raise ValueError(
            f"pool.pool_sizes must name roles that services use through the pool "
            f"({', '.join(used) or 'none'}), got {', '.join(idle)}"
        )


def _roles(services: tuple[Service, ...]) -> Iterator[tuple[str, str]]:
    for service in services:
        for source in service.secrets.values():
            if isinstance(source, DatabaseUrl | ReplicaUrls) and pools(source):
                yield source.role, service.name


def _check_names(database: Database | AuroraServerless) -> None:
    for name in (database.name, *(role.name for role in database.roles)):
        if name in CONSOLE:
            raise ValueError(
                f"behind a pool, databases and roles must have names other than {', '.join(CONSOLE)}, "
                f"which are those of its console, got {name}"
            )


def _check_size(pool: ConnectionPool) -> None:
    if pool.memory_mib not in FARGATE_MEMORY_MIB.get(pool.cpu, ()):
        raise ValueError(
            f"pool on Fargate: {nearest_memory(FARGATE_MEMORY_MIB, pool.cpu)}, "
            f"got cpu {pool.cpu} with memory_mib {pool.memory_mib}"
        )


def _check_awake(database: Database | AuroraServerless, pool: ConnectionPool) -> None:
    pauses = database.pauses_after_seconds if isinstance(database, AuroraServerless) else None
    if pauses is None:
        return
    for field in ("connect_seconds", "wait_seconds"):
        got = getattr(pool, field)
        if got < WAKING_SECONDS:
            raise ValueError(
                f"pool.{field} must be at least {WAKING_SECONDS} in front of a database that pauses, which "
                f"takes half a minute to wake, got {got}: the first visitors would see errors"
            )
    if pool.server_idle_seconds >= pauses:
        raise ValueError(
            f"pool.server_idle_seconds must be below the {pauses} after which the database pauses, "
            f"got {pool.server_idle_seconds}: a held connection keeps it awake"
        )
