"""One environment of one system in one phase: everything the stacks need to know, decided and checked."""

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator

from config import names
from config.access import HOST, JOBS, AccessRule, access_rules, has_jobs_group, nat_rules, tenant_rules
from config.bucket_list import every_bucket
from config.cache import Cache
from config.calls import check_calls
from config.connection_budget import ConnectionBudget, connection_budgets
from config.database import AuroraServerless, Database
from config.doors import check_doors, check_priorities
from config.edge import Edge
from config.environment import Environment
from config.host import SingleHost
from config.host_checks import check_hosts
from config.images import check_images
from config.logs import JsonLogs
from config.network import NatInstance, Network
from config.opt_outs import opt_outs
from config.places import check_places
from config.platform_name import Platform
from config.platforms import check_platform
from config.pool import ConnectionPool
from config.pooling import check_pool
from config.protections import check_protections
from config.recovery import DatabaseDump, RecoveryTargets
from config.recovery_checks import check_recovery, is_measured
from config.references import DRILLS, MOVES
from config.region import Region, Shard
from config.rotation import check_rotation
from config.routing import Routing, check_routing
from config.schedule import check_can_sleep
from config.service import Service
from config.sources import ReplicaUrls
from config.storage import Bucket, Queue
from config.tenancy import TenantTier
from config.values import Model

GLOBAL_REGION = "us-east-1"
"""Where AWS keeps what has no region of its own: billing metrics, Route 53 health checks."""


