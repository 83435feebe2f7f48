"""RestartiX on Fargate: two Go services and three Next.js front ends behind pgbouncer, in Frankfurt."""

from config.alarms import Alarms
from config.cache import Cache
from config.changes import (
    CacheChange,
    Changes,
    DatabaseChange,
    NetworkChange,
    Phase,
    ScalingChange,
    ServiceChange,
)
from config.database import AuroraServerless, Database, DatabaseRole
from config.edge import Edge
from config.environment import Environment, GitHubRepository
from config.network import NatGateways, NatInstance, Network
from config.pool import ConnectionPool
from config.recovery import DatabaseDump, RecoveryTargets
from config.region import european_home
from config.scaling import HealthCheck, Scaling
from config.service import Service
from config.sources import (
    BucketName,
    CacheUrl,
    DatabaseUrl,
    RegionName,
    ReplicaUrls,
    SetByOperator,
)
from config.storage import Bucket
from config.system import System
from config.usage import Usage
from config.watching import NoContainerInsights, NoOutsideChecks

ROLES = (
    DatabaseRole(name="restartix_owner", kind="owner"),
    DatabaseRole(name="restartix", kind="application"),
)

# Of 25 server connections: requests of users are bound by row-level security and need most of them.
POOL_SIZES = {"restartix_owner": 8, "restartix": 17}

CORE_API = Service(
    name="core-api",
    port=9000,
    cpu=1024,
    memory_mib=2048,
    # At most 15 of 10 tasks while a release rolls out: 20 would bring 1040 clients to a pool of 1000.
    scaling=Scaling(min=2, max=10, rollout_percent=150),
    health=HealthCheck(path="/health"),
    hosts=("api.restartix.com",),
    # Two pools of 25: one as the owner, for work that spans tenants, one bound by row-level security.
    database_pool=50,
    replica_pool=10,
    writes_buckets=("uploads",),
    environment={
        "APP_ENV": "production",
        "LOG_LEVEL": "info",
        "PORT": "9000",
        "DB_POOL_MAX": "25",
        "S3_BUCKET": BucketName(bucket="uploads"),
        "S3_REGION": RegionName(),
    },
    secrets={
        "DATABASE_URL": DatabaseUrl(role="restartix_owner"),
        "DATABASE_APP_URL": DatabaseUrl(role="restartix"),
        "DATABASE_REPLICA_URLS": ReplicaUrls(role="restartix"),
        "REDIS_URL": CacheUrl(),
        "CLERK_SECRET_KEY": SetByOperator(where="Clerk dashboard, API keys"),
        "CLERK_WEBHOOK_SECRET": SetByOperator(where="Clerk dashboard, Webhooks"),
        "DAILY_API_KEY": SetByOperator(where="Daily.co dashboard, Developers"),
        "ENCRYPTION_KEY": SetByOperator(where="openssl rand -hex 32, once, kept offline too"),
    },
)

MIGRATIONS = Service(
    name="migrations",
    # A group of its own: nobody else gets past the pool.
    group="migrations",
    image_of="core-api",
    command=("migrate", "up"),
    before_rollout=True,
    port=None,
    public=False,
    cpu=256,
    memory_mib=512,
    database_pool=2,
    secrets={"DATABASE_DIRECT_URL": DatabaseUrl(role="restartix_owner", direct=True)},
)

TELEMETRY_API = Service(
    name="telemetry-api",
    port=4000,
    # The document leaves its size open; this is what it had on App Runner.
    cpu=512,
    memory_mib=1024,
    scaling=Scaling(min=2, max=2),
    hosts=("telemetry.restartix.com",),
    database_pool=10,
    environment={"APP_ENV": "production", "LOG_LEVEL": "info", "PORT": "4000"},
    secrets={
        "DATABASE_URL": DatabaseUrl(role="restartix"),
        "CLICKHOUSE_URL": SetByOperator(where="ClickHouse Cloud, Connect"),
    },
)


def front_end(name: str, port: int, *, cpu: int, memory_mib: int, scaling: Scaling) -> Service:
    """A Next.js server, which renders pages from what the core API answers."""
    return Service(
        name=name,
        # A group of its own: it calls the API as its visitors do, and has no way to database or cache.
        group="front-ends",
        port=port,
        cpu=cpu,
        memory_mib=memory_mib,
        scaling=scaling,
        health=HealthCheck(path="/api/health"),
        hosts=(f"{name}.restartix.com",),
        # Next.js listens on localhost alone unless it is told otherwise.
        environment={"APP_ENV": "production", "PORT": str(port), "HOSTNAME": "0.0.0.0"},  # noqa: S104
    )


CLINIC = front_end("clinic", 3000, cpu=512, memory_mib=1024, scaling=Scaling(min=2, max=8))
PORTAL = front_end("portal", 3001, cpu=512, memory_mib=1024, scaling=Scaling(min=2, max=8))
CONSOLE = front_end("console", 3002, cpu=256, memory_mib=512, scaling=Scaling(min=1, max=1))

