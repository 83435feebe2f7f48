"""The containers of a product: size, scaling, doors, and what each is told and may reach."""

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from config.scaling import HealthCheck as HealthCheck
from config.scaling import Scaling as Scaling
from config.sources import BucketName as BucketName
from config.sources import CacheUrl as CacheUrl
from config.sources import Computed as Computed
from config.sources import DatabaseUrl as DatabaseUrl
from config.sources import Generated as Generated
from config.sources import QueueUrl as QueueUrl
from config.sources import RegionName as RegionName
from config.sources import ReplicaUrls as ReplicaUrls
from config.sources import SecretSource as SecretSource
from config.sources import SetByOperator as SetByOperator
from config.sources import pools
from config.storage import Volume
from config.values import DomainName, FrozenMap, Model, Name, PortNumber, worded

LOOKS_SECRET = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY|API_KEY|ACCESS_KEY")
"""Names of environment variables that hold what nobody may read."""
USUAL_STOP_SECONDS = 30
"""What ECS waits where nobody says otherwise."""
LONGEST_STOP_SECONDS = 120
"""What Fargate waits at most before it kills (ECS API, ``ContainerDefinition.stopTimeout``)."""
RESERVED_SERVICES = ("backup", "cache", "connection-pool", "database", "front-door", "psql", "registry")
"""Words that secrets and alarms of ours are named by."""
RESERVED_GROUPS = (
    "internet",
    "load-balancer",
    "database",
    "cache",
    "connection-pool",
    "connection-pool-door",
    "database-jobs",
    "host",
    "volume",
    "nat",
    "tenant-preparation",
    "tenant-databases",
)
"""Groups of the access table that are not a service's to join."""

ImageName = Annotated[
    str,
    worded(
        r"[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)+(:(?!latest$)[\w.-]+)?(@sha256:[0-9a-f]{64})?",
        "an image with its registry, such as ghcr.io/acme/api, and without the tag latest",
    ),
]


