"""The chatbot platform: AI chatbots for many small businesses, in Ireland."""

from config.alarms import Alarms
from config.cache import Cache
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
from config.edge import Edge, Firewall
from config.environment import Environment, GitHubRepository
from config.logs import JsonLogs
from config.network import NatGateways, Network
from config.recovery import DatabaseDump
from config.region import irish_home
from config.scaling import HealthCheck, Scaling
from config.schedule import NoDeploys, Schedule
from config.service import Service
from config.sources import CacheUrl, DatabaseUrl, Generated, QueueUrl, ReplicaUrls, SetByOperator
from config.storage import Bucket, Queue, Volume
from config.system import System

QUEUES = {"jobs-high": 5, "jobs-normal": 15, "jobs-low": 60}
"""Jobs by urgency, and the minutes after which a job that still waits is somebody's concern."""
QUEUE_URLS = {f"{name.upper().replace('-', '_')}_QUEUE_URL": QueueUrl(queue=name) for name in QUEUES}


def health(port: int, path: str = "/health") -> HealthCheck:
    """Asked from outside and from inside: ``localhost`` would be IPv6 on Alpine."""
    return HealthCheck(
        path=path, command=("CMD-SHELL", f"wget -q --spider http://127.0.0.1:{port}{path} || exit 1")
    )


FRONTEND = Service(
    name="frontend",
    group="frontend",
    port=5000,
    cpu=256,
    memory_mib=512,
    scaling=Scaling(min=1, max=6, cpu_percent=50, in_cpu_percent=30),
    health=health(5000, "/"),
    paths=("/*",),
    calls=("backend",),
    tracing=True,
    environment={"BACKEND_URL": "http://backend:6000"},
)

BACKEND = Service(
    name="backend",
    group="backend",
    port=6000,
    cpu=512,
    memory_mib=1024,
    scaling=Scaling(min=1, max=10, cpu_percent=50, in_cpu_percent=30),
    health=health(6000),
    paths=("/socket.io/*", "/api/*"),
    sticky=True,
    calls=("chatbot-api",),
    sends_queues=tuple(QUEUES),
    database_pool=10,
    tracing=True,
    environment={"NODE_ENV": "production", "CHATBOT_API_URL": "http://chatbot-api:8000", **QUEUE_URLS},
    secrets={
        "DATABASE_URL": DatabaseUrl(role="chatbot_app"),
        "DATABASE_REPLICA_URLS": ReplicaUrls(role="chatbot_app"),
        "REDIS_URL": CacheUrl(),
        "SESSION_SECRET": Generated(),
    },
)

CHATBOT_API = Service(
    name="chatbot-api",
    group="chatbot-api",
    port=8000,
    cpu=1024,
    memory_mib=2048,
    scaling=Scaling(min=1, max=4, cpu_percent=70, in_cpu_percent=40),
    health=health(8000),
    hosts=("api.chatbot.example.com",),
    calls=("weaviate",),
    tracing=True,
    environment={"WEAVIATE_URL": "http://weaviate:8080"},
    secrets={"OPENAI_API_KEY": SetByOperator(where="OpenAI platform, API keys")},
)

AI_WORKER = Service(
    name="ai-worker",
    group="ai-worker",
    port=None,
    public=False,
    cpu=512,
    memory_mib=1024,
    scaling=Scaling(min=1, max=4, queues=tuple(QUEUES), backlog_per_task=1000),
    reads_queues=tuple(QUEUES),
    calls=("chatbot-api",),
    database_pool=5,
    spot=True,
    # Longer than the answer of a model, which is what it waits for when it is told to stop.
    stop_seconds=120,
    tracing=True,
    environment={"CHATBOT_API_URL": "http://chatbot-api:8000", **QUEUE_URLS},
    secrets={"DATABASE_URL": DatabaseUrl(role="chatbot_app"), "REDIS_URL": CacheUrl()},
)

CHATBOT_ADMIN = Service(
    name="chatbot-admin",
    group="chatbot-admin",
    port=8001,
    cpu=256,
    memory_mib=512,
    health=health(8001, "/admin/health"),
    paths=("/admin/*",),
    database_pool=5,
    tracing=True,
    secrets={"DATABASE_URL": DatabaseUrl(role="chatbot_app")},
)

WEAVIATE = Service(
    name="weaviate",
    group="weaviate",
    image="cr.weaviate.io/semitechnologies/weaviate:1.27.0",
    port=8080,
    public=False,
    cpu=1024,
    memory_mib=4096,
    health=health(8080, "/v1/.well-known/ready"),
    volume=Volume(mount_path="/var/lib/weaviate", backup_days=35),
    environment={
        "PERSISTENCE_DATA_PATH": "/var/lib/weaviate",
        "QUERY_DEFAULTS_LIMIT": "25",
        # Its files carry the name of its node. Left out, each new task would be another node.
        "CLUSTER_HOSTNAME": "weaviate",
        # Whoever gets through the security groups is the chatbot API.
        "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "true",
    },
)

MIGRATIONS = Service(
    name="migrations",
    # Tables, and the policies that keep tenants apart, belong to a role that no service logs in as.
    group="migrations",
    image_of="backend",
    command=("npm", "run", "migrate"),
    before_rollout=True,
    port=None,
    public=False,
    cpu=256,
    memory_mib=512,
    database_pool=2,
    secrets={"DATABASE_URL": DatabaseUrl(role="chatbot_owner", direct=True)},
)

