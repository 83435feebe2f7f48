"""Clinic: one API of which large customers get one of their own, with its database, from phase 2."""

from config.alarms import Alarms
from config.cache import Cache
from config.changes import Phase
from config.database import Database, DatabaseRole
from config.edge import Edge
from config.environment import Environment
from config.network import Network
from config.region import european_home
from config.routing import Routing
from config.scaling import Scaling
from config.service import DatabaseUrl, Service
from config.sources import BucketName, CacheUrl, SetByOperator
from config.storage import Bucket
from config.system import System
from config.tenancy import TenantSize, TenantTier

SYSTEM = System(
    name="clinic",
    hipaa=True,
    edge=Edge(domain="clinic.example"),
    network=Network(cidr="10.0.0.0/16"),
    services=(
        Service(
            name="api",
            port=8080,
            cpu=256,
            memory_mib=512,
            scaling=Scaling(min=1, max=4),
            hosts=("api.clinic.example",),
            database_pool=5,
            writes_buckets=("scans",),
            environment={"SCANS": BucketName(bucket="scans")},
            secrets={
                "DATABASE_URL": DatabaseUrl(role="clinic"),
                "REDIS_URL": CacheUrl(),
                "MAIL_KEY": SetByOperator(where="the mail console"),
            },
        ),
    ),
    database=Database(
        name="clinic",
        master_username="clinic_admin",
        version="17.11",
        instance_class="t4g.medium",
        storage_gib=50,
        max_storage_gib=200,
        multi_az=True,
        max_connections=200,
        roles=(
            DatabaseRole(name="clinic_owner", kind="owner"),
            DatabaseRole(name="clinic", kind="application"),
        ),
    ),
    cache=Cache(engine="redis", version="7.1", node_type="t4g.micro"),
    buckets=(Bucket(name="scans"), Bucket(name="departed")),
    tenants=TenantTier(
        since_phase=2,
        services=("api",),
        instances=2,
        migrate=("migrate", "up"),
        sizes=(
            TenantSize(name="large", instance_class="r6g.large"),
            TenantSize(name="xlarge", instance_class="r6g.xlarge"),
        ),
        exports="departed",
    ),
    phases=(
        Phase(title="everybody together"),
        Phase(
            title="large customers by themselves",
            routing=Routing(
                service="api",
                organizations_per_shard=50,
                token_issuer="https://login.clinic.example",  # an address
            ),
        ),
    ),
    environments=(
        Environment(
            name="production",
            account="111122223333",
            regions=(european_home(),),
            phase=2,
            app_runner_acknowledgement="a test: no account is asked",
            production=True,
            alarms=Alarms(emails=("alerts@clinic.example",)),
            monthly_budget_usd=900,
        ),
    ),
)
