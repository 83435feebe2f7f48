"""What every PostgreSQL of ours is, whatever runs it: pinned, private, with logins of its own."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.aws_limits import (
    CREATABLE_AURORA_MINORS,
    CREATABLE_POSTGRES_MINORS,
    RESERVED_MASTER_USERNAMES,
)
from config.values import Model, OptOut, PortNumber, either, worded


def _creatable(service: str, minors: dict[int, tuple[int, ...]]) -> AfterValidator:
    def check(version: str) -> str:
        major, _, minor = version.partition(".")
        if not (major.isdigit() and minor.isdigit()):
            raise ValueError(
                "must be pinned to a minor version such as 17.11: a major alone lets AWS choose, "
                "and two environments differ without a change in git"
            )
        if int(minor) not in minors.get(int(major), ()):
            near = {int(major): minors[int(major)]} if int(major) in minors else minors
            known = ", ".join(f"{number}.{last}" for number, all_of_it in near.items() for last in all_of_it)
            raise ValueError(f"must be a version {service} still creates, such as {known}")
        return version

    return AfterValidator(check)


PostgresVersion = Annotated[str, _creatable("RDS", CREATABLE_POSTGRES_MINORS)]
AuroraVersion = Annotated[str, _creatable("Aurora", CREATABLE_AURORA_MINORS)]
Identifier = Annotated[
    str,
    worded(
        r"[a-z_][a-z0-9_]{0,62}",
        "lower-case letters, digits and underscores, not beginning with a digit, 63 at most",
    ),
]

Setting = Annotated[
    str,
    worded(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+", "a setting such as app.current_tenant"),
]


class DatabaseRole(Model):
    """A login the application uses instead of the master user."""

    name: Identifier
    kind: Literal["owner", "application", "readonly"]
    """``owner`` owns the tables and runs migrations; ``application`` reads and writes rows and is
    subject to row-level security; ``readonly`` reads."""


class Unprotected(OptOut):
    """Deletion protection off."""


Protection = Annotated[Literal[True] | Unprotected, either('True or Unprotected(reason="...")')]


class PostgresDatabase(Model):
    """What an instance and a serverless cluster have in common."""

    name: Identifier
    master_username: Identifier
    version: str
    max_connections: int = Field(ge=20, le=10000)
    backup_days: int = Field(default=7, ge=1, le=35)
    """Days of point-in-time recovery."""
    deletion_protection: Protection = True
    publicly_accessible: bool = False
    """Always False; it is here so that True gets an answer."""
    roles: tuple[DatabaseRole, ...]
    port: PortNumber = 5432
    shell_role: Identifier | None = None
    """The role people log in as with ``psql``, through SSM; left out, there is no way in for people."""
    every_tenant_setting: Setting = "app.every_tenant"
    """What the owner of the tables sets to ``on`` to see the rows of all tenants: dumps, restores and moves
    do. It means nothing to a database without policies."""

    @property
    def major(self) -> int:
        """The major version of PostgreSQL."""
        return int(self.version.partition(".")[0])

    @model_validator(mode="after")
    def _check_access(self) -> Self:
        if self.publicly_accessible:
            raise ValueError(
                "publicly_accessible must stay False: the database is reached from the VPC, "
                "and by people through SSM, got True"
            )
        if self.master_username in RESERVED_MASTER_USERNAMES:
            reserved = ", ".join(sorted(RESERVED_MASTER_USERNAMES))
            raise ValueError(
                f"master_username must not be a reserved name ({reserved}), got {self.master_username!r}"
            )
        names = [role.name for role in self.roles]
        if self.master_username in names or len(set(names)) != len(names):
            raise ValueError(
                f"roles must have names of their own, other than master_username {self.master_username}, "
                f"got {', '.join(names)}"
            )
        if self.shell_role is not None and self.shell_role not in names:
            raise ValueError(f"shell_role must be one of {', '.join(names)}, got {self.shell_role!r}")
        owners = [role.name for role in self.roles if role.kind == "owner"]
        if len(owners) != 1:
            raise ValueError(
                "roles must name exactly one owner, which migrations and default privileges belong to, "
                f"got {', '.join(owners) or 'none'}"
            )
        return self

    def role(self, name: str) -> DatabaseRole:
        """The role of that name."""
        return next(role for role in self.roles if role.name == name)

    @property
    def owner(self) -> str:
        """Name of the role that owns the tables."""
        return next(role.name for role in self.roles if role.kind == "owner")
