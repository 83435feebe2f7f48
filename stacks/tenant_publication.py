"""Publishes the template of tenants as a file asset: one per region and release, for any number of them."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from config.database import Database
from config.deployment import Deployment
from config.region import Region
from config.tenancy import TenantTier
from stacks.posture import check
from stacks.tenant_template import TenantTemplate


def publish(
    scope: Construct, *, deployment: Deployment, region: Region, tier: TenantTier, database: Database
) -> s3_assets.Asset:
    """Synthesise the template in an app of its own, under the same rules, and make it an asset of ``scope``.

    Not a nested stack: its parent would have to be deployed again with every tenant.
    """
    outer = cdk.Stage.of(scope)
    folder = Path(outer.outdir if outer else "cdk.out") / f"tenant-{region.key}"
    app = cdk.App(outdir=str(folder), context=scope.node.get_all_context(), analytics_reporting=False)
    TenantTemplate(app, deployment=deployment, region=region, tier=tier, database=database)
    cdk.Tags.of(app).add("cambium:system", deployment.system)
    cdk.Tags.of(app).add("cambium:environment", deployment.environment.name)
    check(app, hipaa=deployment.hipaa)
    written = app.synth().stacks[0].template_full_path
    return s3_assets.Asset(scope, "Template", path=written)
