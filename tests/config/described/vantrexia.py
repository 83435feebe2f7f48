"""Vantrexia: remote patient monitoring on one host, for about $57 a month, in Virginia."""

from config.alarms import Alarms
from config.changes import Phase
from config.database import Database, DatabaseRole
from config.edge import Edge
from config.environment import Environment, GitHubRepository
from config.host import SingleHost
from config.network import Network, NoNat
from config.recovery import DatabaseDump, RecoveryTargets
from config.region import american_home
from config.scaling import HealthCheck
from config.service import Service
from config.sources import BucketName, DatabaseUrl, Generated, SetByOperator
from config.storage import Bucket, Transition, Volume
from config.system import System

SEVEN_YEARS = 7 * 365 + 2
"""HIPAA's six years for documentation, and one; with two leap days."""

IMAGES = "ghcr.io/highlandpc/vantrexia"

APPLICATION = {
    "DATABASE_URL": DatabaseUrl(role="vantrexia"),
    "SECRET_KEY": Generated(),
    "ECW_CLIENT_ID": SetByOperator(where="eClinicalWorks developer portal"),
    "ECW_CLIENT_SECRET": SetByOperator(where="eClinicalWorks developer portal"),
}
# Redis runs beside the application, so its address is no secret.
SETTINGS = {"REDIS_URL": "redis://redis:6379/0", "MEDIA_BUCKET": BucketName(bucket="media")}

NGINX = Service(
    name="nginx",
    image=f"{IMAGES}/nginx",
    port=443,
    cpu=128,
    memory_mib=128,
    hosts=("api.vantrexia.com", "app.vantrexia.com"),
    calls=("backend", "frontend"),
    secrets={
        "CLOUDFLARE_CERT": SetByOperator(where="Cloudflare dashboard, SSL/TLS, Origin Server"),
        "CLOUDFLARE_KEY": SetByOperator(where="Cloudflare dashboard, SSL/TLS, Origin Server"),
    },
)

FRONTEND = Service(
    name="frontend",
    image=f"{IMAGES}/frontend",
    port=3000,
    public=False,
    cpu=128,
    memory_mib=128,
    environment={"VITE_API_BASE_URL": "https://api.vantrexia.com"},
)

BACKEND = Service(
    name="backend",
    image=f"{IMAGES}/backend",
    port=8000,
    public=False,
    cpu=768,
    memory_mib=1280,
    health=HealthCheck(
        path="/health/",
        interval_seconds=30,
        timeout_seconds=10,
        unhealthy_threshold=3,
        grace_seconds=40,
        command=("CMD", "curl", "-f", "http://127.0.0.1:8000/health/"),
    ),
    calls=("redis",),
    database_pool=20,
    writes_buckets=("media",),
    environment=SETTINGS,
    secrets=APPLICATION,
)

CELERY = Service(
    name="celery",
    image_of="backend",
    command=("celery", "-A", "config", "worker", "-l", "info", "--concurrency=4"),
    port=None,
    cpu=512,
    memory_mib=1024,
    calls=("redis",),
    database_pool=8,
    writes_buckets=("media",),
    environment=SETTINGS,
    secrets=APPLICATION,
)

CELERY_BEAT = Service(
    name="celery-beat",
    image_of="backend",
    command=(
        *("celery", "-A", "config", "beat", "-l", "info"),
        *("--scheduler", "django_celery_beat.schedulers:DatabaseScheduler"),
    ),
    port=None,
    cpu=128,
    memory_mib=256,
    calls=("redis",),
    database_pool=2,
    environment=SETTINGS,
    secrets=APPLICATION,
)

REDIS = Service(
    name="redis",
    image="docker.io/library/redis:7-alpine",
    port=6379,
    public=False,
    cpu=128,
    memory_mib=256,
    health=HealthCheck(timeout_seconds=5, command=("CMD", "redis-cli", "ping")),
    volume=Volume(mount_path="/data", backup_days=14),
)

SYSTEM = System(
    name="vantrexia",
    hipaa=True,
    audit_trail=True,
    audit_bucket="audit",
    secret_rotation_days=90,
    edge=Edge(dns="route53", domain="vantrexia.com", failover_to="status.vantrexia.com"),
    network=Network(cidr="10.0.0.0/16", zones=2, nat=NoNat()),
    services=(NGINX, FRONTEND, BACKEND, CELERY, CELERY_BEAT, REDIS),
    host=SingleHost(
        instance_type="t4g.medium",
        image_id="ami-0123456789abcdef0",
        data_volume_gib=30,
        snapshot_days=14,
    ),
    database=Database(
        name="vantrexia",
        master_username="vantrexia_admin",
        version="15.19",
        instance_class="t4g.micro",
        storage_gib=20,
        max_storage_gib=100,
        multi_az=False,
        max_connections=80,
        backup_days=7,
        work_mem_mib=4,
        roles=(
            DatabaseRole(name="vantrexia_owner", kind="owner"),
            DatabaseRole(name="vantrexia", kind="application"),
        ),
    ),
    buckets=(
        Bucket(name="media"),
        Bucket(name="dumps", expire_after_days=30),
        Bucket(name="weekly", replica="weekly-copies", expire_after_days=90),
        Bucket(
            name="audit",
            transitions=(Transition(after_days=0, storage_class="DEEP_ARCHIVE"),),
            expire_after_days=SEVEN_YEARS,
            lock_days=SEVEN_YEARS,
        ),
    ),
    dumps=(
        DatabaseDump(bucket="dumps", every="day", at="03:00"),
        DatabaseDump(bucket="weekly", every="week", at="02:00"),
    ),
    recovery=RecoveryTargets(restore_hours=4, loss_hours=24, availability_percent=99.9, drill_days=90),
    phases=(Phase(title="one practice"),),
    environments=(
        Environment(
            name="production",
            account="111122223333",
            regions=(american_home(),),
            recovery_region="us-west-2",
            phase=1,
            production=True,
            platform="host",
            alarms=Alarms(emails=("oncall@vantrexia.com",)),
            monthly_budget_usd=70,
            log_days=90,
            github=GitHubRepository(owner="highlandpc", name="vantrexia"),
        ),
    ),
)
