"""ReptiDex: four static front ends and six FastAPI services behind one load balancer, in Virginia."""

from config.alarms import Alarms, NoAlarms
from config.cache import Cache, NoTransitEncryption
from config.changes import (
    CacheChange,
    Changes,
    DatabaseChange,
    EdgeChange,
    NetworkChange,
    Phase,
    ScalingChange,
    ServiceChange,
)
from config.database import Database, DatabaseRole, Unprotected
from config.edge import CacheBehavior, Distribution, Edge, Firewall
from config.environment import Environment, GitHubRepository
from config.network import NatGateways, NatInstance, Network
from config.recovery import DatabaseDump
from config.region import american_home
from config.scaling import HealthCheck, Scaling
from config.schedule import Schedule
from config.service import Service
from config.sources import BucketName, CacheUrl, DatabaseUrl, ReplicaUrls
from config.storage import Bucket, Transition
from config.system import System
from config.usage import Usage

FRONT_ENDS = {
    "web-public": ("reptidex.com", "dev.reptidex.com"),
    "web-admin": ("admin.reptidex.com", "admin-dev.reptidex.com"),
    "web-breeder": ("breeder.reptidex.com", "breeder-dev.reptidex.com"),
    "web-embed": ("embed.reptidex.com", "embed-dev.reptidex.com"),
}
"""Name to the hosts in production and in development."""

BACK_ENDS = {
    "repti-core": ("api.reptidex.com", "api-dev.reptidex.com"),
    "repti-animal": ("animal-api.reptidex.com", "animal-api-dev.reptidex.com"),
    "repti-commerce": ("commerce-api.reptidex.com", "commerce-api-dev.reptidex.com"),
    "repti-media": ("media-api.reptidex.com", "media-api-dev.reptidex.com"),
    "repti-community": ("community-api.reptidex.com", "community-api-dev.reptidex.com"),
    "repti-ops": ("ops-api.reptidex.com", "ops-api-dev.reptidex.com"),
}
"""The document gives ports 8000 to 8006 and not which is whose: they are numbered in this order."""

HEALTH = "/api/v1/health"


def front_end(name: str) -> Service:
    """A static React application on nginx."""
    return Service(
        name=name,
        port=80,
        cpu=512,
        memory_mib=1024,
        scaling=Scaling(min=2, max=4),
        health=HealthCheck(
            path="/health",
            # nginx's images have one or the other.
            command=(
                "CMD-SHELL",
                "wget -q --spider http://127.0.0.1/health || curl -fs http://127.0.0.1/health",
            ),
        ),
        hosts=FRONT_ENDS[name][:1],
    )


def back_end(name: str, port: int) -> Service:
    """A FastAPI service, the only kind that may send e-mail."""
    return Service(
        name=name,
        port=port,
        cpu=1024,
        memory_mib=2048,
        scaling=Scaling(min=2, max=6),
        health=HealthCheck(path=HEALTH, command=("CMD", "python", "-c", asks(port))),
        hosts=BACK_ENDS[name][:1],
        database_pool=5,
        writes_buckets=("assets", "uploads"),
        sends_email=True,
        environment={
            "ASSETS_BUCKET": BucketName(bucket="assets"),
            "UPLOADS_BUCKET": BucketName(bucket="uploads"),
        },
        secrets={
            "DATABASE_URL": DatabaseUrl(role="reptidex_app"),
            "DATABASE_REPLICA_URLS": ReplicaUrls(role="reptidex_app"),
            "REDIS_URL": CacheUrl(),
            # Tables have one owner, whose migrations come with one service.
            **(
                {"MIGRATION_DATABASE_URL": DatabaseUrl(role="reptidex_owner")} if name == "repti-core" else {}
            ),
        },
    )


def asks(port: int) -> str:
    """A program in the language of the service, for a health check inside its own container."""
    return f"import urllib.request as ask; ask.urlopen('http://127.0.0.1:{port}{HEALTH}', timeout=4)"


def distribution(host: str) -> Distribution:
    """The three cache behaviours; price class 100 is the United States, Canada and Europe."""
    return Distribution(
        hosts=(host,),
        price_class="100",
        behaviors=(
            CacheBehavior(path="/api/*", ttl_seconds=0, forward_all_headers=True),
            CacheBehavior(path="/assets/*", ttl_seconds=7 * 24 * 3600),
            CacheBehavior(path="*", ttl_seconds=3600, forward_all_headers=True),
        ),
    )


SMALL = {
    name: ServiceChange(cpu=256, memory_mib=512, scaling=ScalingChange(min=1, max=1), hosts=(hosts[1],))
    for name, hosts in FRONT_ENDS.items()
} | {
    name: ServiceChange(cpu=512, memory_mib=1024, scaling=ScalingChange(min=1, max=1), hosts=(hosts[1],))
    for name, hosts in BACK_ENDS.items()
}

