"""How many connections a deployment opens at its largest, against what those who take them allow.

With a connection pool there are two sides: clients against ``max_client_connections`` of the pool, and
server connections against ``max_connections`` of the database and of each read replica.

Where services talk to the database directly, the overlap of a rolling deployment at the largest
scale-out is not counted: connections beyond the limit are refused then, and tried again. Through a pool
it is: a pool that is rolled out holds its server connections twice, and would shut out migrations and people.
"""

from config.connection_consumers import (
    MONITORS,
    RESERVED,
    VISITORS,
    Consumer,
    clients,
    direct,
    direct_to_replica,
    migrations,
    pooled,
)
from config.database import AuroraServerless, Database
from config.pool import ConnectionPool
from config.service import Service
from config.values import Model


class ConnectionBudget(Model):
    """Consumers against the limit."""

    of: str
    """Who takes the connections, such as "database"."""
    setting: str
    """What the limit is called in the configuration."""
    limit: int
    consumers: tuple[Consumer, ...]
    holders: int = 1
    """How many share the load, each with the limit of its own that ``setting`` names."""

    @property
    def used(self) -> int:
        """Connections at the largest scale-out."""
        return sum(consumer.connections for consumer in self.consumers)

    def check(self) -> None:
        """Refuse a budget that does not fit.

        Raises:
            ValueError: says by how much, who takes most, and what to change to what.
        """
        if self.used <= self.limit:
            return
        largest = max(
            (consumer for consumer in self.consumers if consumer.setting),
            key=lambda consumer: consumer.connections,
        )
        room = (self.limit - (self.used - largest.connections)) // largest.instances
        lower = f"lower {largest.setting} to {room}, or " if room > 0 else ""
        whose = "" if self.of == "database" else f" of the {self.of}"
        raise ValueError(
            f"connections{whose} must be at most {self.setting} ({self.limit}), got {self.used}: "
            f"{largest.name} alone opens {largest.instances} x {largest.connections_each}; "
            f"{lower}raise {self.setting} to {-(-self.used // self.holders)}"
        )


def connection_budgets(
    services: tuple[Service, ...], database: Database | AuroraServerless, pool: ConnectionPool | None
) -> tuple[ConnectionBudget, ...]:
    """Every budget of a shard: of the database, of a read replica, and of the pool's clients."""
    replicas = database.read_replicas if isinstance(database, Database) else 0
    budgets = [_of_database(services, database, pool)]
    if replicas:
        budgets.append(_of_replica(services, database, pool))
    if pool is not None:
        budgets.append(_of_clients(services, pool, replicas))
    return tuple(budgets)


def _of_database(
    services: tuple[Service, ...], database: Database | AuroraServerless, pool: ConnectionPool | None
) -> ConnectionBudget:
    takers = (pooled(pool),) if pool else direct(services)
    return ConnectionBudget(
        of="database",
        setting="max_connections",
        limit=database.max_connections,
        consumers=(*takers, migrations(services), MONITORS, VISITORS, RESERVED),
    )


def _of_replica(
    services: tuple[Service, ...], database: Database | AuroraServerless, pool: ConnectionPool | None
) -> ConnectionBudget:
    takers = (pooled(pool),) if pool else direct_to_replica(services)
    return ConnectionBudget(
        of="read replica",
        setting="max_connections",
        limit=database.max_connections,
        consumers=(*takers, MONITORS, VISITORS, RESERVED),
    )


def _of_clients(services: tuple[Service, ...], pool: ConnectionPool, replicas: int) -> ConnectionBudget:
    # One task is rolled out, or lost: the others must take everybody.
    holders = max(pool.tasks - 1, 1)
    return ConnectionBudget(
        of="connection pool",
        setting="pool.max_client_connections",
        limit=pool.max_client_connections * holders,
        holders=holders,
        consumers=tuple(
            consumer
            for service in services
            if service.pools_database
            for consumer in clients(service, replicas)
        ),
    )
