"""Who may open a connection to whom: one table, from which every security group rule is made.

A connection that is not in the table is impossible; one that is in the table has both its halves, the
way out of the caller and the way in of the called.
"""

from collections.abc import Iterable, Iterator

from config.cache import Cache
from config.database import AuroraServerless, Database
from config.network import NAT_GROUP as NAT
from config.network import PRIVATE_SUBNETS
from config.platform_name import Platform
from config.pool import ConnectionPool
from config.service import Service
from config.sources import DatabaseUrl, ReplicaUrls, SecretSource, pools
from config.values import Model, PortNumber

GROUP_TAG = "cambium:group"
"""Carries a security group's name in the table, so that tools find it in a running account."""
NOWHERE = "255.255.255.255/32"
"""An address nothing answers on: a rule to it keeps AWS from adding one that lets everything out."""

INTERNET = "internet"
LOAD_BALANCER = "load-balancer"
DATABASE = "database"
CACHE = "cache"
POOL = "connection-pool"
POOL_DOOR = "connection-pool-door"
JOBS = "database-jobs"
HOST = "host"
VOLUME = "volume"
TENANT_PREPARATION = "tenant-preparation"
TENANT_DATABASES = "tenant-databases"
TENANT_MOVER = "tenant-mover"
HTTPS = 443
HTTP = 80
NFS = 2049


class AccessRule(Model):
    """``source`` may open TCP connections to ``port`` of ``target``."""

    source: str
    target: str
    port: PortNumber
    why: str

    def __str__(self) -> str:
        """The rule as a line of the table."""
        return f"{self.source} -> {self.target}:{self.port}"


def access_rules(
    *,
    services: tuple[Service, ...],
    database: Database | AuroraServerless | None,
    cache: Cache | None,
    pool: ConnectionPool | None,
    platform: Platform,
    apart: bool = False,
) -> tuple[AccessRule, ...]:
    """Every connection the services need, and no other; sorted, without repetition.

    On a host all of them are one machine, whose group is its own: it is left after Fargate has begun.

    ``apart``: database jobs have a group of their own in any case.
    """
    if platform == "host":
        services = tuple(service.model_copy(update={"group": HOST}) for service in services)
    found = [
        *_front_door(services, platform),
        *_to_database(services, database, pool),
        *_of_jobs(database, pool, apart=apart),
        *_to_cache(services, cache, platform),
        *_to_volume(services, platform),
        *_between(services, platform),
        *_way_out(services, pool),
    ]
    unique = {str(rule): rule for rule in found}
    return tuple(unique[key] for key in sorted(unique))


def nat_rules(found: Iterable[AccessRule]) -> tuple[AccessRule, ...]:
    """What a NAT instance passes on: all that the table lets out to the internet, and what it needs itself.

    It needs HTTPS, for its one package and for Session Manager. A NAT gateway has no security group.
    """
    ports = sorted({HTTPS, *(rule.port for rule in found if rule.target == INTERNET)})
    on = (AccessRule(source=NAT, target=INTERNET, port=port, why="for private subnets") for port in ports)
    way_in = (
        AccessRule(source=PRIVATE_SUBNETS, target=NAT, port=port, why="to the internet") for port in ports
    )
    return (*on, *way_in)


def tenant_rules(database: Database) -> tuple[AccessRule, ...]:
    """What makes roles in the databases of tenants, which all join its target, and what moves their rows.

    Services of tenants have groups of their own, which are in no table: each is made with its tenant.
    """
    prepared = AccessRule(
        source=TENANT_PREPARATION, target=TENANT_DATABASES, port=database.port, why="roles of new tenants"
    )
    out = AccessRule(source=TENANT_PREPARATION, target=INTERNET, port=HTTPS, why="AWS APIs")
    moved = [
        AccessRule(source=TENANT_MOVER, target=target, port=database.port, why="rows of tenants that move")
        for target in (DATABASE, TENANT_DATABASES)
    ]
    images = AccessRule(source=TENANT_MOVER, target=INTERNET, port=HTTPS, why="its image, logins and logs")
    return (out, prepared, *moved, images)


def _front_door(services: tuple[Service, ...], platform: Platform) -> Iterator[AccessRule]:
    public = [service for service in services if service.behind_door]
    # App Runner brings its own front door: requests never enter through our network.
    if platform == "app-runner" or not public:
        return
    door = HOST if platform == "host" else LOAD_BALANCER
    yield AccessRule(source=INTERNET, target=door, port=HTTPS, why="visitors")
    yield AccessRule(source=INTERNET, target=door, port=HTTP, why="redirected to HTTPS")
    for service in public if platform == "fargate" else []:
        yield AccessRule(
            source=LOAD_BALANCER,
            target=service.group,
            port=service.port or 0,
            why=f"requests for {service.name}",
        )


