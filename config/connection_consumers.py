"""Who holds connections to a database or to its pool, and how many at the largest scale-out."""

from collections.abc import Iterator

from config.aws_limits import POSTGRES_RESERVED_CONNECTIONS
from config.pool import ConnectionPool
from config.service import Service
from config.values import Model

MIGRATIONS = 2
MONITORING = 5
"""Database Insights and the agents of RDS itself, which has connections reserved for them."""
PEOPLE = 2
ROLLING = 2
"""ECS starts the new tasks of a pool before it stops the old ones.

Two deployments within four minutes have three generations: the first still drains. Leave room for them.
"""


class Consumer(Model):
    """Somebody who holds connections."""

    name: str
    instances: int
    connections_each: int
    setting: str | None = None
    """What makes it smaller, where that is a number in the configuration."""

    @property
    def connections(self) -> int:
        """Connections in total."""
        return self.instances * self.connections_each


def clients(service: Service, replicas: int) -> Iterator[Consumer]:
    """A service whose tasks are clients of a pool."""
    tasks = service.scaling.most_tasks
    if service.uses_primary_through_pool:
        yield Consumer(
            name=service.name,
            instances=tasks,
            connections_each=service.database_pool,
            setting="its database_pool",
        )
    if service.reads_replicas and replicas:
        yield Consumer(
            name=f"{service.name}, to replicas",
            instances=tasks * replicas,
            connections_each=service.replica_connections,
            setting="its replica_pool",
        )


def pooled(pool: ConnectionPool) -> Consumer:
    """The pool, as it is rolled out."""
    return Consumer(
        name="connection pool",
        instances=pool.tasks * ROLLING,
        connections_each=pool.max_server_connections,
        setting="pool.max_server_connections",
    )


def direct(services: tuple[Service, ...]) -> Iterator[Consumer]:
    """Services that talk to the database itself."""
    for service in services:
        if service.uses_database and not service.before_rollout:
            yield Consumer(
                name=service.name,
                instances=service.scaling.max,
                connections_each=service.database_pool,
                setting="its database_pool",
            )


def migrations(services: tuple[Service, ...]) -> Consumer:
    """What changes the schema before a rollout, past any pool."""
    stated = sum(service.database_pool for service in services if service.before_rollout)
    return Consumer(
        name="migrations",
        instances=1,
        connections_each=max(MIGRATIONS, stated),
        setting="its database_pool" if stated > MIGRATIONS else None,
    )


RESERVED = Consumer(
    name="reserved by PostgreSQL", instances=1, connections_each=POSTGRES_RESERVED_CONNECTIONS
)


def direct_to_replica(services: tuple[Service, ...]) -> Iterator[Consumer]:
    """Services that read from a replica itself."""
    for service in services:
        if service.reads_replicas:
            yield Consumer(
                name=service.name,
                instances=service.scaling.max,
                connections_each=service.replica_connections,
                setting="its replica_pool",
            )


MONITORS = Consumer(name="monitoring", instances=1, connections_each=MONITORING)
VISITORS = Consumer(name="people", instances=1, connections_each=PEOPLE)
