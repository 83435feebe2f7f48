"""Who answers for the domain, from which region, and who is asked to paste what."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_elasticloadbalancingv2 as elb

from config.catalog import load_system
from config.deployment import Deployment
from config.edge import CacheBehavior, Distribution, Edge
from config.firewall import Firewall
from stacks.app import feature_flags
from stacks.base import CambiumStack
from stacks.distribution import DistributionStack
from stacks.edge import EdgeStack, is_needed, zone_of
from stacks.front_door import FrontDoor
from support.assembly import walk

Templates = dict[str, dict[str, Any]]

ZONE = "Z0123456789SHOP"
CACHED = Distribution(
    hosts=("shop.test",), behaviors=(CacheBehavior(path="*", ttl_seconds=60, forward_all_headers=True),)
)
ALIAS = "AWS::Route53::RecordSet"


@pytest.fixture(scope="module")
def notes() -> Deployment:
    """RestartiX in Frankfurt with one service at two hosts of a shop."""
    deployment = load_system("restartix-fargate").resolve("production")
    hosts = ("shop.test", "api.shop.test")
    (first, *_) = (one for one in deployment.services if one.hosts)
    others = [one.model_copy(update={"hosts": ()}) for one in deployment.services if one != first]
    return deployment.model_copy(update={"services": (first.model_copy(update={"hosts": hosts}), *others)})


def built(notes: Deployment, edge: Edge, folder: Path) -> Templates:
    """The stacks that stand between visitors and a load balancer, each by the last word of its name."""
    deployment = notes.model_copy(update={"edge": edge})
    region = deployment.home
    app = cdk.App(context=feature_flags(), analytics_reporting=False, outdir=str(folder))
    edge_stack = EdgeStack(app, deployment=deployment, region=region) if is_needed(deployment) else None
    compute = CambiumStack(app, "compute", deployment=deployment, region=region, description="a door")
    cdk.CfnWaitConditionHandle(compute, "SomethingElse")
    FrontDoor(
        compute,
        region=region,
        shard=region.shards[0],
        load_balancer=balancer(compute),
        zone=zone_of(compute, edge_stack),
    )
    if edge.distribution:
        DistributionStack(app, deployment=deployment, config=edge.distribution, edge=edge_stack)
    found = {stack.stack_name.rpartition("-")[2]: dict(stack.template) for stack in app.synth().stacks}
    return found | {"region": {"of": {s.rpartition("-")[2]: e for s, e in places(app)}}}


def balancer(stack: cdk.Stack) -> elb.IApplicationLoadBalancer:
    return elb.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        stack,
        "Balancer",
        load_balancer_arn="arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/web/1",
        load_balancer_canonical_hosted_zone_id="Z215JYRZR1TBD5",
        load_balancer_dns_name="web.eu-central-1.elb.amazonaws.com",
        security_group_id="sg-12345678",
    )


def places(app: cdk.App) -> list[tuple[str, str]]:
    return [(one.stack_name, one.region) for one in app.node.children if isinstance(one, cdk.Stack)]


def of_type(template: dict[str, Any], type_name: str) -> list[dict[str, Any]]:
    return [one["Properties"] for one in template.get("Resources", {}).values() if one["Type"] == type_name]


def names(template: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["Name"], one["Type"]) for one in of_type(template, ALIAS)}


def hints(template: dict[str, Any]) -> list[str]:
    return [one.get("Description", "") for one in template.get("Outputs", {}).values()]


@pytest.fixture(scope="module")
def whole(notes: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """A zone of ours, CloudFront, a firewall, and a home far from Virginia."""
    edge = Edge(dns="route53", domain="shop.test", distribution=CACHED, firewall=Firewall())
    return built(notes, edge, tmp_path_factory.mktemp("whole") / "out")


@pytest.fixture(scope="module")
def by_hand(notes: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """CloudFront, and a zone in somebody else's hands."""
    edge = Edge(dns="elsewhere", domain="shop.test", distribution=CACHED)
    return built(notes, edge, tmp_path_factory.mktemp("hand") / "out")


