"""Atlas: two regions, one of them with two shards, and one Slack channel that hears of all."""

from config.alarms import Alarms, Slack
from config.changes import Phase
from config.edge import Edge
from config.environment import Environment
from config.network import Network
from config.region import Region, Shard
from config.service import Service
from config.sources import SetByOperator
from config.storage import Bucket
from config.system import System

SYSTEM = System(
    name="atlas",
    edge=Edge(domain="atlas.example"),
    network=Network(cidr="10.0.0.0/16"),
    services=(
        Service(
            name="web",
            port=8080,
            cpu=256,
            memory_mib=512,
            hosts=("atlas.example",),
            secrets={"MAPS_KEY": SetByOperator(where="the maps console")},
        ),
        Service(name="tiles", port=8081, cpu=256, memory_mib=512, hosts=("atlas.example",), paths=("/t/*",)),
    ),
    buckets=(Bucket(name="maps", replica="maps-copy"),),
    audit_trail=True,
    phases=(Phase(title="the world"),),
    environments=(
        Environment(
            name="production",
            account="111122223333",
            phase=1,
            production=True,
            regions=(
                Region(
                    key="se",
                    name="eu-north-1",
                    zones=("eu-north-1a", "eu-north-1b"),
                    recovery_region="eu-central-1",
                    shards=(Shard(key="1"), Shard(key="2")),
                ),
                Region(
                    key="ie",
                    name="eu-west-1",
                    zones=("eu-west-1a", "eu-west-1b"),
                    cidr="10.1.0.0/16",
                    recovery_region="eu-west-2",
                ),
            ),
            monthly_budget_usd=500,
            alarms=Alarms(
                emails=("me@atlas.example",), slack=Slack(workspace_id="T0123ABCD", channel_id="C0123ABCD")
            ),
        ),
    ),
)
