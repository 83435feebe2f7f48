"""What the DatabaseRoles resource asks for."""

from dataclasses import dataclass
from enum import StrEnum

from connection_secrets import properties as read
from connection_secrets.connection import Server
from connection_secrets.failure import ActionableError
from connection_secrets.properties import Properties


class Kind(StrEnum):
    """What a role may do; all of them may log in."""

    OWNER = "owner"
    """Owns the schema and what migrations create in it."""

    APPLICATION = "application"
    """Reads and writes rows; creates nothing; is under row-level security."""

    READONLY = "readonly"
    """Reads rows, under row-level security."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A login and where its password is."""

    name: str
    secret_arn: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseRoles:
    """The validated properties of the resource."""

    master_secret_arn: str
    server: Server
    roles: tuple[Role, ...]

    @classmethod
    def from_properties(cls, properties: Properties) -> "DatabaseRoles":
        """Check everything before the database is touched."""
        items = read.items(properties, "Roles")
        roles = tuple(_role(read.as_mapping("an item of Roles", item)) for item in items)
        if len({role.name for role in roles}) != len(roles):
            raise ActionableError("Roles must not name a role twice")
        if sum(role.kind is Kind.OWNER for role in roles) != 1:
            raise ActionableError("Roles must have exactly one role of Kind owner")
        return cls(
            master_secret_arn=read.text(properties, "MasterSecretArn"),
            server=Server(read.host(properties), read.port(properties), read.database_name(properties)),
            roles=roles,
        )

    @property
    def owner(self) -> Role:
        """The one role of that kind."""
        return next(role for role in self.roles if role.kind is Kind.OWNER)

    @property
    def guests(self) -> tuple[Role, ...]:
        """The roles that use what the owner owns."""
        return tuple(role for role in self.roles if role.kind is not Kind.OWNER)


def _role(properties: Properties) -> Role:
    kind = read.text(properties, "Kind")
    if kind not in list(Kind):
        raise ActionableError(f"Kind must be one of {', '.join(Kind)}, got {kind!r}")
    return Role(
        name=read.role_name(properties),
        secret_arn=read.text(properties, "SecretArn"),
        kind=Kind(kind),
    )