# One task in each of the three zones.
GROWN = {name: ServiceChange(scaling=ScalingChange(min=3, max=8)) for name in FRONT_ENDS} | {
    name: ServiceChange(scaling=ScalingChange(min=3, max=10)) for name in BACK_ENDS
}

DEVELOPMENT = Changes(
    network=NetworkChange(
        cidr="10.1.0.0/16",
        zones=2,
        public_cidrs=("10.1.1.0/24", "10.1.2.0/24"),
        private_cidrs=("10.1.10.0/24", "10.1.20.0/24"),
        # The document says both "no NAT" and "two NAT gateways".
        nat=NatInstance(image_id="ami-0123456789abcdef0"),
    ),
    services=SMALL,
    database=DatabaseChange(
        instance_class="t4g.micro",
        storage_gib=20,
        max_storage_gib=100,
        multi_az=False,
        max_connections=80,
        read_replicas=0,
        backup_days=7,
        work_mem_mib=4,
        enhanced_monitoring_seconds=0,
        deletion_protection=Unprotected(reason="made anew from seeds whenever somebody asks"),
    ),
    cache=CacheChange(
        version="7.0",
        node_type="t4g.micro",
        replicas=0,
        transit_encryption=NoTransitEncryption(reason="the document's choice for development: no real users"),
    ),
    edge=EdgeChange(
        # Production's account owns the zone, and a zone takes records from its own account only.
        dns="elsewhere",
        hosted_zone_id=None,
        distribution=distribution("dev.reptidex.com"),
        firewall=None,
    ),
    # "N/A" in the document: it is made anew from seeds.
    dumps=(),
    monthly_budget_usd=160,
)

SYSTEM = System(
    name="reptidex",
    audit_trail=True,
    edge=Edge(
        dns="route53",
        domain="reptidex.com",
        hosted_zone_id="Z0123456789REPTIDEX",
        distribution=distribution("reptidex.com"),
        firewall=Firewall(),
    ),
    network=Network(
        cidr="10.0.0.0/16",
        zones=3,
        public_cidrs=("10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"),
        private_cidrs=("10.0.10.0/24", "10.0.20.0/24", "10.0.30.0/24"),
        nat=NatGateways(count=3),
    ),
    services=(
        *(front_end(name) for name in FRONT_ENDS),
        *(back_end(name, port) for port, name in enumerate(BACK_ENDS, start=8000)),
    ),
    database=Database(
        name="reptidex",
        master_username="reptidex_admin",
        version="15.19",
        instance_class="t4g.small",
        storage_gib=100,
        max_storage_gib=1000,
        multi_az=True,
        max_connections=200,
        backup_days=30,
        work_mem_mib=8,
        enhanced_monitoring_seconds=60,
        roles=(
            DatabaseRole(name="reptidex_owner", kind="owner"),
            DatabaseRole(name="reptidex_app", kind="application"),
        ),
    ),
    cache=Cache(engine="redis", version="7.1", node_type="t4g.small", replicas=1),
    buckets=(
        Bucket(name="assets"),
        Bucket(name="uploads", transitions=(Transition(after_days=30, storage_class="STANDARD_IA"),)),
        Bucket(name="backups", transitions=(Transition(after_days=7, storage_class="GLACIER"),)),
        Bucket(name="logs", expire_after_days=90),
    ),
    dumps=(DatabaseDump(bucket="backups"),),
    phases=(
        Phase(title="1,000 to 5,000 users"),
        Phase(
            title="5,000 to 15,000 users",
            # Storage stays: the document expects 25 GB, and what there is grows by itself.
            database=DatabaseChange(
                instance_class="t4g.large", max_connections=400, work_mem_mib=16, read_replicas=1
            ),
            cache=CacheChange(node_type="t4g.medium"),
            services=GROWN,
            monthly_budget_usd=1600,
        ),
    ),
    environments=(
        Environment(
            name="dev",
            account="777788889999",
            regions=(american_home(),),
            phase=1,
            production=False,
            alarms=NoAlarms(reason="95 % on weekdays is all it promises"),
            monthly_budget_usd=160,
            log_days=30,
            shell_access=True,
            schedule=Schedule(wake="07:00", sleep="20:00", time_zone="America/New_York"),
            usage=Usage(stored_gb=100, images_gb=2),
            changes=DEVELOPMENT,
            github=GitHubRepository(owner="reptidex", name="platform"),
        ),
        Environment(
            name="production",
            account="111122223333",
            regions=(american_home(),),
            phase=1,
            production=True,
            alarms=Alarms(emails=("ops@reptidex.com",)),
            # The document's 384 buys no 20 tasks of its own sizes; the least that it describes is 858.
            monthly_budget_usd=900,
            usage=Usage(stored_gb=1000, cdn_gb=400, images_gb=8),
            github=GitHubRepository(owner="reptidex", name="platform"),
        ),
    ),
)