def test_c12_one_zone_is_made_and_every_host_has_its_record(whole: Templates) -> None:
    assert len(of_type(whole["edge"], "AWS::Route53::HostedZone")) == 1
    assert names(whole["compute"]) == {("api.shop.test.", "A"), ("origin-production.shop.test.", "A")}
    assert names(whole["distribution"]) == {("shop.test.", "A"), ("shop.test.", "AAAA")}


def test_c7_c12_cloudfront_has_its_certificate_and_firewall_where_it_wants_them(whole: Templates) -> None:
    region = whole["region"]["of"]
    (acl,) = of_type(whole["distribution"], "AWS::WAFv2::WebACL")
    (other,) = of_type(whole["compute"], "AWS::WAFv2::WebACL")

    assert (region["edge"], region["distribution"]) == ("eu-central-1", "us-east-1")
    assert (acl["Scope"], other["Scope"]) == ("CLOUDFRONT", "REGIONAL")
    for role in ("edge", "distribution"):
        (certificate,) = of_type(whole[role], "AWS::CertificateManager::Certificate")
        assert certificate["SubjectAlternativeNames"] == ["*.shop.test"]
        assert certificate["DomainValidationOptions"][0]["HostedZoneId"]


def test_c12_the_zone_is_known_in_virginia_without_a_custom_resource(whole: Templates) -> None:
    references = [value for key, value in walk(whole["distribution"]) if key == "Fn::GetStackOutput"]

    assert references
    assert not [one for one in whole["distribution"]["Resources"].values() if "Custom" in one["Type"]]


def test_c7_cloudfront_asks_the_load_balancer_by_the_name_that_has_a_record(whole: Templates) -> None:
    (distribution,) = of_type(whole["distribution"], "AWS::CloudFront::Distribution")
    (origin,) = distribution["DistributionConfig"]["Origins"]

    assert (f"{origin['DomainName']}.", "A") in names(whole["compute"])


def test_c7_both_ways_in_have_a_firewall_and_only_one_limits_cloudfronts_visitors(whole: Templates) -> None:
    (acl,) = of_type(whole["compute"], "AWS::WAFv2::WebACL")
    (limit,) = (rule for rule in acl["Rules"] if rule["Name"] == "rate-limit")
    (tie,) = of_type(whole["compute"], "AWS::WAFv2::WebACLAssociation")

    assert "ScopeDownStatement" in limit["Statement"]["RateBasedStatement"]
    assert tie["ResourceArn"].endswith("loadbalancer/app/web/1")


def test_c7_firewalls_and_their_logs_have_names_of_their_own(whole: Templates) -> None:
    groups = [
        of_type(whole[role], "AWS::Logs::LogGroup")[0]["LogGroupName"] for role in ("compute", "distribution")
    ]

    assert groups == [
        "aws-waf-logs-restartix-fargate-production-eu-1",
        "aws-waf-logs-restartix-fargate-production",
    ]


def test_c12_an_operator_is_told_every_record_where_we_write_none(by_hand: Templates) -> None:
    assert names(by_hand["compute"]) == names(by_hand["distribution"]) == set()
    assert "DNS: CNAME origin-production.shop.test to this name, for CloudFront" in hints(by_hand["compute"])
    assert "DNS: CNAME shop.test to this name" in hints(by_hand["distribution"])


def test_c12_a_zone_from_before_is_used_and_not_made(notes: Deployment, tmp_path: Path) -> None:
    edge = Edge(dns="route53", domain="shop.test", hosted_zone_id=ZONE)
    templates = built(notes, edge, tmp_path / "out")

    assert not of_type(templates["edge"], "AWS::Route53::HostedZone")
    assert {one["HostedZoneId"] for one in of_type(templates["compute"], ALIAS)} == {ZONE}


def test_no_stack_is_left_empty(notes: Deployment) -> None:
    """CloudFormation refuses one."""
    given = "arn:aws:acm:eu-central-1:111122223333:certificate/1"
    edge = Edge(dns="route53", domain="shop.test", certificate_arn=given)

    assert is_needed(notes.model_copy(update={"edge": edge}))
    edge = edge.model_copy(update={"hosted_zone_id": ZONE})
    assert not is_needed(notes.model_copy(update={"edge": edge}))
