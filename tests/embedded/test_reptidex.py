"""ReptiDex on the embedded AWS, both environments: ten services behind one door, and what is around."""

import time
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
    """A checkout of its own: what others audit does not mix with this, and its state machines hardly wait."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SFN_WAIT_SCALE", "0.02")
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


def run(aws: Aws, verb: str) -> str:
    """Start ``sleep`` or ``wake`` as an operator does; how it ended."""
    machines = aws.client("stepfunctions")
    (machine,) = [
        one["stateMachineArn"]
        for one in machines.list_state_machines()["stateMachines"]
        if one["name"].endswith(f"-{verb}")
    ]
    started = machines.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
    deadline = time.monotonic() + 120
    while (found := machines.describe_execution(executionArn=started))["status"] == "RUNNING":
        assert time.monotonic() < deadline, f"{verb} does not end"
        time.sleep(0.5)
    return str(found.get("cause", found["status"]))


def bounds(aws: Aws) -> dict[str, tuple[int, int]]:
    """Least and most tasks of each service."""
    pages = aws.client("application-autoscaling").get_paginator("describe_scalable_targets")
    return {
        one["ResourceId"].rpartition("/")[2]: (one["MinCapacity"], one["MaxCapacity"])
        for page in pages.paginate(ServiceNamespace="ecs")
        for one in page["ScalableTargets"]
    }


def tasks(aws: Aws) -> dict[str, int]:
    """Running tasks of each service."""
    ecs = aws.client("ecs")
    arns = [
        arn
        for cluster in ecs.list_clusters()["clusterArns"]
        for page in ecs.get_paginator("list_services").paginate(cluster=cluster)
        for arn in page["serviceArns"]
    ]
    found = [
        one
        # As many as can be asked for at once.
        for group in (arns[:10], arns[10:])
        if group
        for one in ecs.describe_services(cluster=group[0].split("/")[1], services=group)["services"]
    ]
    return {one["serviceName"]: one["runningCount"] for one in found}


def database(aws: Aws) -> str:
    """Status of the database."""
    (found,) = aws.rds.describe_db_instances()["DBInstances"]
    return str(found["DBInstanceStatus"])


def test_c14_development_sleeps_and_can_be_woken(own: Checkout, said: dict[str, str]) -> None:
    aws = in_virginia(own, "dev")
    awake = bounds(aws)
    assert awake.keys() == NAMES
    assert all(least >= 1 for least, _ in awake.values())

    assert run(aws, "sleep") == "SUCCEEDED"
    assert bounds(aws) == dict.fromkeys(NAMES, (0, 0))
    assert tasks(aws) == dict.fromkeys(NAMES, 0)
    assert database(aws) == "stopped"

    assert run(aws, "wake") == "SUCCEEDED"
    assert bounds(aws) == awake
    assert tasks(aws) == {name: least for name, (least, _) in awake.items()}
    assert database(aws) == "available"


def test_c15_every_call_is_recorded(own: Checkout, said: dict[str, str]) -> None:
    (trail,) = in_virginia(own, "production").client("cloudtrail").describe_trails()["trailList"]

    assert trail["IsMultiRegionTrail"]
