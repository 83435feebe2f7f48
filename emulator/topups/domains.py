"""Zones that were there before the product, and records that validate certificates and senders."""

from typing import Any

from ministack.services import acm, route53, ses_v2

from emulator.loopback import api
from emulator.resources.base import Attributes, Properties
from emulator.topups.base import TopUp


class Record(TopUp):
    """A record in a zone that a template names by id.

    Such a zone exists in an account before the product does, and the embedded AWS begins empty. So the first
    record of a zone brings it along, under that id. A zone that a stack makes is there already.
    """

    type_name = "AWS::Route53::RecordSet"

    def prepare(self, properties: Properties) -> Properties:
        """Bring the zone along."""
        if properties.get("HostedZoneId"):
            _ensure_zone(str(properties["HostedZoneId"]), str(properties["Name"]))
        return properties


class EmailIdentity(TopUp):
    """What a domain's DNS must say before SES sends for it; nobody looks whether it does."""

    type_name = "AWS::SES::EmailIdentity"

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Give a domain the three tokens of Easy DKIM."""
        record = ses_v2._identities[physical_id]
        kind, signing = record["IdentityType"], properties.get("DkimSigningAttributes") or {}
        if not record["DkimAttributes"].get("Tokens"):
            record["DkimAttributes"] = ses_v2._easy_dkim_attributes(physical_id, kind, signing)
        return {
            f"DkimDNSToken{part}{number}": value
            for number, token in enumerate(record["DkimAttributes"]["Tokens"], start=1)
            for part, value in (
                ("Name", f"{token}._domainkey.{physical_id}"),
                ("Value", f"{token}.dkim.amazonses.com"),
            )
        }


class Certificate(TopUp):
    """The validation records of a certificate, where its template says in which zone they belong.

    As on AWS they stay when the certificate goes: another one of the same domain has the same.
    """

    type_name = "AWS::CertificateManager::Certificate"

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Write the record of each domain."""
        records = {
            option["DomainName"]: option["ResourceRecord"]
            for option in acm._certificates[physical_id]["DomainValidationOptions"]
        }
        for option in properties.get("DomainValidationOptions") or ():
            if option.get("HostedZoneId"):
                _ensure_zone(option["HostedZoneId"], option["DomainName"])
                _write(option["HostedZoneId"], records[option["DomainName"]])
        return {}


def _ensure_zone(zone_id: str, host: str) -> None:
    if zone_id in route53._zones:
        return
    name = ".".join(host.rstrip(".").split(".")[-2:]) + "."
    route53._zones[zone_id] = {
        "id": zone_id,
        "name": name,
        "caller_reference": zone_id,
        "comment": "was there before",
        "private": False,
    }
    route53._records[zone_id] = route53._default_records(name)


def _write(zone_id: str, record: dict[str, Any]) -> None:
    change = {
        "Name": record["Name"],
        "Type": record["Type"],
        "TTL": 300,
        "ResourceRecords": [{"Value": record["Value"]}],
    }
    api("route53").change_resource_record_sets(
        HostedZoneId=zone_id,
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": change}]},
    )
