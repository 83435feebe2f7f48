"""Notes: one service and one database, in Stockholm."""

from config.alarms import Alarms
from config.changes import Phase, ScalingChange, ServiceChange
from config.database import Database, DatabaseRole
from config.edge import Edge
from config.environment import Environment
from config.network import Network
from config.region import Region
from config.service import DatabaseUrl, Service
from config.system import System

# fmt: off
SYSTEM = System(
    name="notes",
    edge=Edge(domain="notes.example"),
    network=Network(cidr="10.0.0.0/16"),
    services=(
        Service(name="api", port=8080, cpu=256, memory_mib=512, hosts=("api.notes.example",),
                database_pool=5, secrets={"DATABASE_URL": DatabaseUrl(role="notes")}),
    ),
    database=Database(
        name="notes", master_username="notes_admin", version="18.6",
        instance_class="t4g.micro", storage_gib=20, max_storage_gib=100, multi_az=True, max_connections=50,
        roles=(DatabaseRole(name="notes_owner", kind="owner"),
               DatabaseRole(name="notes", kind="application")),
    ),
    phases=(
        Phase(title="the first users"),
        Phase(title="more of them", services={"api": ServiceChange(scaling=ScalingChange(max=4))}),
    ),
    environments=(
        Environment(name="production", account="111122223333", phase=1, production=True,
                    regions=(Region(key="se", name="eu-north-1", zones=("eu-north-1a", "eu-north-1b")),),
                    monthly_budget_usd=150, alarms=Alarms(emails=("me@notes.example",))),
    ),
)
