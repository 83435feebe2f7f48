"""Who may open a connection to whom: one table, from which every security group rule is made.

A connection that is not in the table is impossible; one that is in the table has both its halves, the
way out of the caller and the way in of the called.
"""

from collections.abc import Iterator

from config.cache import Cache
from config.database import AuroraServerless, ConnectionPool, Database
from config.environment import Platform
from config.service import Service
from config.sources import DatabaseUrl, ReplicaUrls
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
VOLUME = "volume"
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
) -> tuple[AccessRule, ...]:
    """Every connection the services need, and no other; sorted, without repetition."""
    found = [
        *_front_door(services, platform),
        *_to_database(services, database, pool),
        *_to_cache(services, cache),
        *_to_volume(services, platform),
        *_between(services, platform),
        *_way_out(services, pool),
    ]
    unique = {str(rule): rule for rule in found}
    return tuple(unique[key] for key in sorted(unique))


def _front_door(services: tuple[Service, ...], platform: Platform) -> Iterator[AccessRule]:
    public = [service for service in services if service.public and service.port is not None]
    # App Runner brings its own front door: requests never enter through our network.
    if platform == "app-runner" or not public:
        return
    door = public[0].group if platform == "host" else LOAD_BALANCER
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
        yield AccessRule(source=POOL, target=DATABASE, port=database.port, why="pooled PostgreSQL")
    replicas = isinstance(database, Database) and database.read_replicas
    told = [(service, source) for service in services for source in service.secrets.values()]
    for service, source in told:
        if pool is not None and isinstance(source, DatabaseUrl) and not source.direct:
            yield AccessRule(source=service.group, target=POOL, port=pool.port, why="pooled PostgreSQL")
        elif isinstance(source, DatabaseUrl) or (isinstance(source, ReplicaUrls) and replicas):
            yield AccessRule(source=service.group, target=DATABASE, port=database.port, why="PostgreSQL")


def _to_cache(services: tuple[Service, ...], cache: Cache | None) -> Iterator[AccessRule]:
    for service in services:
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
