"""What pools database connections: pgbouncer, in transaction mode."""

from typing import Literal, Self

from pydantic import Field, model_validator

from config.values import FrozenMap, Model, Positive

LONGEST_DRAIN_SECONDS = 110
"""Fargate kills a container 120 seconds after it was asked to stop, and the pooler needs the rest to end."""
CONSOLE = ("pgbouncer", "pool_admin", "pool_stats")
"""Names of pgbouncer's console and its users, which no database and no role may have."""
PoolDoor = Literal["load-balancer", "service-discovery"]
"""``service-discovery`` is a name in the network's own DNS, for a single task: it costs next to nothing. Of a
pooler that is gone nobody hears before Route 53 has changed and the answer of DNS has expired, up to about a
minute, where a load balancer leads past it: a release may fail new connections meanwhile."""


class ConnectionPool(Model):
    """pgbouncer tasks between the services and the database.

    Every number but ``tasks`` counts for one task. A client asks one task, which opens server connections to
    the database: at most ``pool_sizes`` for each role, at most ``max_server_connections`` together, and once
    more as many to each read replica.
    """

    tasks: int = Field(ge=1, le=6)
    """Each in another zone, as far as there are zones."""
    door: PoolDoor = "load-balancer"
    """How clients find a pooler, from the first deploy on: a change moves the address, and what is connected
    has to start anew."""
    pool_sizes: FrozenMap[Positive]
    """Server connections by role. Without a share of its own, a busy role makes the others wait until it is
    done: 23 seconds were measured."""
    max_server_connections: int = Field(ge=1, le=5000)
    """Ceiling, whatever roles there are: the number that the budget of the database counts on."""
    max_client_connections: int = Field(default=1000, ge=10, le=20000)
    max_prepared_statements: int = Field(default=200, ge=1, le=5000)
    """Statements a client prepares are followed by its connection; with 0 they would fail at random."""
    server_idle_seconds: int = Field(default=60, ge=1, le=3600)
    """An idle server connection is let go after this long; until then Aurora cannot pause."""
    client_max_age_seconds: int = Field(default=90, ge=10)
    """Services are told to renew connections after this long, so that a task that stops loses them all."""
    drain_seconds: int = Field(default=110, ge=1, le=LONGEST_DRAIN_SECONDS)
    """How long a task that stops waits for its clients to leave."""
    cpu: int = 256
    memory_mib: int = 512
    port: int = Field(default=6432, ge=1024, le=65535)
    connect_seconds: int = Field(default=3, ge=1, le=120)
    """How long one attempt to reach the database may take before the next. One that pauses needs 45."""
    wait_seconds: int = Field(default=10, ge=1, le=300)
    """How long a client waits for a server connection until it hears that there is none; 60 after a pause."""

    @model_validator(mode="after")
    def _check_sizes(self) -> Self:
        together = sum(self.pool_sizes.values())
        if together > self.max_server_connections:
            stated = ", ".join(f"{role} {size}" for role, size in self.pool_sizes.items())
            raise ValueError(
                f"pool_sizes must add up to at most max_server_connections ({self.max_server_connections}), "
                f"got {stated}, together {together}: one role would keep the others waiting; "
                f"lower one by {together - self.max_server_connections}, "
                f"or raise max_server_connections to {together}"
            )
        if self.door == "service-discovery" and self.tasks > 1:
            raise ValueError(
                'door must be "load-balancer" for more than one task, got "service-discovery" with '
                f"{self.tasks} tasks: clients would go on asking a pooler that is gone"
            )
        if self.drain_seconds <= self.client_max_age_seconds:
            raise ValueError(
                f"drain_seconds must be more than client_max_age_seconds ({self.client_max_age_seconds}), so "
                f"that every client has left before a task ends, got {self.drain_seconds}"
            )
        return self