def _to_database(
    services: tuple[Service, ...],
    database: Database | AuroraServerless | None,
    pool: ConnectionPool | None,
) -> Iterator[AccessRule]:
    if database is None:
        return
    if pool is not None:
        if pool.door == "load-balancer":
            yield AccessRule(source=POOL_DOOR, target=POOL, port=pool.port, why="pooled PostgreSQL")
        yield AccessRule(source=POOL, target=DATABASE, port=database.port, why="pooled PostgreSQL")
    for service in services:
        for source in service.secrets.values():
            yield from _way_to_database(service, source, database, pool)


def _way_to_database(
    service: Service,
    source: SecretSource,
    database: Database | AuroraServerless,
    pool: ConnectionPool | None,
) -> Iterator[AccessRule]:
    replicas = database.read_replicas if isinstance(database, Database) else 0
    if pool is not None and pools(source):
        yield AccessRule(
            source=service.group, target=pool_door(pool), port=pool.port, why="pooled PostgreSQL"
        )
    elif isinstance(source, DatabaseUrl) or (isinstance(source, ReplicaUrls) and replicas):
        yield AccessRule(source=service.group, target=DATABASE, port=database.port, why="PostgreSQL")


def pool_door(pool: ConnectionPool) -> str:
    """What clients of the pool connect to: its load balancer, or the poolers themselves."""
    return POOL_DOOR if pool.door == "load-balancer" else POOL


def _of_jobs(
    database: Database | AuroraServerless | None, pool: ConnectionPool | None, *, apart: bool
) -> Iterator[AccessRule]:
    """What runs at deployments, and the shell of people: past the pool, and never as a service."""
    if database is None or not has_jobs_group(database, pool, apart=apart):
        return
    yield AccessRule(source=JOBS, target=DATABASE, port=database.port, why="deployments and people")
    yield AccessRule(source=JOBS, target=INTERNET, port=HTTPS, why="AWS and third-party APIs")
    if pool is not None:
        yield AccessRule(source=JOBS, target=POOL, port=pool.port, why="reconnects it after a migration")
        yield AccessRule(source=JOBS, target=pool_door(pool), port=pool.port, why="tries a login")


def has_jobs_group(
    database: Database | AuroraServerless | None, pool: ConnectionPool | None, *, apart: bool = False
) -> bool:
    """Whether database jobs have a group of their own; where they have none, they join a service's."""
    return database is not None and (apart or pool is not None or database.shell_role is not None)


def _to_cache(services: tuple[Service, ...], cache: Cache | None, platform: Platform) -> Iterator[AccessRule]:
    # A host's cache is a container beside the others.
    for service in services if platform != "host" else ():
        if cache is not None and service.uses_cache:
            yield AccessRule(source=service.group, target=CACHE, port=cache.port, why=cache.engine)


def _to_volume(services: tuple[Service, ...], platform: Platform) -> Iterator[AccessRule]:
    # A host's volume is a disk of its own.
    for service in services if platform == "fargate" else ():
        if service.volume is not None:
            yield AccessRule(source=service.group, target=VOLUME, port=NFS, why=f"files of {service.name}")


def _between(services: tuple[Service, ...], platform: Platform) -> Iterator[AccessRule]:
    by_name = {service.name: service for service in services}
    # Containers of one host talk over its own bridge.
    for caller in services if platform != "host" else ():
        for name in caller.calls:
            called = by_name[name]
            if called.port is not None:
                yield AccessRule(
                    source=caller.group,
                    target=called.group,
                    port=called.port,
                    why=f"{caller.name} calls {name}",
                )


def _way_out(services: tuple[Service, ...], pool: ConnectionPool | None) -> Iterator[AccessRule]:
    for service in services:
        yield AccessRule(source=service.group, target=INTERNET, port=HTTPS, why="AWS and third-party APIs")
        for port in service.reaches:
            yield AccessRule(
                source=service.group, target=INTERNET, port=port, why=f"{service.name} reaches out"
            )
    if pool is not None:
        yield AccessRule(source=POOL, target=INTERNET, port=HTTPS, why="its image, password and logs")
