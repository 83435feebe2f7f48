"""Runs app.py for the reviewed product: with other systems, or a mistake planted."""

import argparse
import runpy
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import aws_cdk as cdk  # noqa: E402
from aws_cdk import aws_s3 as s3  # noqa: E402
from constructs import Construct  # noqa: E402

import config.systems  # noqa: E402
from config.deployment import Deployment  # noqa: E402
from support.reviewed import use_reviewed  # noqa: E402


def plant() -> None:
    """Add a bucket that breaks a rule pack's rule, whatever else is built."""
    import stacks.app

    build = stacks.app.build

    def build_and_plant(app: cdk.App, deployment: Deployment) -> None:
        build(app, deployment)
        s3.CfnBucket(next(one for one in app.node.children if isinstance(one, cdk.Stack)), "Planted")

    stacks.app.build = build_and_plant


def plant_in_tenants() -> None:
    """The same in the template of tenants."""
    import stacks.tenant_publication
    from stacks.tenant_template import TenantTemplate

    class Planted(TenantTemplate):
        def __init__(self, scope: Construct, **given: Any) -> None:
            super().__init__(scope, **given)
            s3.CfnBucket(self, "Planted")

    vars(stacks.tenant_publication)["TenantTemplate"] = Planted


def main() -> None:
    """Bend, then run the app."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--systems")
    parser.add_argument("--plant", action="store_true")
    parser.add_argument("--plant-in-tenants", action="store_true")
    bend = parser.parse_args()
    if bend.systems:
        config.systems.__path__ = [*config.systems.__path__, bend.systems]
    use_reviewed()
    if bend.plant:
        plant()
    if bend.plant_in_tenants:
        plant_in_tenants()
    runpy.run_path(str(ROOT / "app.py"), run_name="__main__")


if __name__ == "__main__":
    main()
