"""What is rotated, and who has to hear of it: the same for every step."""

from collections.abc import Mapping
from dataclasses import dataclass

from connection_pool.login import Pool
from connection_secrets import properties as read
from connection_secrets.properties import Properties
from connection_secrets.roles import DatabaseRoles
from rotation.rollout_state import Rollout
from rotation.rollouts import rollout


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPlan:
    """The connection pool between the services and the database."""

    users: Properties
    """As ``connection_pool.users_handler`` is told them."""
    door: Pool
    roles: tuple[str, ...]
    """Roles that log in through it."""
    rollout: Rollout


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One shard."""

    name: str
    """The dimension of its metrics."""
    days: int
    asked: DatabaseRoles
    targets: tuple[Properties, ...]
    """Secrets with connection URLs, as ``connection_secrets.urls_handler`` is told them."""
    services: tuple[Rollout, ...]
    """What reads those secrets as it starts, and then no more."""
    pool: PoolPlan | None
    keys: Mapping[str, tuple[str, ...]]
    """Third-party keys by the secret they are in; nobody here can change them."""
    record_arn: str | None
    """The secret that remembers since when those keys are what they are."""

    @classmethod
    def from_properties(cls, properties: Properties) -> "Plan":
        """Check everything before anything is changed."""
        keys = read.mapping(properties, "Keys")
        return cls(
            name=read.text(properties, "Name"),
            days=read.whole_number(properties, "Days", 1, 1000),
            asked=DatabaseRoles.from_properties(properties),
            targets=_entries(properties, "Targets"),
            services=tuple(rollout(entry) for entry in _entries(properties, "Services")),
            pool=_pool(read.mapping(properties, "Pool")),
            keys={arn: read.texts(keys, arn) for arn in keys},
            record_arn=read.optional_text(properties, "RecordArn"),
        )


def _pool(properties: Properties) -> PoolPlan | None:
    if not properties:
        return None
    users = read.mapping(properties, "Users")
    return PoolPlan(
        users=users,
        door=Pool.from_properties(read.mapping(properties, "Door")),
        roles=tuple(read.role_name(entry) for entry in _entries(users, "Roles")),
        rollout=rollout(read.mapping(properties, "Rollout")),
    )


def _entries(properties: Properties, name: str) -> tuple[Properties, ...]:
    return tuple(read.as_mapping(name, entry) for entry in read.items(properties, name))
