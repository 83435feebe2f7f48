"""A product with so many tenants, both ways: ``stamped`` from one template, or a stack ``each``.

The number is no input of the first way; it is taken all the same, so that both are asked alike.
"""

import sys

import aws_cdk as cdk
from constructs import Construct

from config.catalog import load_system
from config.database import Database
from config.deployment import Deployment
from config.tenancy import TenantSize, TenantTier
from stacks import app as ours
from stacks import tenant_publication
from stacks.tenant_template import TenantTemplate

TIER = TenantTier(
    since_phase=1,
    services=("core-api",),
    migrate=("migrate", "up"),
    sizes=(TenantSize(name="large", instance_class="r6g.large"),),
    exports="uploads",
)


def main(way: str, tenants: int) -> None:
    """Synthesise."""
    for module in (ours, tenant_publication):
        vars(module)["check"] = lambda _app, *, hipaa: hipaa
    deployment = load_system("restartix").resolve("production", 1, platform="fargate")
    app = cdk.App(context=ours.feature_flags(), analytics_reporting=False)
    if way == "stamped":
        ours.build(app, deployment.model_copy(update={"tenants": TIER}))
    else:
        ours.build(app, deployment.model_copy(update={"tenants": None}))
        _each(app, deployment, tenants)
    app.synth()


def _each(app: cdk.App, deployment: Deployment, tenants: int) -> None:
    database = deployment.database
    if not isinstance(database, Database):
        raise TypeError("tenants have an instance like the system's database")
    for number in range(1, tenants + 1):
        place = Construct(app, f"Tenant{number}")
        TenantTemplate(place, deployment=deployment, region=deployment.home, tier=TIER, database=database)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
