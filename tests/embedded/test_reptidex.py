"""ReptiDex on the embedded AWS, both environments: ten services behind one door, and what is around."""

from collections.abc import Iterator

import pytest

from config.systems.reptidex import BACK_ENDS, FRONT_ENDS, SYSTEM
from embedded.conftest import copy, up
from ops.embedded import emulator
from ops.embedded.aws import Aws, Place, Places
from ops.testing import Checkout

pytestmark = pytest.mark.embedded

NAMES = {f"reptidex-{name}" for name in (*FRONT_ENDS, *BACK_ENDS)}
ZONE = "Z0123456789REPTIDEX"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout of its own: what others audit does not mix with this."""
    with copy(tmp_path_factory.mktemp("reptidex")) as checkout:
        yield checkout


@pytest.fixture(scope="module")
def said(own: Checkout) -> dict[str, str]:
    """What ``up`` said of each environment."""
    return {name: up(own, "--system", "reptidex", "--env", name) for name in ("production", "dev")}


def in_virginia(own: Checkout, environment: str) -> Aws:
    running = emulator.find(own.workspace)
    assert running is not None
    return Places(running.url).at(Place(SYSTEM.environment(environment).account, "us-east-1"))


@pytest.mark.parametrize("environment", ["production", "dev"])
def test_c1_both_environments_are_as_described(own: Checkout, said: dict[str, str], environment: str) -> None:
    assert "as described" in said[environment]

    ecs = in_virginia(own, environment).client("ecs")
    # Database jobs have a cluster of their own, without a service.
    pages = [
        page
        for cluster in ecs.list_clusters()["clusterArns"]
        for page in ecs.get_paginator("list_services").paginate(cluster=cluster)
    ]
    assert {arn.rpartition("/")[2] for page in pages for arn in page["serviceArns"]} == NAMES


def test_c3_each_host_leads_to_its_service(own: Checkout, said: dict[str, str]) -> None:
    balancing = in_virginia(own, "production").client("elbv2")
    (balancer,) = balancing.describe_load_balancers()["LoadBalancers"]
    listeners = balancing.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    hosts = {
        host
        for listener in listeners
        for rule in balancing.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
        for condition in rule["Conditions"]
        for host in condition.get("HostHeaderConfig", {}).get("Values", ())
    }

    assert {listener["Port"] for listener in listeners} == {80, 443}
    assert {service.hosts[0] for service in SYSTEM.services} <= hosts


def test_c11_ses_sends_for_the_domain_once_its_records_are_in_the_zone(
    own: Checkout, said: dict[str, str]
) -> None:
    aws = in_virginia(own, "production")
    identity = aws.client("sesv2").get_email_identity(EmailIdentity="reptidex.com")
    found = aws.client("route53").list_resource_record_sets(HostedZoneId=ZONE)["ResourceRecordSets"]

    tokens = identity["DkimAttributes"]["Tokens"]
    assert len(tokens) == 3
    assert {f"{token}._domainkey.reptidex.com." for token in tokens} <= {one["Name"] for one in found}


def test_c12_visitors_find_every_host_in_the_zone(own: Checkout, said: dict[str, str]) -> None:
    route53 = in_virginia(own, "production").client("route53")
    found = route53.list_resource_record_sets(HostedZoneId=ZONE)["ResourceRecordSets"]

    names = {one["Name"].rstrip(".") for one in found if one["Type"] == "A"}
    assert {service.hosts[0] for service in SYSTEM.services} <= names


def test_c14_development_sleeps_and_can_be_woken(own: Checkout, said: dict[str, str]) -> None:
    machines = in_virginia(own, "dev").client("stepfunctions").list_state_machines()["stateMachines"]

    assert {name.rpartition("-")[2] for name in (one["name"] for one in machines)} >= {"sleep", "wake"}


def test_c15_every_call_is_recorded(own: Checkout, said: dict[str, str]) -> None:
    (trail,) = in_virginia(own, "production").client("cloudtrail").describe_trails()["trailList"]

    assert trail["IsMultiRegionTrail"]
