"""Where the values that a container is told come from."""

from typing import Annotated, Literal

from pydantic import Field

from config.values import Model, Name, either


class BucketName(Model):
    """The physical name of a bucket, known once it exists."""

    kind: Literal["bucket-name"] = "bucket-name"
    bucket: Name


class QueueUrl(Model):
    """The address of a queue, known once it exists."""

    kind: Literal["queue-url"] = "queue-url"
    queue: Name


class RegionName(Model):
    """The AWS region the service runs in."""

    kind: Literal["region-name"] = "region-name"


Computed = Annotated[BucketName | QueueUrl | RegionName, Field(discriminator="kind")]


class DatabaseUrl(Model):
    """A complete connection URL of the primary, for one role."""

    kind: Literal["database-url"] = "database-url"
    role: str
    direct: bool = False
    """Past the connection pool where there is one: migrations need a session of their own."""


class ReplicaUrls(Model):
    """Connection URLs of the read replicas, comma separated; absent while there are none."""

    kind: Literal["replica-urls"] = "replica-urls"
    role: str


class CacheUrl(Model):
    """A complete connection URL of the cache."""

    kind: Literal["cache-url"] = "cache-url"


class Generated(Model):
    """A random key of our own, such as one that signs sessions: made once, kept by every later deploy."""

    kind: Literal["generated"] = "generated"
    length: int = Field(default=64, ge=32, le=4096)


class SetByOperator(Model):
    """A third-party key: created empty, filled in once by a person, kept by every later deploy."""

    kind: Literal["set-by-operator"] = "set-by-operator"
    where: str
    """Where the person finds it, such as "Clerk dashboard, API keys"."""


SecretSource = Annotated[
    DatabaseUrl | ReplicaUrls | CacheUrl | Generated | SetByOperator,
    Field(discriminator="kind"),
    either(
        'where the value comes from, never the value: DatabaseUrl(role="..."), ReplicaUrls(role="..."), '
        'CacheUrl(), Generated() or SetByOperator(where="...")'
    ),
]


def pools(source: SecretSource) -> bool:
    """Whether a connection goes through the pool where there is one."""
    return isinstance(source, ReplicaUrls) or (isinstance(source, DatabaseUrl) and not source.direct)
