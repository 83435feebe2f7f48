"""What only an environment that saves money has passes every checker, as the stacks of a product do."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cdk_nag
import pytest

from cambium.acknowledge import acknowledge
from cambium.aurora_database import AuroraDatabase
from cambium.deploy_rules import DeployRules
from cambium.network import Network
from config.database import AuroraServerless, DatabaseRole
from config.network import NatInstance
from config.network import Network as NetworkConfig
from stacks.app import feature_flags
from stacks.posture import STANDING_DECISIONS
from support.scenario import ACCOUNT, REGION, ZONES, some_group

AURORA = AuroraServerless(
    name="shop",
    master_username="shop_admin",
    version="17.10",
    min_capacity_acu=0,
    max_capacity_acu=2,
    max_connections=200,
    roles=(DatabaseRole(name="shop_owner", kind="owner"),),
)
NETWORK = NetworkConfig(cidr="10.0.0.0/16", nat=NatInstance(image_id="ami-0123456789abcdef0"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A serverless cluster behind a NAT instance, synthesised with both rule packs and our own rules."""
    out = tmp_path_factory.mktemp("findings")
    app = cdk.App(context=feature_flags(), analytics_reporting=False, outdir=str(out))
    app.node.set_context(f"availability-zones:account={ACCOUNT}:region={REGION}", list(ZONES))
    stack = cdk.Stack(app, "Staging", env=cdk.Environment(account=ACCOUNT, region=REGION))
    network = Network(stack, "Network", config=NETWORK, zones=ZONES)
    AuroraDatabase(
        stack,
        "Database",
        vpc=network.vpc,
        subnets=network.private_subnets,
        security_group=some_group(stack),
        secret_name="shop/staging/database/master",
        log_days=30,
        config=AURORA,
    )
    packs = cdk_nag.AwsSolutionsChecks(app), cdk_nag.HIPAASecurityChecks(app)
    cdk.Validations.of(app).add_plugins(DeployRules(), *packs)
    acknowledge(app, STANDING_DECISIONS)
    app.synth()
    return out


def test_b5_b6_rule_packs_and_deploy_rules_find_nothing_unacknowledged(folder: Path) -> None:
    plugins = json.loads((folder / "validation-report.json").read_text())["pluginReports"]

    assert [one["ruleName"] for plugin in plugins for one in plugin["violations"]] == []


def test_b5_b6_cfn_lint_finds_no_error_and_no_version_that_can_no_longer_be_created(folder: Path) -> None:
    lint = [str(Path(sys.executable).parent / "cfn-lint"), "--format", "json", "--regions", REGION, "--"]
    template = str(folder / "Staging.template.json")
    run = subprocess.run([*lint, template], capture_output=True, text=True, check=False)
    found: list[dict[str, Any]] = json.loads(run.stdout)

    wrong = [one for one in found if one["Rule"]["Id"].startswith("E") or one["Rule"]["Id"] == "W3691"]
    assert wrong == []
