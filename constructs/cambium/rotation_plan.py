"""What a rotation is told: whose passwords change, where they are written, and who has to read them again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import aws_secretsmanager as secretsmanager

from cambium.connection_secrets import RoleLogin
from cambium.rollout import Rollout


@dataclass(frozen=True, kw_only=True)
class RotatedDatabase:
    """The database, and who logs in to it."""

    master: secretsmanager.ISecret
    host: str
    port: str
    name: str
    roles: Sequence[RoleLogin]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A secret with connection URLs, and the service that reads it when it starts."""

    secret: secretsmanager.ISecret
    urls: Mapping[str, Mapping[str, Any]]
    """Key to how its connection URL is composed."""
    rollout: Rollout | None
    """None for a task that runs once and reads it each time."""


@dataclass(frozen=True, kw_only=True)
class RotatedPool:
    """The connection pool in between."""

    secret: secretsmanager.ISecret
    roles: Mapping[str, secretsmanager.ISecret]
    """Logins of the roles that go through it."""
    host: str
    port: int
    database: str
    rollout: Rollout


@dataclass(frozen=True, kw_only=True)
class RotationPlan:
    """All of it, for one shard."""

    database: RotatedDatabase
    readers: Sequence[Reader]
    pool: RotatedPool | None = None
    keys: Mapping[secretsmanager.ISecret, Sequence[str]] = field(default_factory=dict)
    """Third-party keys by the secret they are in. Only their age is looked at."""

    def properties(self) -> dict[str, Any]:
        """The same, as the function is told."""
        database = self.database
        return {
            "MasterSecretArn": database.master.secret_arn,
            "Host": database.host,
            "Port": database.port,
            "Database": database.name,
            "Roles": [
                {"Name": role.name, "Kind": role.kind, "SecretArn": role.secret.secret_arn}
                for role in database.roles
            ],
            "Targets": [
                {"TargetSecretArn": one.secret.secret_arn, "Urls": dict(one.urls)} for one in self.readers
            ],
            "Services": [
                {**rollout.entry, "SecretArns": [one.secret.secret_arn for one in readers]}
                for rollout, readers in self._restarted()
            ],
            **({"Pool": _of_pool(self.pool)} if self.pool else {}),
        }

    def written(self) -> Iterator[secretsmanager.ISecret]:
        """Secrets that get new values."""
        yield from (role.secret for role in self.database.roles)
        yield from (one.secret for one in self.readers)
        if self.pool:
            yield self.pool.secret

    @property
    def rollouts(self) -> list[Rollout]:
        """How everybody is restarted."""
        found = [rollout for rollout, _ in self._restarted()]
        return [*found, *([self.pool.rollout] if self.pool else [])]

    def _restarted(self) -> list[tuple[Rollout, list[Reader]]]:
        """Each rollout once, with all that is read in it: a host's services start together."""
        found: dict[int, tuple[Rollout, list[Reader]]] = {}
        for reader in self.readers:
            if reader.rollout is not None:
                found.setdefault(id(reader.rollout), (reader.rollout, []))[1].append(reader)
        return list(found.values())


def _of_pool(pool: RotatedPool) -> dict[str, Any]:
    return {
        "Users": {
            "SecretArn": pool.secret.secret_arn,
            "Roles": [{"Name": name, "SecretArn": secret.secret_arn} for name, secret in pool.roles.items()],
        },
        "Door": {"Host": pool.host, "Port": str(pool.port), "Database": pool.database},
        "Rollout": {**pool.rollout.entry, "SecretArns": [pool.secret.secret_arn]},
    }
