"""How visitors find a single host, and where they are sent while it does not answer."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_route53 as route53
from constructs import Construct

from cambium.dns_zone import host_role

SECONDS = 60
"""How old an answer of DNS may be: visitors follow a failover within this, and the checks before it."""
INTERVAL_SECONDS = 30
FAILURES = 3


class HostRecords(Construct):
    """A record per name. With a place to fail over to, Route 53 asks the machine itself whether it answers.

    The check goes to the machine's address and not to a name: a name may lead elsewhere by then, and would be
    found healthy.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone: route53.IHostedZone,
        names: Sequence[str],
        machine_name: str,
        address: str,
        failover_to: str | None,
        asked_host: str,
        asked_path: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._zone, self._machine = zone, machine_name
        target = route53.RecordTarget.from_ip_addresses(address)
        if failover_to is None:
            for name in names:
                route53.ARecord(
                    self, host_role(name), zone=zone, record_name=f"{name}.", target=target, ttl=_TTL
                )
            return
        route53.ARecord(self, "Machine", zone=zone, record_name=f"{machine_name}.", target=target, ttl=_TTL)
        check = self._define_check(address, asked_host, asked_path)
        for name in names:
            self._define_pair(name, failover_to, check)

    def _define_check(self, address: str, host: str, path: str) -> route53.CfnHealthCheck:
        return route53.CfnHealthCheck(
            self,
            "HealthCheck",
            health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
                type="HTTPS",
                ip_address=address,
                # With an address given, this is the name that is asked for there.
                fully_qualified_domain_name=host,
                port=443,
                resource_path=path,
                request_interval=INTERVAL_SECONDS,
                failure_threshold=FAILURES,
                enable_sni=True,
            ),
        )

    def _define_pair(self, name: str, failover_to: str, check: route53.CfnHealthCheck) -> None:
        for role, target, health in (
            ("PRIMARY", self._machine, check.attr_health_check_id),
            ("SECONDARY", failover_to, None),
        ):
            route53.CfnRecordSet(
                self,
                f"{host_role(name)}{role.title()}",
                hosted_zone_id=self._zone.hosted_zone_id,
                name=f"{name}.",
                type="CNAME",
                ttl=str(SECONDS),
                resource_records=[target],
                set_identifier=role.lower(),
                failover=role,
                health_check_id=health,
            )


_TTL = Duration.seconds(SECONDS)
