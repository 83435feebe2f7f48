"""A17, A18: RestartiX in phases 3 and 4: ten enterprise tenants at once, organizations, and two regions."""

import json
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from embedded.conftest import PRODUCTION, copy, up
from ops.embedded import emulator
from ops.embedded.aws import Aws, Place, Places
from ops.testing import Checkout
from support.reviewed import DESCRIBED

pytestmark = pytest.mark.embedded

THIRD, FOURTH = (*PRODUCTION, "--phase", "3"), (*PRODUCTION, "--phase", "4")
ACCOUNT = DESCRIBED.environment("production").account
NAMES = [f"org-{number}" for number in range(101, 111)]
REGIONS = {"eu": "eu-central-1", "us": "us-east-1"}


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """RestartiX in phase 3."""
    with copy(tmp_path_factory.mktemp("third")) as checkout:
        up(checkout, *THIRD)
        yield checkout


def at(checkout: Checkout, key: str) -> Aws:
    """The embedded AWS in a region."""
    running = emulator.find(checkout.workspace)
    assert running is not None
    return Places(running.url).at(Place(ACCOUNT, REGIONS[key]))


def create(checkout: Checkout, words: tuple[str, ...], name: str, residency: str) -> tuple[int, str]:
    """``cambium tenant create``."""
    told = ("--residency", residency, "--image", "v1", *words)
    return checkout.run("tenant", "create", name, *told, timeout_seconds=900)


def ask(checkout: Checkout, key: str, path: str) -> dict[str, Any]:
    """What the HTTP API of tenants answers."""
    running = emulator.find(checkout.workspace)
    assert running is not None
    (api,) = at(checkout, key).client("apigatewayv2").get_apis()["Items"]
    scope = f"Credential={ACCOUNT}/20260101/{REGIONS[key]}/execute-api/aws4_request"
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{running.url}/_aws/execute-api/{api['ApiId']}/$default{path}",
        headers={"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=x"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
        return dict(json.loads(answer.read()))


def check(checkout: Checkout, key: str, names: list[str]) -> None:
    """Each has what the document says: its own database, service, group, secret, alarms and entry."""
    aws = at(checkout, key)
    found = {one["tenant"]: one for one in ask(checkout, key, "/tenants")["tenants"]}
    assert {name: found[name]["state"] for name in names} == dict.fromkeys(names, "active")
    databases = {
        one["DBInstanceIdentifier"]: one for one in aws.client("rds").describe_db_instances()["DBInstances"]
    }
    services = [one["ServiceName"] for one in aws.client("apprunner").list_services()["ServiceSummaryList"]]
    groups = set()
    for name in names:
        database = databases[f"restartix-{name}-production"]
        assert (database["DBInstanceClass"], database["MultiAZ"]) == ("db.r6g.large", True)
        assert f"restartix-{name}-core-api" in services
        groups.add(tuple(sorted(one["VpcSecurityGroupId"] for one in database["VpcSecurityGroups"])))
        alarms = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"restartix-{name}-")
        assert len(alarms["MetricAlarms"]) == 6
        secret = f"restartix/production/tenants/{name}/core-api"
        assert (
            "DATABASE_URL" in aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
        )
    assert len(groups) == len(names)


def test_a17_ten_enterprise_tenants_are_made_at_once_by_command(third: Checkout) -> None:
    with ThreadPoolExecutor(len(NAMES)) as pool:
        ended = list(pool.map(lambda name: create(third, THIRD, name, "EU"), NAMES))

    assert [code for code, _ in ended] == [0] * len(NAMES), ended
    check(third, "eu", NAMES)
    _, listed = third.run("organization", "list", "--json", *THIRD)
    entries = {one["organization"]: one for one in json.loads(listed)}
    assert {entries[name]["state"] for name in NAMES} == {"active"}
    assert {entries[name]["tier"] for name in NAMES} == {"enterprise"}


def test_a18_an_organization_joins_the_shared_tier_by_command(third: Checkout) -> None:
    for value in ((), ("--tenant-value", "7f3a1c52")):
        code, said = third.run("organization", "place", "org_2ab", "--residency", "EU", *value, *THIRD)
        assert (code, "org_2ab is active in region eu, shard 1" in said) == (0, True), said
    shown = json.loads(third.run("organization", "show", "org_2ab", "--json", *THIRD)[1])
    assert shown["tenant_value"] == "7f3a1c52"
    code, said = third.run("organization", "place", "a", "--residency", "EU", "--tenant-value", "a;b", *THIRD)
    assert (code, "tenant_value must be what the tenant column holds" in " ".join(said.split())) == (17, True)
    code, said = third.run("organization", "place", "org_2us", "--residency", "US", *THIRD)
    assert (code, "residency must be one with a shard (EU)" in said.replace("\n", " ")) == (17, True), said
    assert "is suspended" in third.run("organization", "suspend", "org_2ab", *THIRD)[1]
    assert "is active" in third.run("organization", "resume", "org_2ab", *THIRD)[1]


def test_a18_in_phase_4_each_region_makes_its_tenants_and_organizations_are_spread(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with copy(tmp_path_factory.mktemp("fourth")) as checkout:
        up(checkout, *FOURTH)
        with ThreadPoolExecutor(2) as pool:
            asked = [("org-eu", "EU"), ("org-us", "US")]
            ended = list(pool.map(lambda one: create(checkout, FOURTH, *one), asked))
        assert [code for code, _ in ended] == [0, 0], ended
        for key in REGIONS:
            check(checkout, key, [f"org-{key}"])

        canary = ("--image", "v2", "--canary", "org-us")
        code, said = checkout.run("tenant", "wave", *canary, *FOURTH, timeout_seconds=900)
        assert code == 0, said
        images = [ask(checkout, key, f"/tenants/org-{key}")["image"] for key in REGIONS]
        assert images == ["v2", "v2"], "each region is asked for its own canaries only"

        function = at(checkout, "eu").client("lambda")
        for number in range(10):
            told = {"operation": "place", "organization": f"org_{number}", "residency": "US"}
            answer = function.invoke(
                FunctionName="restartix-production-organizations", Payload=json.dumps(told)
            )
            assert "entry" in json.loads(answer["Payload"].read())
        _, listed = checkout.run("organization", "list", "--json", *FOURTH)
        shared = [one for one in json.loads(listed) if one["tier"] == "shared"]
        assert Counter((one["region"], one["shard"]) for one in shared) == {
            ("us", str(number)): 2 for number in range(1, 6)
        }
