"""B9: RestartiX behind a pool grows from phase 1 to 2 on the embedded AWS, as the checklist says."""

import json

import pytest

from embedded.conftest import in_frankfurt
from ops.embedded.aws import Aws
from ops.testing import Checkout
from support.reviewed import FARGATE

pytestmark = pytest.mark.embedded

PRODUCTION = ("--system", "restartix-fargate", "--env", "production")
GROW = ("grow", *PRODUCTION, "--to", "2", "--json")


@pytest.fixture(scope="module")
def frankfurt(checkout: Checkout, production: str) -> Aws:
    return in_frankfurt(checkout, FARGATE.environment("production").account)


def states(said: str) -> dict[str, str]:
    """Each step with its state, from what ``grow --json`` printed."""
    (shard,) = json.loads(said[said.index("[") : said.rindex("]") + 1])
    return {step["step"]: step["state"] for step in shard["steps"]}


def test_b9_growing_begins_with_a_snapshot_and_ends_with_replicas_in_use(
    checkout: Checkout, frankfurt: Aws
) -> None:
    code, said = checkout.run(*GROW)
    assert code == 13
    assert set(states(said).values()) == {"open"}

    (database,) = frankfurt.rds.describe_db_instances()["DBInstances"]
    frankfurt.rds.create_db_snapshot(
        DBSnapshotIdentifier="pre-phase-2-upgrade-20261120",
        DBInstanceIdentifier=database["DBInstanceIdentifier"],
    )
    code, said = checkout.run(*GROW)
    assert code == 13
    assert states(said)["snapshot"] == "done"
    assert states(said)["larger machine"] == "open"

    code, said = checkout.run("up", *PRODUCTION, "--phase", "2", timeout_seconds=900)
    assert code == 0, said
    code, said = checkout.run(*GROW)
    assert code == 0
    assert set(states(said).values()) == {"done"}

    after = frankfurt.rds.describe_db_instances()["DBInstances"]
    assert database["DBInstanceIdentifier"] in {one["DBInstanceIdentifier"] for one in after}
    assert len(after) == 3


def test_b12_a_service_reads_from_each_replica_through_the_pool(checkout: Checkout, frankfurt: Aws) -> None:
    answer = frankfurt.secretsmanager.get_secret_value(SecretId="restartix-fargate/production/core-api")
    urls = json.loads(answer["SecretString"])["DATABASE_REPLICA_URLS"].split(",")

    assert [url.partition("?")[0].rpartition("/")[2] for url in urls] == [
        "restartix_replica_1",
        "restartix_replica_2",
    ]
    assert all(":6432/" in url for url in urls)