STAGING_AURORA = AuroraServerless(
    name="restartix",
    master_username="restartix_admin",
    # The newest that the checks of the pinned CDK know of Aurora.
    version="17.9",
    # The document's 0.5 ACU would never pause.
    min_capacity_acu=0,
    max_capacity_acu=2,
    pause_after_seconds=300,
    max_connections=200,
    backup_days=1,
    roles=ROLES,
    shell_role="restartix_owner",
)


def staging_of(name: str) -> ServiceChange:
    """One task on Spot, at a staging address."""
    return ServiceChange(
        scaling=ScalingChange(min=1, max=1),
        spot=True,
        hosts=(f"{name}.staging.restartix.com",),
        environment={"APP_ENV": "staging"},
    )


STAGING = Changes(
    aurora=STAGING_AURORA,
    pool=ConnectionPool(
        tasks=1,
        door="service-discovery",
        pool_sizes=POOL_SIZES,
        max_server_connections=25,
        connect_seconds=45,
        wait_seconds=60,
    ),
    cache=CacheChange(replicas=0),
    network=NetworkChange(nat=NatInstance(instance_type="t4g.nano", image_id="ami-0123456789abcdef0")),
    services={
        "core-api": ServiceChange(
            cpu=512,
            memory_mib=1024,
            scaling=ScalingChange(min=1, max=1, rollout_percent=200),
            database_pool=10,
            spot=True,
            hosts=("api.staging.restartix.com",),
            environment={"APP_ENV": "staging", "DB_POOL_MAX": "5"},
        ),
        "telemetry-api": staging_of("telemetry"),
        "clinic": staging_of("clinic"),
        "portal": staging_of("portal"),
        "console": staging_of("console"),
    },
)

SYSTEM = System(
    name="restartix-fargate",
    hipaa=True,
    edge=Edge(dns="cloudflare", domain="restartix.com"),
    network=Network(cidr="10.0.0.0/16", zones=2, nat=NatGateways(count=1)),
    services=(CORE_API, MIGRATIONS, TELEMETRY_API, CLINIC, PORTAL, CONSOLE),
    database=Database(
        name="restartix",
        master_username="restartix_admin",
        version="17.11",
        instance_class="t4g.medium",
        storage_gib=50,
        max_storage_gib=200,
        multi_az=True,
        max_connections=200,
        roles=ROLES,
        shell_role="restartix_owner",
    ),
    pool=ConnectionPool(tasks=2, pool_sizes=POOL_SIZES, max_server_connections=25),
    cache=Cache(engine="redis", version="7.1", node_type="t4g.micro", replicas=1),
    buckets=(
        Bucket(name="uploads"),
        Bucket(name="backups", replica="copies", expire_after_days=30),
    ),
    dumps=(DatabaseDump(bucket="backups"),),
    # Of a restored dump; RDS itself goes back to any moment, five minutes ago or more.
    recovery=RecoveryTargets(restore_hours=4, loss_hours=24, availability_percent=99.9),
    phases=(
        Phase(title="1 to 10 clinics"),
        Phase(
            title="10 to 50 clinics",
            database=DatabaseChange(
                instance_class="r6g.large",
                storage_gib=250,
                max_storage_gib=1000,
                max_connections=500,
                read_replicas=2,
            ),
            # 22 tasks while a release rolls out, each with 50 connections and 10 to each replica.
            pool=ConnectionPool(
                tasks=2,
                pool_sizes={"restartix_owner": 16, "restartix": 34},
                max_server_connections=50,
                max_client_connections=2000,
            ),
            services={
                "core-api": ServiceChange(scaling=ScalingChange(min=3, max=15)),
                "clinic": ServiceChange(scaling=ScalingChange(max=15)),
                "portal": ServiceChange(scaling=ScalingChange(max=15)),
            },
            monthly_budget_usd=1500,
        ),
    ),
    environments=(
        Environment(
            name="staging",
            account="444455556666",
            regions=(european_home(),),
            recovery_region="eu-west-1",
            phase=1,
            production=False,
            alarms=Alarms(emails=("alerts@restartix.com",)),
            # Each cost more than what it watches.
            outside_checks=NoOutsideChecks(
                reason="only the team visits staging; alarms on the load balancer and the tasks stay"
            ),
            container_insights=NoContainerInsights(
                reason="one task a service: CPU, memory and health are published without it"
            ),
            monthly_budget_usd=100,
            # Idle, as the document counts: metrics of the pool alone, and tasks that have little to say.
            usage=Usage(custom_metrics=7, logs_gb=2),
            log_days=30,
            shell_access=True,
            changes=STAGING,
            github=GitHubRepository(owner="restartix", name="platform"),
        ),
        Environment(
            name="production",
            account="111122223333",
            regions=(european_home(),),
            recovery_region="eu-west-1",
            phase=1,
            production=True,
            alarms=Alarms(emails=("alerts@restartix.com",)),
            monthly_budget_usd=600,
            log_days=90,
            github=GitHubRepository(owner="restartix", name="platform"),
        ),
    ),
)
