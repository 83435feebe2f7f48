"""Zone, records and certificate of a domain."""

import aws_cdk as cdk
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets

from cambium.dns_zone import AliasRecords, DnsZone
from cambium.email import EmailIdentity
from cambium.wildcard_certificate import WildcardCertificate
from support.assembly import text
from support.scenario import BuiltOf, scenario

RECORD = "AWS::Route53::RecordSet"
CERTIFICATE = "AWS::CertificateManager::Certificate"


@scenario
def zone_of_ours(stack: cdk.Stack) -> None:
    zone = DnsZone(stack, "Dns", domain="shop.test").zone
    WildcardCertificate(stack, "Wildcard", domain="shop.test", zone=zone)


@scenario
def mail_of_our_zone(stack: cdk.Stack) -> None:
    zone = route53.HostedZone.from_hosted_zone_attributes(
        stack, "Zone", hosted_zone_id="Z0123456789SHOP", zone_name="shop.test"
    )
    EmailIdentity(stack, "Email", domain="shop.test", zone=zone)


@scenario
def mail_of_a_zone_elsewhere(stack: cdk.Stack) -> None:
    EmailIdentity(stack, "Email", domain="shop.test", zone=None)


@scenario
def zone_from_before(stack: cdk.Stack) -> None:
    zone = route53.HostedZone.from_hosted_zone_attributes(
        stack, "Zone", hosted_zone_id="Z0123456789SHOP", zone_name="shop.test"
    )
    balancer = elb.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        stack,
        "LoadBalancer",
        load_balancer_arn="arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/web/1",
        load_balancer_canonical_hosted_zone_id="Z215JYRZR1TBD5",
        load_balancer_dns_name="web.eu-central-1.elb.amazonaws.com",
        security_group_id="sg-12345678",
    )
    AliasRecords(
        stack,
        "Records",
        zone=zone,
        hosts=["shop.test", "api.shop.test"],
        target=targets.LoadBalancerTarget(balancer),
        ipv6=False,
    )


@scenario
def operators_zone(stack: cdk.Stack) -> None:
    WildcardCertificate(stack, "Wildcard", domain="shop.test", zone=None)


def test_c12_the_zone_outlives_its_stack_and_says_its_name_servers(built: BuiltOf) -> None:
    zone = built(zone_of_ours).the("AWS::Route53::HostedZone")
    output = built(zone_of_ours).template["Outputs"]["NameServers"]

    assert zone["Name"] == "shop.test."
    assert zone.outlives_its_stack
    assert output["Value"] == {"Fn::Join": [" ", {"Fn::GetAtt": [zone.logical_id, "NameServers"]}]}


def test_c12_the_certificate_covers_the_domain_and_every_name_below(built: BuiltOf) -> None:
    certificate = built(zone_of_ours).the(CERTIFICATE)

    assert certificate["DomainName"] == "shop.test"
    assert certificate["SubjectAlternativeNames"] == ["*.shop.test"]


def test_c12_the_certificate_is_validated_in_the_zone(built: BuiltOf) -> None:
    zone = built(zone_of_ours).the("AWS::Route53::HostedZone")
    certificate = built(zone_of_ours).the(CERTIFICATE)

    assert certificate["ValidationMethod"] == "DNS"
    assert certificate["DomainValidationOptions"] == [
        {"DomainName": "shop.test", "HostedZoneId": {"Ref": zone.logical_id}}
    ]


def test_c12_without_a_zone_the_certificate_waits_for_an_operator(built: BuiltOf) -> None:
    certificate = built(operators_zone).the(CERTIFICATE)

    assert certificate["ValidationMethod"] == "DNS"
    assert "DomainValidationOptions" not in certificate.properties


def test_c12_each_host_is_an_alias_of_the_load_balancer(built: BuiltOf) -> None:
    records = {one["Name"]: one for one in built(zone_from_before).of_type(RECORD)}

    assert set(records) == {"shop.test.", "api.shop.test."}
    for one in records.values():
        assert (one["Type"], one["HostedZoneId"]) == ("A", "Z0123456789SHOP")
        assert text(one["AliasTarget"]["DNSName"]) == "dualstack.web.eu-central-1.elb.amazonaws.com"


def test_c11_ses_finds_its_three_records_in_a_zone_of_ours(built: BuiltOf) -> None:
    mail = built(mail_of_our_zone)
    identity = mail.the("AWS::SES::EmailIdentity")

    assert identity["EmailIdentity"] == "shop.test"
    records = mail.of_type(RECORD)
    assert [one["Type"] for one in records] == ["CNAME"] * 3
    for number, one in enumerate(records, start=1):
        assert one["Name"] == {"Fn::GetAtt": [identity.logical_id, f"DkimDNSTokenName{number}"]}
        assert one["ResourceRecords"] == [{"Fn::GetAtt": [identity.logical_id, f"DkimDNSTokenValue{number}"]}]


def test_c11_an_operator_pastes_them_elsewhere(built: BuiltOf) -> None:
    mail = built(mail_of_a_zone_elsewhere)

    assert mail.of_type(RECORD) == []
    outputs = mail.template["Outputs"]
    assert set(outputs) == {f"Dkim{number}{part}" for number in (1, 2, 3) for part in ("Name", "Value")}
    assert all(one["Description"].startswith("DNS: ") for one in outputs.values())
