"""Reads a plan from a deployment and its synthesised templates."""

from collections.abc import Iterator

from config.connection_consumers import MIGRATIONS, MONITORING, PEOPLE
from config.database import AuroraServerless, Database
from config.deployment import Deployment
from config.pool import ConnectionPool
from config.service import Service
from config.sources import DatabaseUrl, ReplicaUrls
from ops.assembly.manifest import Assembly
from ops.drills.plan import Clients, Plan, Tasks
from ops.drills.templates import Found, find
from ops.outcome import ExitCode, OperatorError


def read(deployment: Deployment, assembly: Assembly) -> Plan:
    """The plan of the home shard.

    Raises:
        OperatorError: the deployment has no connection pool, or its templates do not show it.
    """
    database, pool = require_pool(deployment)
    beginning = deployment.stack_name("", *next(deployment.shards()))
    own = {name: one for name, one in assembly.templates.items() if name.startswith(beginning)}
    return _plan(deployment, database, pool, find(own))


def require_pool(deployment: Deployment) -> tuple[Database | AuroraServerless, ConnectionPool]:
    """The database and the pool in front of it.

    Raises:
        OperatorError: the deployment has none.
    """
    if deployment.database is None or deployment.pool is None:
        raise OperatorError(
            ExitCode.CONFIGURATION,
            f"{deployment.system} {deployment.environment.name} has no connection pool",
            hint="drills are about a database behind a pool: choose another --system",
        )
    return deployment.database, deployment.pool


def _plan(
    deployment: Deployment, database: Database | AuroraServerless, pool: ConnectionPool, found: Found
) -> Plan:
    return Plan(
        title=f"{deployment.system} {deployment.environment.name}, phase {deployment.phase}",
        version=database.version,
        parameters={"max_connections": str(database.max_connections), **found.parameters},
        left_out=found.left_out,
        settings=found.settings,
        poolers=found.poolers,
        door=pool.door,
        clients=tuple(_clients(deployment, found)),
        owner=next(role.name for role in database.roles if role.kind == "owner"),
        application=_application(database, pool),
        client_max_age_seconds=pool.client_max_age_seconds,
        direct=MIGRATIONS + MONITORING + PEOPLE,
    )


def _application(database: Database | AuroraServerless, pool: ConnectionPool) -> str:
    """The role that policies bind: the first that has a share of the pool and owns nothing."""
    for role in database.roles:
        if role.kind == "application" and role.name in pool.pool_sizes:
            return role.name
    raise OperatorError(
        ExitCode.CONFIGURATION,
        "drills need a role of kind application in pool_sizes, "
        f"got {', '.join(pool.pool_sizes)} of which none is",
    )


def _clients(deployment: Deployment, found: Found) -> Iterator[Clients]:
    primary, *replicas = deployment.pooled_databases
    for service in deployment.services:
        if service.pools_database and service.name in found.services:
            tasks = found.services[service.name]
            yield from _of_primary(service, primary, tasks)
            yield from _of_replicas(service, replicas, tasks)


def _of_primary(service: Service, alias: str, tasks: Tasks) -> Iterator[Clients]:
    roles = [
        source.role
        for source in service.secrets.values()
        if isinstance(source, DatabaseUrl) and not source.direct
    ]
    # ``database_pool`` counts all pools of a task: one per URL it is given.
    for number, role in enumerate(roles):
        each = service.database_pool // len(roles) + (number < service.database_pool % len(roles))
        yield Clients(service=service.name, alias=alias, role=role, tasks=tasks, each=each)


def _of_replicas(service: Service, aliases: list[str], tasks: Tasks) -> Iterator[Clients]:
    each = service.replica_connections
    sources = [source for source in service.secrets.values() if isinstance(source, ReplicaUrls)]
    for source in sources:
        for alias in aliases:
            yield Clients(service=service.name, alias=alias, role=source.role, tasks=tasks, each=each)
