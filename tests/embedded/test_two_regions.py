"""Two regions on the embedded AWS: what is written in one is read through the look-up of the other."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from embedded.conftest import copy
from ops.embedded import emulator
from ops.embedded.aws import Aws, Place, Places
from ops.testing import Checkout
from routing.entry import Entry
from routing.table import Table
from support.synthesis import ROOT, WORLDWIDE

pytestmark = pytest.mark.embedded

COMPASS = ("--system", "compass", "--env", "production")
ACCOUNT = "111122223333"
TABLE = "compass-production-routing"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """One whose catalogue has Compass, in its first phase: the others are only tried."""
    with copy(tmp_path_factory.mktemp("compass")) as checkout:
        root = checkout.workspace.root
        (root / "config").unlink()
        shutil.copytree(ROOT / "config", root / "config")
        described = (WORLDWIDE / "compass.py").read_text()
        assert "phase=3" in described
        (root / "config" / "systems" / "compass.py").write_text(described.replace("phase=3", "phase=1"))
        # Python looks for modules where a script really is.
        (root / "app.py").unlink()
        shutil.copy(ROOT / "app.py", root)
        yield checkout


@pytest.fixture(scope="module")
def said(checkout: Checkout) -> str:
    """What ``up`` said."""
    code, output = checkout.run("up", *COMPASS, "--phase", "3", timeout_seconds=300)
    assert code == 0, output
    return output


def entry(organization: str) -> Entry:
    """An organization in Frankfurt."""
    return Entry(organization, "eu", "2", "shared", "active", "EU", "api-eu-2.compass.example")


def at(checkout: Checkout, region: str) -> Aws:
    """The embedded AWS in a region."""
    running = emulator.find(checkout.workspace)
    assert running is not None
    return Places(running.url).at(Place(ACCOUNT, region))


def look_up(checkout: Checkout, key: str, region: str, organization: str) -> tuple[int, dict[str, Any]]:
    """What the deployed function of a region answers a request to its URL."""
    event = {
        "version": "2.0",
        "rawPath": "/organization",
        "rawQueryString": f"id={organization}",
        "queryStringParameters": {"id": organization},
        "headers": {},
        "requestContext": {"http": {"method": "GET", "path": "/organization"}, "stage": "$default"},
        "isBase64Encoded": False,
    }
    answer = (
        at(checkout, region)
        .client("lambda")
        .invoke(FunctionName=f"compass-production-{key}-lookup", Payload=json.dumps(event))
    )
    body = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, body
    return body["statusCode"], json.loads(body["body"])


def test_a18_two_regions_deploy_as_described(said: str) -> None:
    assert "as described" in said
    assert "shards 1, 2" in " ".join(said.split())


@pytest.mark.parametrize(("key", "region"), [("eu", "eu-central-1"), ("us", "us-east-1")])
def test_a18_each_region_knows_what_was_written_at_home(
    checkout: Checkout, said: str, key: str, region: str
) -> None:
    home = Table(at(checkout, "eu-central-1").client("dynamodb"), TABLE)
    written = home.create(entry(f"org_{key}"))

    assert look_up(checkout, key, region, written.organization) == (200, written.to_json())


@pytest.mark.parametrize(
    ("organization", "status", "error"), [("org_nobody", 404, "unknown"), ("../x", 400, "malformed")]
)
def test_a18_what_is_not_there_is_said_not_to_be(
    checkout: Checkout, said: str, organization: str, status: int, error: str
) -> None:
    assert look_up(checkout, "eu", "eu-central-1", organization) == (status, {"error": error})


def test_the_worker_may_call_both_lookups(checkout: Checkout, said: str) -> None:
    iam = at(checkout, "eu-central-1").client("iam")
    (group,) = iam.list_groups_for_user(UserName="compass-production-worker")["Groups"]
    (name,) = iam.list_group_policies(GroupName=group["GroupName"])["PolicyNames"]
    document: Any = iam.get_group_policy(GroupName=group["GroupName"], PolicyName=name)["PolicyDocument"]

    assert [arn.split(":")[3] for arn in document["Statement"][0]["Resource"]] == [
        "eu-central-1",
        "us-east-1",
    ]


def test_a_key_is_set_in_every_region_and_shard_that_runs(checkout: Checkout, said: str) -> None:
    words = ("--secret", "api", "--key", "MAPS_KEY")

    code, output = checkout.run("set-secret", *COMPASS, *words, stdin="kept-to-myself\n")

    assert code == 0, output
    regions = ("eu-central-1", "eu-central-1", "us-east-1")
    names = [line.partition(":")[0] for line in output.splitlines() if line.endswith("MAPS_KEY is set")]
    assert len(names) == len(regions)
    for name, region in zip(names, regions, strict=True):
        value = at(checkout, region).secretsmanager.get_secret_value(SecretId=name)["SecretString"]
        assert json.loads(value)["MAPS_KEY"] == "kept-to-myself"
