"""The numbers a drill runs with; all of them are a deployment's own."""

from collections.abc import Mapping
from typing import Any

from config.pool import PoolDoor
from config.values import Model


class Tasks(Model):
    """How many tasks a service has."""

    largest: int
    """At the largest scale-out."""
    rollout_percent: int
    """ECS runs this many, in percent, while it replaces old tasks by new ones."""

    @property
    def in_rollout(self) -> int:
        """Tasks alive at worst; ECS rounds down."""
        return self.largest * self.rollout_percent // 100


class Clients(Model):
    """Connections that the tasks of one service hold to one database of the pool, as one role."""

    service: str
    alias: str
    """The name of the database at the pool."""
    role: str
    tasks: Tasks
    each: int
    """Connections of one task."""

    @property
    def at_scale_out(self) -> int:
        """Connections when the service has as many tasks as it may."""
        return self.tasks.largest * self.each

    @property
    def in_rollout(self) -> int:
        """Connections when a release rolls out at that moment."""
        return self.tasks.in_rollout * self.each


class Plan(Model):
    """Everything a drill takes from a deployment."""

    title: str
    version: str
    """Of PostgreSQL, as the configuration pins it."""
    parameters: Mapping[str, str]
    """The parameter group, without what only RDS knows."""
    left_out: tuple[str, ...]
    """Parameters that an ordinary PostgreSQL does not have."""
    settings: Mapping[str, Any]
    """POOL_SETTINGS of the pooler's container."""
    poolers: Tasks
    door: PoolDoor
    """What stands before the poolers."""
    clients: tuple[Clients, ...]
    owner: str
    application: str
    client_max_age_seconds: int
    direct: int
    """Connections past the pool that the budget keeps free, for migrations, monitoring and people."""

    @property
    def alias(self) -> str:
        """The name of the primary at the pool."""
        return str(next(iter(self.settings["databases"])))

    def database(self, alias: str) -> str:
        """The name that a database of the pool has on its server."""
        return str(self.settings["databases"][alias]["database"])

    @property
    def max_connections(self) -> int:
        """What the database takes."""
        return int(self.parameters["max_connections"])

    @property
    def ceiling(self) -> int:
        """Server connections of one pooler to one database."""
        return int(self.settings["max_db_connections"])
