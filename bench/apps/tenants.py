"""A product with so many tenants, both ways: ``stamped`` from one template, or a stack ``each``.

The number is no input of the first way; it is taken all the same, so that both are asked alike.
"""

import sys

import aws_cdk as cdk
from constructs import Construct

from config.catalog import load_system
from config.database import Database
from config.deployment import Deployment
from stacks import app as ours
from stacks import tenant_publication
from stacks.tenant_template import TenantTemplate


def main(way: str, tenants: int) -> None:
    """Synthesise."""
    for module in (ours, tenant_publication):
        vars(module)["check"] = lambda _app, *, hipaa: hipaa
    deployment = load_system("restartix").resolve("production", 3, platform="fargate")
    app = cdk.App(context=ours.feature_flags(), analytics_reporting=False)
    if way == "stamped":
        ours.build(app, deployment)
    else:
        ours.build(app, deployment.model_copy(update={"tenants": None}))
        _each(app, deployment, tenants)
    app.synth()


def _each(app: cdk.App, deployment: Deployment, tenants: int) -> None:
    database, tier = deployment.database, deployment.tenants
    if not isinstance(database, Database) or tier is None:
        raise TypeError("the product has a tier whose tenants have an instance like its database")
    for number in range(1, tenants + 1):
        place = Construct(app, f"Tenant{number}")
        TenantTemplate(place, deployment=deployment, region=deployment.home, tier=tier, database=database)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
