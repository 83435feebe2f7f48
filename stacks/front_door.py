"""What leads to a load balancer, and what stands before it."""

from aws_cdk import CfnOutput
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets

from cambium.dns_zone import AliasRecords
from cambium.firewall import Firewall
from config.deployment import Deployment
from config.hosts import direct_hosts, distributed_hosts, origin_host, zone_record
from config.region import Region, Shard
from config.service import Service
from stacks.base import CambiumStack


class FrontDoor:
    """Records and firewall, in the stack of the load balancer.

    The firewall is there whether or not CloudFront has one: some hosts lead here directly, and nobody is kept
    from asking here for the others.

    Attributes:
        firewall: What stands before the load balancer, or None.
    """

    def __init__(
        self,
        stack: CambiumStack,
        *,
        region: Region,
        shard: Shard,
        load_balancer: elb.IApplicationLoadBalancer,
        zone: route53.IHostedZone | None,
    ) -> None:
        self._stack, self._load_balancer = stack, load_balancer
        self.firewall = self._define_firewall(stack.deployment.stack_name("", region, shard))
        if zone is not None:
            AliasRecords(
                stack,
                "Records",
                zone=zone,
                hosts=[zone_record(stack.deployment, host) for host in direct_hosts(stack.deployment)],
                target=targets.LoadBalancerTarget(load_balancer),
                # The load balancer answers over IPv4 alone.
                ipv6=False,
            )
        elif stack.deployment.edge.distribution is not None:
            CfnOutput(
                stack,
                "OriginAddress",
                value=load_balancer.load_balancer_dns_name,
                description=f"DNS: CNAME {origin_host(stack.deployment)} to this name, for CloudFront",
            )

    def _define_firewall(self, name: str) -> Firewall | None:
        config = self._stack.deployment.edge.firewall
        if config is None:
            return None
        firewall = Firewall(
            self._stack,
            "Firewall",
            name=name.removesuffix("-"),
            reach="REGIONAL",
            config=config,
            unlimited_hosts=distributed_hosts(self._stack.deployment),
        )
        firewall.protect("LoadBalancer", self._load_balancer.load_balancer_arn)
        return firewall


def dns_hint(service: Service, deployment: Deployment) -> str:
    """What the address of a service is for: to be pasted into DNS, where we do not write the record."""
    known = direct_hosts(deployment)
    # With routing, the public names are the Worker's, and what leads here is the shard's own.
    by_hand = [host for host in service.hosts if (host in known) != (deployment.routing is not None)]
    if by_hand and deployment.edge.zone is not None:
        pairs = ", ".join(f"{host} to {zone_record(deployment, host)}" for host in by_hand)
        return f"DNS: CNAME {pairs}"
    if not by_hand or deployment.edge.dns == "route53":
        return f"Address of {service.name}"
    on_app_runner = deployment.platform == "app-runner"
    first = "after `aws apprunner associate-custom-domain`, " if on_app_runner else ""
    return f"DNS: {first}CNAME {' and '.join(by_hand)} to this name"
