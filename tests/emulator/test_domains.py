"""Zones, certificates, distributions and firewalls: created, changed in place, and visible afterwards."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.testing import Emulator, Stack, StackError

pytestmark = pytest.mark.embedded
Deploy = Callable[..., Stack]

VISIBILITY = {"MetricName": "web", "CloudWatchMetricsEnabled": "true", "SampledRequestsEnabled": "true"}


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_name, "Properties": properties}


def record(zone: Any, name: str, address: str) -> dict[str, Any]:
    return resource(
        "AWS::Route53::RecordSet",
        HostedZoneId=zone,
        Name=name,
        Type="A",
        TTL="60",
        ResourceRecords=[address],
    )


def certificate(zone: Any) -> dict[str, Any]:
    return resource(
        "AWS::CertificateManager::Certificate",
        DomainName="shop.test",
        SubjectAlternativeNames=["*.shop.test"],
        ValidationMethod="DNS",
        DomainValidationOptions=[{"DomainName": "shop.test", "HostedZoneId": zone}],
    )


def names(emulator: Emulator, zone: str) -> dict[tuple[str, str], Any]:
    found = emulator.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {(one["Name"], one["Type"]): one for one in found}


def test_c12_a_certificate_is_validated_in_the_zone_of_its_stack(emulator: Emulator, deploy: Deploy) -> None:
    zone = {"Ref": "Zone"}
    made = resource("AWS::Route53::HostedZone", Name="shop.test.")
    stack = deploy(
        {"Zone": made, "Certificate": certificate(zone), "Api": record(zone, "api.shop.test.", "10.0.0.1")}
    )

    found = names(emulator, stack["Zone"])
    assert ("_acme-challenge.shop.test.", "CNAME") in found
    assert ("api.shop.test.", "A") in found
    described = emulator.client("acm").describe_certificate(CertificateArn=stack["Certificate"])[
        "Certificate"
    ]
    assert set(described["SubjectAlternativeNames"]) == {"shop.test", "*.shop.test"}
    stack.delete()


def test_c12_a_zone_that_a_template_names_was_there_before(emulator: Emulator, deploy: Deploy) -> None:
    zone = "Z0123456789SHOP"
    stack = deploy({"Certificate": certificate(zone), "Api": record(zone, "api.shop.test.", "10.0.0.1")})
    stack.update({"Certificate": certificate(zone), "Api": record(zone, "api.shop.test.", "10.0.0.2")})

    found = names(emulator, zone)
    assert found["api.shop.test.", "A"]["ResourceRecords"] == [{"Value": "10.0.0.2"}]
    stack.delete()
    assert ("api.shop.test.", "A") not in names(emulator, zone)
    # As on AWS: another certificate may need it.
    assert ("_acme-challenge.shop.test.", "CNAME") in names(emulator, zone)


def firewall(group: str, action: str, ending: str = "") -> dict[str, Any]:
    destination = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}{ending}"
    return {
        "Acl": resource(
            "AWS::WAFv2::WebACL",
            Name="web",
            Scope="REGIONAL",
            DefaultAction={"Allow": {}},
            VisibilityConfig=VISIBILITY,
        ),
        "Logging": resource(
            "AWS::WAFv2::LoggingConfiguration",
            ResourceArn={"Fn::GetAtt": ["Acl", "Arn"]},
            LogDestinationConfigs=[destination],
            RedactedFields=[{"SingleHeader": {"Name": "cookie"}}],
            LoggingFilter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Requirement": "MEETS_ANY",
                        "Conditions": [{"ActionCondition": {"Action": action}}],
                    }
                ],
            },
        ),
    }


def test_d7_a_firewall_tells_what_it_looks_for(emulator: Emulator, deploy: Deploy) -> None:
    match = {
        "FieldToMatch": {"SingleHeader": {"Name": "host"}},
        "PositionalConstraint": "EXACTLY",
        "SearchString": "shop.test",
        "TextTransformations": [{"Priority": "0", "Type": "LOWERCASE"}],
    }
    rule = {
        "Name": "host",
        "Priority": "1",
        "Action": {"Count": {}},
        "Statement": {"ByteMatchStatement": match},
        "VisibilityConfig": VISIBILITY,
    }
    acl = firewall("aws-waf-logs-shop", "BLOCK")["Acl"]
    acl["Properties"] |= {"Name": "hosts", "Rules": [rule]}
    stack = deploy({"Acl": acl})
    name, identity, scope = stack["Acl"].split("|")

    found = emulator.client("wafv2").get_web_acl(Name=name, Id=identity, Scope=scope)["WebACL"]
    (told,) = found["Rules"]
    assert told["Statement"]["ByteMatchStatement"]["SearchString"] == b"shop.test"
    stack.delete()


def test_d7_a_firewall_logs_what_its_template_says(emulator: Emulator, deploy: Deploy) -> None:
    waf = emulator.client("wafv2")
    stack = deploy(firewall("aws-waf-logs-shop", "BLOCK"))
    stack.update(firewall("aws-waf-logs-shop", "COUNT"))

    logged = waf.get_logging_configuration(ResourceArn=stack["Logging"])["LoggingConfiguration"]
    (kept,) = logged["LoggingFilter"]["Filters"]
    assert kept["Conditions"] == [{"ActionCondition": {"Action": "COUNT"}}]
    assert logged["RedactedFields"] == [{"SingleHeader": {"Name": "cookie"}}]
    stack.delete()
    with pytest.raises(waf.exceptions.WAFNonexistentItemException):
        waf.get_logging_configuration(ResourceArn=logged["ResourceArn"])


@pytest.mark.parametrize(("group", "ending"), [("shop", ""), ("aws-waf-logs-shop", ":*")])
def test_d7_a_log_that_aws_refuses_fails_the_stack(deploy: Deploy, group: str, ending: str) -> None:
    with pytest.raises(StackError, match="the ARN isn't valid"):
        deploy(firewall(group, "BLOCK", ending))


def test_c11_a_domain_that_sends_e_mail_has_its_records_in_the_zone(
    emulator: Emulator, deploy: Deploy
) -> None:
    stack = deploy(
        {
            "Zone": resource("AWS::Route53::HostedZone", Name="mail.test."),
            "Mail": resource("AWS::SES::EmailIdentity", EmailIdentity="mail.test"),
            "Dkim": resource(
                "AWS::Route53::RecordSet",
                HostedZoneId={"Ref": "Zone"},
                Name={"Fn::GetAtt": ["Mail", "DkimDNSTokenName1"]},
                Type="CNAME",
                TTL="1800",
                ResourceRecords=[{"Fn::GetAtt": ["Mail", "DkimDNSTokenValue1"]}],
            ),
        }
    )

    found = emulator.client("sesv2").get_email_identity(EmailIdentity="mail.test")["DkimAttributes"]
    token = found["Tokens"][0]
    record = names(emulator, stack["Zone"])[f"{token}._domainkey.mail.test.", "CNAME"]
    assert record["ResourceRecords"] == [{"Value": f"{token}.dkim.amazonses.com"}]
    stack.delete()