class Deployment(Model):
    """What ``System.resolve`` answers. Immutable; the stacks read it and decide nothing."""

    system: str
    environment: Environment
    phase: int
    phase_title: str
    services: tuple[Service, ...]
    network: Network
    regions: tuple[Region, ...]
    edge: Edge
    log_days: int
    monthly_budget_usd: int
    platform: Platform
    """What runs the containers."""
    database: Database | AuroraServerless | None = None
    cache: Cache | None = None
    pool: ConnectionPool | None = None
    host: SingleHost | None = None
    routing: Routing | None = None
    buckets: tuple[Bucket, ...] = ()
    queues: tuple[Queue, ...] = ()
    dumps: tuple[DatabaseDump, ...] = ()
    recovery: RecoveryTargets | None = None
    private_registry: bool = False
    hipaa: bool = False
    audit_trail: bool = False
    audit_bucket: str | None = None
    service_discovery: bool = False
    json_logs: JsonLogs | None = None
    secret_rotation_days: int | None = None
    tenants: TenantTier | None = None
    """None while the phase has no tier of its own for tenants."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_places(self)
        check_recovery(self)
        self._check_acknowledged()
        check_platform(self.platform, self.services, self.host, cached=self.cache is not None)
        check_calls(self.services, platform=self.platform, service_discovery=self.service_discovery)
        check_doors(self.services, self.edge.domain)
        if self.platform == "fargate":
            check_priorities(self.services)
        check_hosts(self)
        check_images(self)
        check_protections(self)
        check_routing(self)
        check_pool(self)
        check_rotation(self)
        if self.environment.schedule:
            check_can_sleep(self.environment.schedule, platform=self.platform, read_replicas=self.replicas)
        for budget in self.budgets_of_connections:
            budget.check()
        return self

    def _check_acknowledged(self) -> None:
        if self.platform == "app-runner" and not self.environment.app_runner_acknowledgement:
            raise ValueError(
                f"phase {self.phase} is on app-runner, so app_runner_acknowledgement of environment "
                f"{self.environment.name} must say that the account uses it already, got None"
            )

    @property
    def home(self) -> Region:
        """The first region: where what exists once per environment lives."""
        return self.regions[0]

    @property
    def replicas(self) -> int:
        """Read replicas of each shard's database."""
        return self.database.read_replicas if isinstance(self.database, Database) else 0

    @property
    def access(self) -> tuple[AccessRule, ...]:
        """Who may open a connection to whom, inside one shard."""
        return self._access_on(self.platform)

    @property
    def left_access(self) -> tuple[AccessRule, ...]:
        """What a host that is left may do still: the network changes before the machine goes.

        It stays as long as the system has a ``host``, like the disk; nothing carries the group then.
        """
        if self.host is None or self.platform == "host":
            return ()
        return tuple(rule for rule in self._access_on("host") if HOST in (rule.source, rule.target))

    def _access_on(self, platform: Platform) -> tuple[AccessRule, ...]:
        return access_rules(
            services=self.services,
            database=self.database,
            cache=self.cache,
            pool=self.pool,
            platform=platform,
            apart=self.host is not None,
        )

    @property
    def nat_access(self) -> tuple[AccessRule, ...]:
        """What the NAT instance of a region passes on, where there is one; whatever shards there are."""
        return nat_rules(self.access) if isinstance(self.network.nat, NatInstance) else ()

    @property
    def whole_access(self) -> tuple[AccessRule, ...]:
        """Every connection that security groups allow: those of a shard, and those of its region."""
        return (*self.access, *self.left_access, *self.nat_access, *self.tenant_access)

    @property
    def tenant_access(self) -> tuple[AccessRule, ...]:
        """What prepares the databases of tenants, where there are such."""
        return tenant_rules(self.database) if self.tenants and isinstance(self.database, Database) else ()

    @property
    def budgets_of_connections(self) -> tuple[ConnectionBudget, ...]:
        """Database connections at the largest scale-out: none where there is no database."""
        return connection_budgets(self.services, self.database, self.pool) if self.database else ()

    @property
    def pooled_databases(self) -> tuple[str, ...]:
        """Names under which clients of the pool know the database and its read replicas."""
        if self.database is None:
            return ()
        name = self.database.name
        return (name, *(f"{name}_replica_{number}" for number in range(1, self.replicas + 1)))

    @property
    def backup_buckets(self) -> tuple[str, ...]:
        """Where backups of the database go: the buckets of its dumps, or else the first that has a copy."""
        if self.database is None:
            return ()
        copied = [bucket.name for bucket in self.buckets if bucket.replica]
        return tuple(dict.fromkeys(dump.bucket for dump in self.dumps)) or tuple(copied[:1])

    @property
    def exports_bucket(self) -> str | None:
        """Where the databases of deleted tenants go; None where there are no such tenants, or no exports."""
        exports = self.tenants.exports if self.tenants else None
        return exports if isinstance(exports, str) else None

    @property
    def has_backup_key(self) -> bool:
        """Whether anything is encrypted with a key that operators keep."""
        return bool(self.backup_buckets) or self.exports_bucket is not None

    @property
    def job_group(self) -> str:
        """The security group one-off database jobs run in: their own, or that of the first service."""
        # What a host lets in from the internet is not for a job to have.
        if has_jobs_group(self.database, self.pool, apart=self.host is not None):
            return JOBS
        callers = [service for service in self.services if service.uses_database]
        return (callers or list(self.services))[0].group

    def runbook_url(self, page: str) -> str:
        """Where a runbook page is read: in the repository, or as a path while none is named."""
        path = f"docs/runbooks/{page}.md"
        github = self.environment.github
        return f"https://github.com/{github.owner}/{github.name}/blob/main/{path}" if github else path

    def network_of(self, region: Region) -> Network:
        """The network of ``region``: the system's, with the region's own addresses where it has some."""
        if region.cidr is None:
            return self.network
        moved = {**dict(self.network), "cidr": region.cidr, "public_cidrs": (), "private_cidrs": ()}
        return Network.model_validate(moved)

    def recovery_region_of(self, region: Region) -> str | None:
        """Where copies of a region's buckets go; None only where no bucket has one."""
        return region.recovery_region or self.environment.recovery_region

    def shards(self) -> Iterator[tuple[Region, Shard]]:
        """Every shard of every region, home first."""
        for region in self.regions:
            for shard in region.shards:
                yield region, shard

    @property
    def routing_table_name(self) -> str:
        """The table that says where each organization lives."""
        return names.routing_table_name(self.system, self.environment.name)

    def stack_name(self, role: str, region: Region | None = None, shard: Shard | None = None) -> str:
        """The name of a stack."""
        return names.stack_name(self.system, self.environment.name, role, region=region, shard=shard)

    def secret_name(self, leaf: str, shard: Shard) -> str:
        """The name of a secret."""
        return names.secret_name(self.system, self.environment.name, leaf, shard)

    def every_bucket(self) -> Iterator[str]:
        """Physical names of all buckets that hold the product's data, copies included."""
        yield from every_bucket(self)

    @property
    def rehearses_restores(self) -> bool:
        """Whether restores are rehearsed: there are dumps, and a promise to measure them by."""
        return bool(self.dumps) and self.recovery is not None

    @property
    def measures_point_in_time(self) -> bool:
        """Whether it is measured how close to now RDS could restore: it was promised, and can be."""
        return is_measured(self)

    def drills_bucket(self, region: Region, shard: Shard) -> str:
        """The physical name of the bucket with the records of restore drills."""
        return self.bucket_name(f"{DRILLS}{shard.suffix}", region.name)

    def moves_bucket(self, region: Region) -> str:
        """The physical name of the bucket with what steps of moves of tenants said."""
        return self.bucket_name(MOVES, region.name)

    def topic_name(self, region: Region | None = None, shard: Shard | None = None) -> str:
        """The name of the topic alarms of a shard go to; without one, those that AWS knows in no region."""
        return self.stack_name("alarms", region, shard)

    def topic_arns(self) -> Iterator[str]:
        """Every topic alarms go to."""
        account = self.environment.account
        yield f"arn:aws:sns:{GLOBAL_REGION}:{account}:{self.topic_name()}"
        for region, shard in self.shards():
            yield f"arn:aws:sns:{region.name}:{account}:{self.topic_name(region, shard)}"

    def copy_name(self, bucket: Bucket, region: Region) -> str | None:
        """The physical name of a bucket's copy, or None where it has none."""
        place = self.recovery_region_of(region)
        return self.bucket_name(bucket.replica, place) if bucket.replica and place else None

    def bucket_name(self, purpose: str, region_name: str) -> str:
        """The physical name of a bucket."""
        return names.bucket_name(
            self.system,
            self.environment.name,
            purpose,
            account=self.environment.account,
            region=region_name,
        )

    def secrets_of(self, service: Service) -> tuple[str, ...]:
        """The keys the service is given: all it declares, less replica URLs while there are no replicas."""
        return tuple(
            key
            for key, source in service.secrets.items()
            if self.replicas or not isinstance(source, ReplicaUrls)
        )

    def opt_outs(self) -> Iterator[tuple[str, str]]:
        """Every protection that is off, with its reason."""
        yield from opt_outs(self)
