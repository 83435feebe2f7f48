"""CloudFront, with what AWS wants in us-east-1: its certificate and its firewall."""

from aws_cdk import CfnOutput
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from cambium.distribution import Distribution
from cambium.dns_zone import AliasRecords
from cambium.firewall import Firewall
from cambium.wildcard_certificate import WildcardCertificate
from config.deployment import GLOBAL_REGION, Deployment
from config.edge import Distribution as DistributionConfig
from config.hosts import distributed_hosts, health_paths, origin_host
from stacks.base import CambiumStack
from stacks.edge import EdgeStack, zone_of


class DistributionStack(CambiumStack):
    """The distribution and the records of its hosts.

    It knows the load balancer by a host name that the configuration states, so a new load balancer is no
    change here, and no reference crosses regions but the id of a zone we made.

    Attributes:
        firewall: What stands before it, or None.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        config: DistributionConfig,
        edge: EdgeStack | None,
    ) -> None:
        super().__init__(
            scope,
            "distribution",
            deployment=deployment,
            region_name=GLOBAL_REGION,
            description="CloudFront, its certificate and its firewall",
        )
        zone, self._hosts = zone_of(self, edge), distributed_hosts(deployment)
        certificate = WildcardCertificate(self, "Wildcard", domain=deployment.edge.domain, zone=zone)
        self.firewall = self._define_firewall()
        built = Distribution(
            self,
            "Distribution",
            hosts=self._hosts,
            origin_host=origin_host(deployment),
            certificate=certificate.certificate,
            config=config,
            uncached_paths=health_paths(deployment),
            web_acl_arn=self.firewall.arn if self.firewall else None,
        )
        if zone is not None:
            target = targets.CloudFrontTarget(built.distribution)
            AliasRecords(self, "Records", zone=zone, hosts=self._hosts, target=target, ipv6=True)
        self._tell_address(built.distribution, written=zone is not None)

    def _define_firewall(self) -> Firewall | None:
        config = self.deployment.edge.firewall
        if config is None:
            return None
        name = self.deployment.stack_name("").removesuffix("-")
        return Firewall(self, "Firewall", name=name, reach="CLOUDFRONT", config=config)

    def _tell_address(self, distribution: cloudfront.IDistribution, *, written: bool) -> None:
        hosts = " and ".join(self._hosts)
        CfnOutput(
            self,
            "DistributionAddress",
            value=distribution.distribution_domain_name,
            description=f"Address of {hosts}" if written else f"DNS: CNAME {hosts} to this name",
        )
