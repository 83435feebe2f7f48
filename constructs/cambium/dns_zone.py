"""The zone of a domain, and the records by which visitors find what answers for it."""

from collections.abc import Sequence

from aws_cdk import CfnOutput, Fn, RemovalPolicy
from aws_cdk import aws_route53 as route53
from constructs import Construct

from config.names import words


class DnsZone(Construct):
    """A public Route 53 zone.

    Visitors find it once the registrar of the domain, or the zone above it, names its name servers: an output
    lists them. It stays when its stack goes, since a new one has other name servers, and a zone that still
    has a record cannot be deleted anyway.

    Attributes:
        zone: The zone.
    """

    def __init__(self, scope: Construct, construct_id: str, *, domain: str) -> None:
        super().__init__(scope, construct_id)
        self.zone = route53.PublicHostedZone(self, "Zone", zone_name=domain)
        self.zone.apply_removal_policy(RemovalPolicy.RETAIN)
        CfnOutput(
            self,
            "NameServers",
            value=Fn.join(" ", self.zone.hosted_zone_name_servers or []),
            description=f"DNS: name servers that the registrar, or the zone above, must name for {domain}",
        ).override_logical_id("NameServers")


class AliasRecords(Construct):
    """An alias record for each host: free of charge, allowed for the domain itself, and never out of date.

    They belong into the stack of what they lead to. In another, a new load balancer would leave them behind:
    a stack is not told of what changes in one it refers to.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone: route53.IHostedZone,
        hosts: Sequence[str],
        target: route53.IAliasRecordTarget,
        ipv6: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        for host in hosts:
            alias = route53.RecordTarget.from_alias(target)
            role = host_role(host)
            route53.ARecord(self, role, zone=zone, record_name=f"{host}.", target=alias)
            if ipv6:
                route53.AaaaRecord(self, f"{role}V6", zone=zone, record_name=f"{host}.", target=alias)


def host_role(host: str) -> str:
    """The construct id of a host: ``api-dev.shop.test`` is ``ApiDevShopTest``."""
    return words(host.replace(".", "-"))
