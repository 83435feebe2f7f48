"""A small product for the tests of the command: one service that nobody calls, no data."""

from config.alarms import Alarms
from config.changes import Phase
from config.edge import Edge
from config.environment import Environment
from config.network import Network, NoNat
from config.region import irish_home
from config.service import Service, SetByOperator
from config.system import System

SYSTEM = System(
    name="toy",
    edge=Edge(dns="cloudflare", domain="toy.example.com"),
    network=Network(cidr="10.9.0.0/16", zones=2, nat=NoNat()),
    services=(
        Service(
            name="web",
            cpu=256,
            memory_mib=512,
            port=None,
            secrets={"API_KEY": SetByOperator(where="the example's dashboard")},
        ),
    ),
    phases=(Phase(title="the first visitors"), Phase(title="many visitors")),
    environments=(
        Environment(
            name="test",
            account="444455556666",
            regions=(irish_home(),),
            recovery_region="eu-central-1",
            phase=1,
            production=False,
            alarms=Alarms(emails=("nobody@example.com",)),
            monthly_budget_usd=10,
        ),
    ),
)
