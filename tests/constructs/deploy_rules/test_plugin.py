"""A mistake fails the app, and an acknowledged one doesn't."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CONSTRUCTS = Path(__file__).parents[3] / "constructs"
APP = f"""
import sys
sys.path.insert(0, {str(CONSTRUCTS)!r})
import aws_cdk as cdk
from aws_cdk import aws_rds as rds, aws_scheduler as scheduler
from cambium.deploy_rules import DeployRules

app = cdk.App(outdir=sys.argv[1], builtin_cloud_formation_validation=False)
cdk.Validations.of(app).add_plugins(DeployRules())
data = cdk.Stack(app, "Data")
rds.CfnDBInstance(data, "Db", engine="postgres", engine_version="15.7")
nested = cdk.NestedStack(data, "Night")
window = scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF")
target = scheduler.CfnSchedule.TargetProperty(arn="arn", role_arn="arn")
scheduler.CfnSchedule(
    nested, "Stop", flexible_time_window=window, schedule_expression="rate(1 day)", target=target
)
for rule_id in sys.argv[2:]:
    cdk.Validations.of(data).acknowledge(cdk.Acknowledgment(id=rule_id, reason="until the upgrade"))
app.synth()
"""


def synth(folder: Path, *acknowledged: str) -> tuple[int, str, list[dict[str, Any]]]:
    """Exit code, output and reported findings of an app with two mistakes."""
    app = folder / "app.py"
    app.write_text(APP)
    command = [sys.executable, str(app), str(folder / "out"), *acknowledged]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    (report,) = json.loads((folder / "out" / "validation-report.json").read_text())["pluginReports"]
    return done.returncode, done.stderr, report.get("suppressedViolations") or []


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, list[dict[str, Any]]]:
    """An app whose withdrawn version is acknowledged and whose schedule isn't."""
    return synth(tmp_path_factory.mktemp("failed"), "CB-RDS-01")


def test_fails_the_app_while_one_finding_is_not_acknowledged(failed: tuple[int, str, Any]) -> None:
    assert failed[0] != 0


def test_says_which_rule_where_and_how_to_fix_it(failed: tuple[int, str, Any]) -> None:
    output = failed[1]

    assert "CB-SCHEDULE-01" in output
    assert "Data/Night/Stop" in output
    assert "Suggested fix: Set retry_attempts (2) and max_event_age (15 minutes)" in output


def test_keeps_the_reason_of_an_acknowledged_finding_in_the_report(failed: tuple[int, str, Any]) -> None:
    (accepted,) = failed[2]

    assert accepted["description"].startswith("CB-RDS-01: ")
    assert accepted["reason"] == "until the upgrade"


def test_passes_when_every_finding_is_acknowledged(tmp_path: Path) -> None:
    code, output, _ = synth(tmp_path, "CB-RDS-01", "CB-SCHEDULE-01")

    assert code == 0, output
