"""Vantrexia: remote patient monitoring on one host, for about $78 a month, in Virginia."""

from config.alarms import Alarms
from config.cache import Cache
from config.changes import (
    DatabaseChange,
    EdgeChange,
    NetworkChange,
    Phase,
    ScalingChange,
    ServiceChange,
)
from config.database import Database, DatabaseRole
from config.edge import Edge
from config.environment import Environment, GitHubRepository
from config.host import SingleHost, SmokeTests
from config.network import NatGateways, NatInstance, Network
from config.recovery import DatabaseDump, RecoveryTargets
from config.region import american_home
from config.scaling import HealthCheck
from config.service import Service
from config.sources import BucketName, CacheUrl, DatabaseUrl, Generated, SetByOperator
from config.storage import Bucket, Transition
from config.system import System
from config.watching import OutsideChecks

SEVEN_YEARS = 7 * 365 + 2
"""HIPAA's six years for documentation, and one; with two leap days."""

IMAGES = "ghcr.io/highlandpc/vantrexia"

APPLICATION = {
    "DATABASE_URL": DatabaseUrl(role="vantrexia"),
    "REDIS_URL": CacheUrl(),
    "SECRET_KEY": Generated(),
    "ECW_CLIENT_ID": SetByOperator(where="eClinicalWorks developer portal"),
    "ECW_CLIENT_SECRET": SetByOperator(where="eClinicalWorks developer portal"),
}
SETTINGS = {"MEDIA_BUCKET": BucketName(bucket="media")}

FRONTEND = Service(
    name="frontend",
    image=f"{IMAGES}/frontend",
    port=3000,
    hosts=("app.vantrexia.com",),
    cpu=128,
    memory_mib=128,
    health=HealthCheck(path="/", healthy_threshold=2),
    environment={"VITE_API_BASE_URL": "https://api.vantrexia.com"},
)

BACKEND = Service(
    name="backend",
    image=f"{IMAGES}/backend",
    port=8000,
    hosts=("api.vantrexia.com",),
    cpu=1024,
    memory_mib=896,
    health=HealthCheck(
        path="/health/",
        interval_seconds=30,
        timeout_seconds=10,
        healthy_threshold=2,
        unhealthy_threshold=3,
        grace_seconds=40,
        command=("CMD", "curl", "-f", "http://127.0.0.1:8000/health/"),
    ),
    database_pool=10,
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
    memory_mib=640,
    database_pool=8,
    writes_buckets=("media",),
    environment=SETTINGS,
    secrets=APPLICATION,
    shares_keys_of="backend",
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
    memory_mib=192,
    database_pool=2,
    environment=SETTINGS,
    secrets=APPLICATION,
    shares_keys_of="backend",
)

MIGRATE = Service(
    name="migrate",
    image_of="backend",
    command=("python", "manage.py", "migrate", "--noinput"),
    before_rollout=True,
    port=None,
    public=False,
    cpu=512,
    memory_mib=256,
    database_pool=1,
    secrets={
        "DATABASE_URL": DatabaseUrl(role="vantrexia_owner", direct=True),
        # Django does not start without one; nothing that lasts is signed with this.
        "SECRET_KEY": Generated(),
    },
)

SYSTEM = System(
    name="vantrexia",
    hipaa=True,
    secret_rotation_days=90,
    audit_trail=True,
    audit_bucket="audit",
    private_registry=True,
    # Cloudflare answers for the domain and stands before the host; of its names it hands one to Route 53,
    # which can fail over.
    edge=Edge(
        dns="route53", domain="vantrexia.com", zone="origin.vantrexia.com", failover_to="status.vantrexia.com"
    ),
    network=Network(
        cidr="10.0.0.0/16",
        zones=2,
        # The host has an address of its own; this is the way out of what writes database logins.
        nat=NatInstance(instance_type="t4g.nano", image_id="ami-0123456789abcdef0"),
    ),
    services=(FRONTEND, BACKEND, CELERY, CELERY_BEAT, MIGRATE),
    host=SingleHost(
        instance_type="t4g.medium",
        image_id="ami-0123456789abcdef0",
        data_volume_gib=30,
        snapshot_days=14,
        smoke_tests=SmokeTests(
            api="backend",
            pages="frontend",
            login_path="/api/v1/token/",
            refresh_path="/api/v1/token/refresh/",
            records_path="/api/v1/patients/",
        ),
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
    cache=Cache(engine="redis", version="7.1", node_type="t4g.micro"),
    buckets=(
        Bucket(name="media"),
        # The document lets only the weekly one leave the region, which would lose a week with it, not a day.
        Bucket(name="dumps", replica="daily-copies", expire_after_days=30),
        Bucket(name="weekly", replica="weekly-copies", expire_after_days=90),
        Bucket(
            name="audit",
            # Monthly, as the document has it.
            transitions=(Transition(after_days=30, storage_class="DEEP_ARCHIVE"),),
            expire_after_days=SEVEN_YEARS,
            lock_days=SEVEN_YEARS,
        ),
    ),
    dumps=(
        DatabaseDump(bucket="dumps", every="day", at="03:00"),
        DatabaseDump(bucket="weekly", every="week", at="02:00"),
    ),
    recovery=RecoveryTargets(restore_hours=4, loss_hours=24, availability_percent=99.9, drill_days=90),
    phases=(
        Phase(title="one practice"),
        Phase(
            title="several practices",
            platform="fargate",
            network=NetworkChange(nat=NatGateways(count=1)),
            edge=EdgeChange(failover_to=None),
            database=DatabaseChange(instance_class="t4g.small", multi_az=True, max_connections=150),
            services={
                "frontend": ServiceChange(cpu=256, memory_mib=512, scaling=ScalingChange(min=2, max=4)),
                "backend": ServiceChange(cpu=512, memory_mib=1024, scaling=ScalingChange(min=2, max=4)),
                "celery": ServiceChange(cpu=512, memory_mib=1024),
                "celery-beat": ServiceChange(cpu=256, memory_mib=512),
                "migrate": ServiceChange(cpu=512, memory_mib=1024),
            },
            monthly_budget_usd=300,
        ),
    ),
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
            monthly_budget_usd=80,
            # Its answer depends on name, machine, nginx, database, cache and Celery.
            outside_checks=OutsideChecks(services=("backend",)),
            log_days=90,
            github=GitHubRepository(owner="highlandpc", name="vantrexia"),
        ),
    ),
)
