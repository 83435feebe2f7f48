"""Compass: organizations in two regions, one of them with two shards, and a table that says where each is."""

from config.alarms import Alarms
from config.changes import Phase
from config.edge import Edge
from config.environment import Environment
from config.network import Network
from config.region import american_home, european_home, shards
from config.routing import Routing
from config.service import Service
from config.sources import SetByOperator
from config.system import System

SYSTEM = System(
    name="compass",
    edge=Edge(domain="compass.example"),
    network=Network(cidr="10.0.0.0/16"),
    services=(
        Service(
            name="api",
            port=8080,
            cpu=256,
            memory_mib=512,
            hosts=("api.compass.example",),
            secrets={"MAPS_KEY": SetByOperator(where="the maps console")},
        ),
    ),
    phases=(
        Phase(title="one place"),
        Phase(
            title="a table",
            routing=Routing(
                service="api", organizations_per_shard=10, token_issuer="https://id.compass.example"
            ),
        ),
        Phase(
            title="two regions",
            regions=(european_home(shards=shards(2)), american_home(cidr="10.1.0.0/16")),
        ),
    ),
    environments=(
        Environment(
            name="production",
            account="111122223333",
            phase=3,
            production=True,
            regions=(european_home(),),
            platform="app-runner",
            app_runner_acknowledgement="a system of the tests, which never sees an account",
            monthly_budget_usd=500,
            alarms=Alarms(emails=("me@compass.example",)),
        ),
    ),
)
