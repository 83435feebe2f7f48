"""Where backups of a database are, and who may read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from cambium.wildcards import acknowledge_wildcards


@dataclass(frozen=True, kw_only=True)
class Backup:
    """Where the backups of a database are."""

    bucket_name: str
    name: str
    """Prefix of their keys."""

    @property
    def metric_name(self) -> str:
        """What tells them apart in metrics."""
        return f"{self.bucket_name}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class Target:
    """The database of a shard."""

    host: str
    port: str
    database: str

    @property
    def environment(self) -> Mapping[str, str]:
        """How the program is told."""
        return {"PGHOST": self.host, "PGPORT": self.port, "PGDATABASE": self.database}


def allow_reading(role: iam.IRole, backups: Sequence[Backup]) -> None:
    """Let ``role`` list and read backups, and change nothing."""
    for backup in backups:
        bucket = f"arn:{Aws.PARTITION}:s3:::{backup.bucket_name}"
        objects = f"{bucket}/{backup.name}/*"
        role.add_to_principal_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[objects]))
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["s3:ListBucket"],
                resources=[bucket],
                conditions={"StringLike": {"s3:prefix": [f"{backup.name}/*"]}},
            )
        )
        acknowledge_wildcards(role, {objects: "backups of the one database, each under its own time"})
