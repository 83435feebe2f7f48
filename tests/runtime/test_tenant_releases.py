"""A17: what a tenant that is there gets with another template, and what a wave leaves out; real stacks."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from emulator.testing import Emulator
from support.tenant_settings import told
from support.tenant_tables import CONTEXT, Clients, deployed, make_tables
from tenants import registry, wave
from tenants.parameters import parameters, priorities
from tenants.registry import Tenant
from tenants.settings import Settings

pytestmark = pytest.mark.embedded
TIER = told("releases", platform="app-runner", place={"VpcId": "vpc-1"})
TEMPLATE = {
    "Parameters": {"VpcId": {"Type": "String"}, "Image": {"Type": "String"}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
}


@pytest.fixture(scope="module")
def aws(emulator: Emulator) -> Clients:
    """Clients of an embedded AWS with the registry."""
    return make_tables(emulator, TIER)


@pytest.fixture(autouse=True)
def release(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The functions are those of the release ``two``."""
    with deployed(TIER, emulator, monkeypatch, RELEASE="two"):
        yield


def is_there(aws: Clients, tenant: str, *, image: str, release: str, vpc: str = "vpc-1") -> None:
    """Have an active tenant with a stack."""
    aws("cloudformation").create_stack(
        StackName=f"{TIER.stack_prefix}{tenant}",
        TemplateBody=json.dumps(TEMPLATE),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in (("VpcId", vpc), ("Image", image))
        ],
        Tags=[{"Key": "cambium:template", "Value": release}],
    )
    aws("dynamodb").put_item(
        TableName=TIER.registry,
        Item={
            "tenant": {"S": tenant},
            "item": {"S": registry.TENANT},
            "state": {"S": "active"},
            "image": {"S": image},
        },
    )


def reached(image: str) -> list[str]:
    """Whom a wave with an image would change, in its order."""
    planned = wave.plan({"request": {"image": image}}, CONTEXT)
    return [one["tenant"] for group in planned["groups"] for one in group]


def test_a17_a_wave_brings_a_new_template_to_those_who_run_its_image_already(
    aws: Clients,
) -> None:
    is_there(aws, "all-done", image="v2", release="two")
    is_there(aws, "old-image", image="v1", release="two")
    is_there(aws, "old-place", image="v2", release="two", vpc="vpc-0")
    is_there(aws, "old-release", image="v2", release="one")

    assert reached("v2") == ["old-image", "old-place", "old-release"]
    assert reached("v3") == ["all-done", "old-image", "old-place", "old-release"]


@pytest.fixture(scope="module")
def fargate(aws: Clients) -> Settings:
    """A tier of two services behind a listener whose rule 33999 is somebody else's."""
    balancers, network = aws("elbv2"), aws("ec2")
    subnets = [one["SubnetId"] for one in network.describe_subnets()["Subnets"]]
    (balancer,) = balancers.create_load_balancer(Name="releases", Subnets=subnets)["LoadBalancers"]
    answer: Any = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    (listener,) = balancers.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[answer]
    )["Listeners"]
    elsewhere = {"Field": "host-header", "HostHeaderConfig": {"Values": ["elsewhere.example"]}}
    balancers.create_rule(
        ListenerArn=listener["ListenerArn"], Priority=33999, Conditions=[elsewhere], Actions=[answer]
    )
    return told("releases", services=2, place={"Listener": listener["ListenerArn"]})


def given(tier: Settings, facts: Mapping[str, Any]) -> dict[str, int]:
    """Numbers of rules that the stack of a tenant with these facts is told."""
    kept = {"size": "large", "image": "v1", **facts, "priorities": priorities(facts, tier)}
    all_told = parameters(Tenant(tenant="org-101"), kept, tier)
    return {name: int(value) for name, value in all_told.items() if name.startswith("Priority")}


def test_a17_who_was_made_on_app_runner_gets_free_numbers_for_its_rules_on_fargate(fargate: Settings) -> None:
    numbers = given(fargate, {})

    assert list(numbers) == ["Priority1", "Priority2"]
    assert len({*numbers.values(), 33999}) == 3
    assert max(numbers.values()) < 34000


def test_a17_who_was_made_before_a_service_keeps_its_number_and_gets_one_more(fargate: Settings) -> None:
    numbers = given(fargate, {"priorities": [33000]})

    assert numbers["Priority1"] == 33000
    assert numbers["Priority2"] not in (33000, 33999)


def test_a17_who_was_made_on_fargate_gets_none_on_app_runner_and_its_own_again_when_back(
    fargate: Settings,
) -> None:
    facts = {"priorities": [33000, 32000]}

    assert given(TIER, facts) == {}
    assert given(fargate, {"priorities": priorities(facts, TIER)}) == {
        "Priority1": 33000,
        "Priority2": 32000,
    }