GROWN = {
    "frontend": ServiceChange(scaling=ScalingChange(min=2, max=12)),
    "backend": ServiceChange(scaling=ScalingChange(min=2, max=20)),
    "chatbot-api": ServiceChange(scaling=ScalingChange(min=2, max=8)),
    "ai-worker": ServiceChange(scaling=ScalingChange(min=2, max=8)),
    "chatbot-admin": ServiceChange(scaling=ScalingChange(min=2, max=2)),
    # One task still: two would write one set of files.
    "weaviate": ServiceChange(cpu=2048, memory_mib=8192),
}

SINGLE = ScalingChange(min=1, max=1)
DEVELOPMENT = Changes(
    dumps=(),
    database=DatabaseChange(
        instance_class="t4g.small",
        multi_az=False,
        max_connections=200,
        work_mem_mib=8,
        # RDS stops no database that has replicas.
        read_replicas=0,
        backup_days=7,
        deletion_protection=Unprotected(reason="holds only what tests put there"),
    ),
    cache=CacheChange(node_type="t4g.micro", replicas=0),
    network=NetworkChange(cidr="10.1.0.0/16", nat=NatGateways(count=1)),
    edge=EdgeChange(domain="dev.chatbot.example.com", firewall=None),
    services={
        "frontend": ServiceChange(scaling=SINGLE),
        "backend": ServiceChange(scaling=SINGLE, environment={"NODE_ENV": "development"}),
        "chatbot-api": ServiceChange(scaling=SINGLE, hosts=("api.dev.chatbot.example.com",)),
        "ai-worker": ServiceChange(scaling=SINGLE),
        "chatbot-admin": ServiceChange(scaling=SINGLE),
        "weaviate": ServiceChange(cpu=1024, memory_mib=4096),
    },
)

SYSTEM = System(
    name="chatbot",
    audit_trail=True,
    service_discovery=True,
    json_logs=JsonLogs(),
    edge=Edge(
        dns="route53",
        domain="chatbot.example.com",
        # SQL injection, XSS, bad inputs and IP reputation are always filtered.
        firewall=Firewall(rate_limit_per_5_minutes=2000, blocked_countries=("KP",)),
    ),
    network=Network(cidr="10.0.0.0/16", zones=2, nat=NatGateways(count=1)),
    services=(FRONTEND, BACKEND, CHATBOT_API, AI_WORKER, CHATBOT_ADMIN, WEAVIATE, MIGRATIONS),
    database=Database(
        name="chatbot",
        master_username="chatbot_admin",
        version="15.19",
        # The document's x86 instance becomes Graviton, as its own savings list says.
        instance_class="t4g.small",
        storage_gib=50,
        max_storage_gib=200,
        storage_alarm_percent=70,
        multi_az=True,
        max_connections=200,
        work_mem_mib=8,
        roles=(
            DatabaseRole(name="chatbot_owner", kind="owner"),
            DatabaseRole(name="chatbot_app", kind="application"),
        ),
    ),
    cache=Cache(engine="valkey", version="8.1", node_type="t4g.small", replicas=1, snapshot_days=1),
    queues=tuple(
        Queue(name=name, max_receives=3, visibility_timeout_seconds=300, alarm_age_minutes=minutes)
        for name, minutes in QUEUES.items()
    ),
    buckets=(Bucket(name="backups", replica="copies", expire_after_days=30),),
    dumps=(DatabaseDump(bucket="backups"),),
    secret_rotation_days=30,
    phases=(
        Phase(title="launch: up to 30 businesses"),
        Phase(
            title="growth: 30 to 300 businesses",
            database=DatabaseChange(
                instance_class="t4g.large", max_connections=400, work_mem_mib=16, read_replicas=1
            ),
            cache=CacheChange(node_type="t4g.medium", replicas=2),
            network=NetworkChange(nat=NatGateways(count=2)),
            services=GROWN,
            monthly_budget_usd=1200,
        ),
    ),
    environments=(
        Environment(
            name="dev",
            account="777788889999",
            regions=(irish_home(),),
            recovery_region="eu-central-1",
            phase=1,
            production=False,
            alarms=Alarms(emails=("ahmed@chatbot.example.com",)),
            monthly_budget_usd=250,
            log_days=30,
            shell_access=True,
            schedule=Schedule(wake="07:00", sleep="19:00", nights=True),
            github=GitHubRepository(owner="chatbot", name="platform"),
            changes=DEVELOPMENT,
        ),
        Environment(
            name="production",
            account="111122223333",
            # Nobody is there to repair at the weekend what was deployed on Friday afternoon.
            no_deploys=(
                NoDeploys(day="friday", after="12:00"),
                NoDeploys(day="saturday"),
                NoDeploys(day="sunday"),
            ),
            regions=(irish_home(),),
            recovery_region="eu-central-1",
            phase=1,
            production=True,
            alarms=Alarms(emails=("ahmed@chatbot.example.com",)),
            monthly_budget_usd=500,
            github=GitHubRepository(owner="chatbot", name="platform"),
        ),
    ),
)
