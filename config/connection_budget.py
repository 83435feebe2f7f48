"""How many database connections a deployment opens at its largest, against what the database takes.

Counts every service at its maximum. Not counted: the overlap of a rolling deployment at that very
moment, when old and new tasks both hold connections; those beyond the limit are refused and retried.
"""

from config.aws_limits import POSTGRES_RESERVED_CONNECTIONS
from config.database import AuroraServerless, Database
from config.service import Service
from config.values import Model

MIGRATIONS = 2
MONITORING = 5
PEOPLE = 2


class Consumer(Model):
    """Somebody who holds database connections."""

    name: str
    instances: int
    connections_each: int
    resizable: bool = False
    """Whether its pool is a number in the configuration."""

    @property
    def connections(self) -> int:
        """Connections in total."""
        return self.instances * self.connections_each


class ConnectionBudget(Model):
    """Consumers against the limit."""

    limit: int
    consumers: tuple[Consumer, ...]

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
            (consumer for consumer in self.consumers if consumer.resizable),
            key=lambda consumer: consumer.connections,
        )
        room = (self.limit - (self.used - largest.connections)) // largest.instances
        lower = f"lower its database_pool to {room}, or " if room > 0 else ""
        raise ValueError(
            f"connections must be at most max_connections ({self.limit}), got {self.used}: "
            f"{largest.name} alone opens {largest.instances} x {largest.connections_each}; "
            f"{lower}raise max_connections to {self.used}"
        )


def connection_budget(
    services: tuple[Service, ...], database: Database | AuroraServerless
) -> ConnectionBudget:
    """The budget of services that talk to the database directly."""
    callers = tuple(
        Consumer(
            name=service.name,
            instances=service.scaling.max,
            connections_each=service.database_pool,
            resizable=True,
        )
        for service in services
        if service.uses_database and not service.before_rollout
    )
    fixed = (
        Consumer(name="migrations", instances=1, connections_each=MIGRATIONS),
        Consumer(name="monitoring", instances=1, connections_each=MONITORING),
        Consumer(name="people", instances=1, connections_each=PEOPLE),
        Consumer(
            name="reserved by PostgreSQL",
            instances=1,
            connections_each=POSTGRES_RESERVED_CONNECTIONS,
        ),
    )
    return ConnectionBudget(limit=database.max_connections, consumers=callers + fixed)
