"""RestartiX: a healthcare SaaS of two Go services, behind Cloudflare, in Frankfurt."""

from config.alarms import Alarms
from config.cache import Cache
from config.changes import CacheChange, DatabaseChange, Phase, ScalingChange, ServiceChange
from config.database import Database, DatabaseRole
from config.edge import Edge
from config.environment import Environment, GitHubRepository
from config.network import NatGateways, Network
from config.recovery import DatabaseDump, RecoveryTargets
from config.region import american_home, european_home, shards
from config.routing import Routing
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
from config.tenancy import TenantQuotas, TenantSize, TenantTier

CORE_API = Service(
    name="core-api",
    port=9000,
    cpu=1024,
    memory_mib=2048,
    scaling=Scaling(min=1, max=5, concurrency=100),
    health=HealthCheck(path="/health", interval_seconds=10, timeout_seconds=5),
    hosts=("api.restartix.com",),
    database_pool=30,
    writes_buckets=("uploads",),
    environment={
        "APP_ENV": "production",
        "LOG_LEVEL": "info",
        "PORT": "9000",
        "DB_POOL_MAX": "30",
        "S3_BUCKET": BucketName(bucket="uploads"),
        "S3_REGION": RegionName(),
    },
    secrets={
        "DATABASE_URL": DatabaseUrl(role="restartix"),
        "DATABASE_REPLICA_URLS": ReplicaUrls(role="restartix"),
        "REDIS_URL": CacheUrl(),
        "CLERK_SECRET_KEY": SetByOperator(where="Clerk dashboard, API keys"),
        "CLERK_WEBHOOK_SECRET": SetByOperator(where="Clerk dashboard, Webhooks"),
        "DAILY_API_KEY": SetByOperator(where="Daily.co dashboard, Developers"),
        "ENCRYPTION_KEY": SetByOperator(where="openssl rand -hex 32, once, kept offline too"),
    },
)

TELEMETRY_API = Service(
    name="telemetry-api",
    port=4000,
    cpu=512,
    memory_mib=1024,
    scaling=Scaling(min=1, max=3, concurrency=200),
    health=HealthCheck(path="/health", interval_seconds=10, timeout_seconds=5),
    hosts=("telemetry.restartix.com",),
    # The document's 15 would bring three instances and five of the core API to 207 of 200 connections.
    database_pool=10,
    environment={"APP_ENV": "production", "LOG_LEVEL": "info", "PORT": "4000"},
    secrets={
        "DATABASE_URL": DatabaseUrl(role="restartix"),
        "DATABASE_REPLICA_URLS": ReplicaUrls(role="restartix"),
        # The matrix lets out 443 only; `reaches=(8443,)` would open ClickHouse's other HTTPS port.
        "CLICKHOUSE_URL": SetByOperator(where="ClickHouse Cloud, Connect: the HTTPS URL on port 443"),
    },
)

SYSTEM = System(
    name="restartix",
    hipaa=True,
    audit_trail=True,
    edge=Edge(dns="cloudflare", domain="restartix.com"),
    network=Network(cidr="10.0.0.0/16", zones=2, nat=NatGateways(count=1)),
    services=(CORE_API, TELEMETRY_API),
    database=Database(
        name="restartix",
        master_username="restartix_admin",
        version="17.11",
        instance_class="t4g.medium",
        storage_gib=50,
        max_storage_gib=200,
        multi_az=True,
        max_connections=200,
        roles=(
            DatabaseRole(name="restartix_owner", kind="owner"),
            DatabaseRole(name="restartix", kind="application"),
        ),
    ),
    cache=Cache(engine="redis", version="7.1", node_type="t4g.micro"),
    buckets=(
        Bucket(name="uploads"),
        Bucket(name="backups-primary", replica="backups-replica", expire_after_days=30),
    ),
    dumps=(DatabaseDump(bucket="backups-primary"),),
    recovery=RecoveryTargets(
        restore_hours=4, loss_hours=24, point_in_time_minutes=5, availability_percent=99.9
    ),
    tenants=TenantTier(
        since_phase=3,
        # Large clinics have a core API and a database of their own, and share telemetry with everybody.
        services=("core-api",),
        # The document says "run database migrations" and not how; this is a command of the core API's image.
        migrate=("migrate", "up"),
        sizes=(
            TenantSize(name="large", instance_class="r6g.large"),
            TenantSize(name="xlarge", instance_class="r6g.xlarge"),
        ),
        # What the product keeps of anybody's data it keeps for thirty days, a clinic that left included.
        exports="backups-primary",
        retention_days=30,
        # Thirty clinics and five shards of three instances are 45 of 40 in America, and 40 services of 30.
        quotas=TenantQuotas(database_instances=60, app_runner_services=60),
    ),
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
            cache=CacheChange(node_type="t4g.small"),
            monthly_budget_usd=1200,
        ),
        Phase(
            title="50 to 100 clinics",
            # Twice the memory takes twice the connections; at its largest the shared tier opens 342 of them.
            database=DatabaseChange(instance_class="r6g.xlarge", max_connections=1000),
            services={"core-api": ServiceChange(scaling=ScalingChange(max=10))},
            routing=Routing(
                service="core-api",
                organizations_per_shard=100,
                token_issuer="https://clerk.restartix.com",  # noqa: S106 - an address
                # The document names the secret of Clerk's webhooks, and no path for them.
                home_paths=("/webhooks/",),
            ),
            # With ten enterprise clinics at their least; the document's 3,645 leaves out what Multi-AZ costs.
            monthly_budget_usd=7500,
        ),
        Phase(
            title="100 to 1000 clinics, Europe and America",
            regions=(
                european_home(shards=shards(3)),
                american_home(cidr="10.1.0.0/16", recovery_region="us-west-2", shards=shards(5)),
            ),
            # With 10 enterprise clinics in Europe and 30 in America.
            monthly_budget_usd=33000,
        ),
    ),
    environments=(
        Environment(
            name="production",
            account="111122223333",
            regions=(european_home(),),
            recovery_region="eu-west-1",
            phase=1,
            production=True,
            alarms=Alarms(emails=("alerts@restartix.com",)),
            # The document's 200, "adjust as needed", fits a Single-AZ database. The least is 243,
            # and 291 on Fargate.
            monthly_budget_usd=300,
            platform="app-runner",
            app_runner_acknowledgement="RestartiX's account has run App Runner since before 2026-04-30",
            github=GitHubRepository(owner="restartix", name="platform"),
        ),
    ),
)
