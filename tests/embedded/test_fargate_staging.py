"""RestartiX behind a pool, staging, on the embedded AWS: serverless database, NAT instance, one pooler."""

import json
from pathlib import Path

import pytest

from embedded.conftest import in_frankfurt
from emulator.audit import read_audit
from ops.embedded.aws import Aws
from ops.testing import Checkout
from support.reviewed import FARGATE

pytestmark = pytest.mark.embedded

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def frankfurt(checkout: Checkout, staging: str) -> Aws:
    return in_frankfurt(checkout, FARGATE.environment("staging").account)


def test_b7_the_migration_ran_before_the_services(frankfurt: Aws, staging: str) -> None:
    assert "as described" in staging
    machines = frankfurt.client("stepfunctions")
    (machine,) = [
        one
        for one in machines.list_state_machines()["stateMachines"]
        if one["name"] == "restartix-fargate-migrations"
    ]
    runs = machines.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]

    assert [one["status"] for one in runs] == ["SUCCEEDED"]


def test_b5_the_database_is_serverless_and_may_pause(frankfurt: Aws) -> None:
    (cluster,) = frankfurt.rds.describe_db_clusters()["DBClusters"]

    assert cluster["Engine"] == "aurora-postgresql"
    assert cluster["ServerlessV2ScalingConfiguration"]["MinCapacity"] == 0
    assert cluster["BackupRetentionPeriod"] == 1


def test_b2_services_log_in_through_the_pool_and_migrations_past_it(frankfurt: Aws) -> None:
    def url(secret: str, key: str) -> str:
        answer = frankfurt.secretsmanager.get_secret_value(SecretId=f"restartix-fargate/staging/{secret}")
        return str(json.loads(answer["SecretString"])[key])

    assert ":6432/" in url("core-api", "DATABASE_URL")
    assert ":6432/" not in url("migrations", "DATABASE_DIRECT_URL")


def test_the_audit_of_ignored_properties_is_the_reviewed_one(checkout: Checkout, frankfurt: Aws) -> None:
    known = json.loads((HERE / "unread_properties.json").read_text())
    reviewed = json.loads((HERE / "unread_properties_fargate.json").read_text())
    unread = {
        kind: more
        for kind, names in read_audit(checkout.workspace.emulator_audit).items()
        if (more := sorted(set(names) - set(known.get(kind, {}))))
    }

    assert unread == {kind: sorted(reasons) for kind, reasons in reviewed.items()}