class Service(Model):
    """One container image that runs as one or more tasks."""

    name: Name
    port: PortNumber | None
    """None for a worker that listens on nothing."""
    cpu: int = Field(ge=1)
    """CPU units; 1024 is one vCPU."""
    memory_mib: int = Field(ge=1)
    scaling: Scaling = Scaling()
    health: HealthCheck = HealthCheck()
    group: Name = "compute"
    """The security group it runs in. Services of one group reach the same things."""
    image: ImageName | None = None
    """An image from elsewhere; left out, the service has an ECR repository of its own.

    One without a tag is ours, and a deployment says which; anybody else's should be pinned.
    """
    image_of: Name | None = None
    """Run the image of this service, such as its workers and its migrations do."""
    command: tuple[str, ...] = ()
    """What to run, where it is not what the image runs by itself."""
    hosts: tuple[DomainName, ...] = ()
    """Host names that lead to it. None means that nothing outside calls it by a name of its own."""
    paths: tuple[str, ...] = ()
    """Path patterns that lead to it, such as ``/api/*``."""
    sticky: bool = False
    """Keep a client on one task, for WebSockets with server-side state."""
    public: bool = True
    """Whether the internet may call it."""
    calls: tuple[Name, ...] = ()
    """Services it calls inside the network."""
    reaches: tuple[PortNumber, ...] = ()
    """Ports it may reach on the internet besides 443, such as a database of a third party."""
    environment: FrozenMap[str | Computed] = Field(default_factory=dict, validate_default=True)
    secrets: FrozenMap[SecretSource] = Field(default_factory=dict, validate_default=True)
    """Environment variable to where its value comes from; all live in the service's one secret."""
    shares_keys_of: Name | None = None
    """Read the secret of this service: a worker that signs with a key of its own is not believed by it."""
    database_pool: int = Field(default=0, ge=0)
    """Connections one task opens to the database at most, over all its pools."""
    replica_pool: int | None = Field(default=None, ge=1)
    """Connections one task opens to each read replica at most; left out, as many as to the database."""
    writes_buckets: tuple[Name, ...] = ()
    """Buckets whose objects it reads and writes."""
    sends_queues: tuple[Name, ...] = ()
    """Queues it puts messages into."""
    reads_queues: tuple[Name, ...] = ()
    """Queues it takes messages from."""
    sends_email: bool = False
    before_rollout: bool = False
    """A one-off task that must succeed before the other services are rolled out, such as migrations."""
    spot: bool = False
    """Run on Fargate Spot: cheaper, and AWS may stop a task with two minutes' notice."""
    volume: Volume | None = None
    stop_seconds: int = Field(default=USUAL_STOP_SECONDS, ge=2, le=LONGEST_STOP_SECONDS)
    """Time between SIGTERM and SIGKILL: what it has begun must be finished, or given back, in it."""
    tracing: bool = False
    """Send traces to X-Ray, through a collector beside it that takes 128 MiB of ``memory_mib``."""

    @model_validator(mode="after")
    def _check_told(self) -> Self:
        for key in (*self.environment, *self.secrets):
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key):
                raise ValueError(
                    f"service {self.name}: an environment variable must be letters, digits and underscores, "
                    f"got {key!r}"
                )
        both = sorted(set(self.environment) & set(self.secrets))
        if both:
            raise ValueError(
                f"service {self.name}: {', '.join(both)} must be an environment value or a secret, got both"
            )
        told = self.environment.get("PORT", str(self.port))
        if told != str(self.port):
            raise ValueError(
                f"service {self.name}: environment value PORT must be its port {self.port}, got {told!r}"
            )
        return self

    @model_validator(mode="after")
    def _check_told_in_the_open(self) -> Self:
        for key, value in self.environment.items():
            if isinstance(value, str) and LOOKS_SECRET.search(key):
                raise ValueError(
                    f"service {self.name}: {key} must be in secrets, such as SetByOperator(where=...), since "
                    "environment values stand in the template for everybody to read"
                )
        return self

    @model_validator(mode="after")
    def _check_connections(self) -> Self:
        if self.uses_database and not self.database_pool:
            raise ValueError(
                f"service {self.name} has a database URL, so database_pool must say how many "
                "connections one task opens, got 0"
            )
        return self

    @model_validator(mode="after")
    def _check_image(self) -> Self:
        if self.image is not None and self.image_of is not None:
            raise ValueError(
                f"service {self.name} must have image or image_of, got {self.image} and {self.image_of}"
            )
        if self.before_rollout and (self.port is not None or self.scaling.max > 1):
            raise ValueError(
                f"service {self.name} runs once before a rollout: port must be None and scaling.max 1, "
                f"got {self.port} and {self.scaling.max}"
            )
        return self

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        if self.port is None and (self.hosts or self.paths):
            raise ValueError(
                f"service {self.name} has hosts or paths, so port must say where it listens, got None"
            )
        if self.name in RESERVED_SERVICES:
            raise ValueError(
                f"a service must have a name other than {', '.join(RESERVED_SERVICES)}, got {self.name}"
            )
        if self.group in RESERVED_GROUPS:
            raise ValueError(
                f"group of service {self.name} must be a name other than {', '.join(RESERVED_GROUPS)}, "
                f"got {self.group!r}"
            )
        self._check_queues()
        if self.volume is not None and self.scaling.max > 1:
            raise ValueError(
                f"service {self.name} has a volume, which one task writes: scaling.max must be 1, "
                f"got {self.scaling.max}"
            )
        return self

    def _check_queues(self) -> None:
        unread = [name for name in self.scaling.queues if name not in self.reads_queues]
        if unread:
            raise ValueError(
                f"service {self.name} scales on queue {', '.join(unread)}, so reads_queues must name it, "
                f"got {', '.join(self.reads_queues) or 'none'}: more tasks would not empty it"
            )

    @property
    def behind_door(self) -> bool:
        """Whether requests from the internet are led to it."""
        return self.public and self.port is not None

    @property
    def one_at_a_time(self) -> bool:
        """Whether its one task ends before the next begins.

        Two would write one set of files or, of a worker of which there is never more than one, do all twice.
        """
        return self.volume is not None or (self.port is None and self.scaling.max == 1)

    @property
    def secret_leaf(self) -> str:
        """The end of the name of the secret it reads."""
        return self.shares_keys_of or self.name

    @property
    def has_secret(self) -> bool:
        """Whether it brings a secret of its own."""
        return bool(self.secrets) and self.shares_keys_of is None

    @property
    def uses_database(self) -> bool:
        """Whether any of its secrets leads to the database."""
        return any(isinstance(source, DatabaseUrl | ReplicaUrls) for source in self.secrets.values())

    @property
    def replica_connections(self) -> int:
        """Connections one task opens to each read replica at most."""
        return self.database_pool if self.replica_pool is None else self.replica_pool

    @property
    def reads_replicas(self) -> bool:
        """Whether it is told where read replicas are."""
        return any(isinstance(source, ReplicaUrls) for source in self.secrets.values())

    @property
    def pools_database(self) -> bool:
        """Whether it goes through the connection pool where there is one."""
        return any(pools(source) for source in self.secrets.values())

    @property
    def uses_primary_through_pool(self) -> bool:
        """Whether it goes through the connection pool to the database itself, and not to replicas alone."""
        return any(isinstance(source, DatabaseUrl) and not source.direct for source in self.secrets.values())

    @property
    def uses_cache(self) -> bool:
        """Whether any of its secrets leads to the cache."""
        return any(isinstance(source, CacheUrl) for source in self.secrets.values())

    @property
    def operator_keys(self) -> tuple[str, ...]:
        """Keys a person fills in."""
        return tuple(key for key, source in self.secrets.items() if isinstance(source, SetByOperator))
