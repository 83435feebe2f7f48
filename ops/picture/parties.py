"""The parties of the access table, as rows of the network: doors, services, and what holds data."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from config.access import CACHE, DATABASE, HOST, JOBS, LOAD_BALANCER, POOL, POOL_DOOR, VOLUME
from config.cache import Cache
from config.database import AuroraServerless, Database
from config.deployment import Deployment
from config.edge import Firewall
from config.platform_name import Platform
from config.service import Service
from ops.picture.things import Card, Row
from ops.picture.words import instances, size

Placed = tuple[int, Card]
"""A card, and the zone it is in."""


def public_rows(deployment: Deployment) -> list[Row]:
    """What has an address on the internet."""
    if deployment.platform == "host" and deployment.host is not None:
        host = deployment.host
        beside = f"nginx and {deployment.cache.engine}" if deployment.cache else "nginx"
        note = f"{host.instance_type}, with a disk of {host.data_volume_gib} GB; {beside} run beside these"
        cards = service_cards(deployment, deployment.services)
        return [Row(HOST, "One machine", "compute", note, cards)]
    if any(rule.target == LOAD_BALANCER for rule in deployment.access):
        note = f"takes requests, with HTTPS{_firewall(deployment.edge.firewall)}"
        return [Row(LOAD_BALANCER, "Load balancer", "network", note)]
    return []


def _firewall(firewall: Firewall | None) -> str:
    return ", behind a firewall" if firewall else ""


def private_rows(deployment: Deployment) -> list[Row]:
    """What nothing outside can address."""
    return [
        *([] if deployment.platform == "host" else _groups(deployment)),
        *_jobs(deployment),
        *_pool(deployment),
        *_database(deployment),
        *_cache(deployment.cache if deployment.platform != "host" else None, deployment.network.zones),
        *_volumes(deployment),
    ]


def _groups(deployment: Deployment) -> Iterator[Row]:
    order = list(dict.fromkeys(service.group for service in deployment.services))
    ranked = sorted(deployment.services, key=lambda service: order.index(service.group))
    for group, members in groupby(ranked, key=lambda service: service.group):
        if deployment.platform == "app-runner":
            note = f"the services’ way in (access group “{group}”)"  # noqa: RUF001
            yield Row(group, "VPC connector", "network", note)
        else:
            note = f"on Fargate, access group “{group}”"
            yield Row(group, "Services", "compute", note, service_cards(deployment, members))


def service_cards(deployment: Deployment, services: Iterable[Service]) -> tuple[Card, ...]:
    """A card for each service."""
    return tuple(
        Card(f"service:{service.name}", service.name, tuple(_facts(service, deployment.platform)), "compute")
        for service in services
    )


def _facts(service: Service, platform: Platform) -> Iterator[str]:
    yield size(service.cpu, service.memory_mib)
    yield instances(service, platform) + (" on Spot" if service.spot else "")
    if service.port is not None:
        yield f"port {service.port}"
    elif not service.before_rollout:
        yield "works in the background"
    if service.volume is not None:
        yield f"keeps files in {service.volume.mount_path}"


def _jobs(deployment: Deployment) -> Iterator[Row]:
    if deployment.job_group == JOBS:
        yield Row(JOBS, "Database jobs", "compute", "run at deployments, and when people need psql")


def _pool(deployment: Deployment) -> Iterator[Row]:
    if (pool := deployment.pool) is not None:
        if pool.door == "load-balancer":
            leads = "leads to poolers that accept connections"
            yield Row(POOL_DOOR, "Pool’s load balancer", "network", leads)  # noqa: RUF001
        note = f"pgbouncer, {pool.tasks} × {size(pool.cpu, pool.memory_mib)}"  # noqa: RUF001
        yield Row(POOL, "Connection pool", "data", note)


def _database(deployment: Deployment) -> Iterator[Row]:
    database = deployment.database
    if database is None:
        return
    cards = _aurora(database) if isinstance(database, AuroraServerless) else _instances(database)
    note = f"PostgreSQL {database.version}, backups kept {database.backup_days} days"
    yield Row(DATABASE, "Database", "data", note, zones=_dealt(cards, deployment.network.zones))


def _instances(database: Database) -> list[Placed]:
    """Primary, who stands by in the next zone, and replicas, which begin beside the primary's zone."""
    storage = f"{database.storage_gib} GB, grows to {database.max_storage_gib}"
    machine = (f"db.{database.instance_class}", storage)
    standby = Card("database:standby", "Standby", (machine[0], "takes over by itself"), "data")
    replicas = [
        (number, Card(f"database:replica-{number}", f"Read replica {number}", machine, "data"))
        for number in range(1, database.read_replicas + 1)
    ]
    primary = Card("database:primary", "Primary", machine, "data")
    return [(0, primary), *([(1, standby)] if database.multi_az else []), *replicas]


def _aurora(database: AuroraServerless) -> list[Placed]:
    """One card: its storage is in every zone by itself."""
    size_of_it = f"{database.min_capacity_acu:g}–{database.max_capacity_acu:g} capacity units"  # noqa: RUF001
    pause = database.pauses_after_seconds
    rest = f"pauses after {pause // 60} idle minutes" if pause else "never pauses"
    return [(0, Card("database:primary", "Aurora Serverless", (size_of_it, rest), "data"))]


def _cache(cache: Cache | None, zones: int) -> Iterator[Row]:
    if cache is None:
        return
    machine = (f"cache.{cache.node_type}",)
    nodes = [(0, Card("cache:node-1", "Node 1", machine, "data"))]
    nodes += [
        (number, Card(f"cache:node-{number + 1}", f"Node {number + 1}", (*machine, "can take over"), "data"))
        for number in range(1, cache.replicas + 1)
    ]
    yield Row(CACHE, "Cache", "data", f"{cache.engine.title()} {cache.version}", zones=_dealt(nodes, zones))


def _volumes(deployment: Deployment) -> Iterator[Row]:
    if any(rule.target == VOLUME for rule in deployment.access):
        kept = [service.name for service in deployment.services if service.volume]
        yield Row(VOLUME, "Files", "data", f"of {', '.join(kept)}: on EFS, encrypted")


def _dealt(cards: list[Placed], zones: int) -> tuple[tuple[Card, ...], ...]:
    """To each zone its cards; zones that do not exist begin again at the first."""
    return tuple(tuple(card for wanted, card in cards if wanted % zones == zone) for zone in range(zones))
