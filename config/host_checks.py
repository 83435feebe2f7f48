"""Host names must be ones that a certificate covers, and must lead somewhere."""

from typing import TYPE_CHECKING

from config.doors import MOST_VALUES
from config.edge import Distribution
from config.hosts import all_hosts, distributed_hosts, in_shard, origin_host, public_hosts
from config.watching import OutsideChecks

if TYPE_CHECKING:
    from config.deployment import Deployment

NAMES_IN_CERTIFICATE = 10
"""Host names an ACM certificate takes before somebody asks AWS for more (ACM quotas)."""
ALIASES = 100
"""Host names a distribution takes (CloudFront quotas)."""


def check_hosts(deployment: "Deployment") -> None:
    """Refuse hosts that the certificate does not cover, and DNS or CloudFront that could not lead anywhere.

    Raises:
        ValueError: names both sides.
    """
    _check_asked(deployment)
    edge = deployment.edge
    if edge.dns == "route53" or edge.distribution is not None:
        _check_one_door(deployment)
    if deployment.routing is not None:
        _check_shard_hosts(deployment)
    if edge.wildcard or deployment.routing is not None:
        _check_reach(deployment)
    if not edge.wildcard and deployment.platform == "fargate" and edge.certificate_arn is None:
        _check_certificate(deployment)
    if edge.distribution is not None:
        _check_distribution(deployment, edge.distribution)


def _check_asked(deployment: "Deployment") -> None:
    environment = deployment.environment
    asked = (
        environment.outside_checks.services if isinstance(environment.outside_checks, OutsideChecks) else ()
    )
    public = [one.name for one in deployment.services if public_hosts(deployment, one)]
    for name in asked:
        if name not in public:
            raise ValueError(
                f"outside_checks.services of environment {environment.name} must name services with a public "
                f"host ({', '.join(public)}), got {name}"
            )


def _check_one_door(deployment: "Deployment") -> None:
    what = "a distribution" if deployment.edge.distribution is not None else 'dns "route53"'
    if deployment.platform == "app-runner":
        raise ValueError(
            f"{what} needs a load balancer to lead to, so platform must be fargate, got app-runner; "
            "on App Runner, dns is cloudflare or elsewhere"
        )
    places = [f"{region.key}-{shard.key}" for region, shard in deployment.shards()]
    if len(places) > 1:
        raise ValueError(
            f"{what} leads each host to one load balancer, so there must be one region with one shard, "
            f"got {', '.join(places)}"
        )


def _check_shard_hosts(deployment: "Deployment") -> None:
    public = all_hosts(deployment)
    for region, shard in deployment.shards():
        for service in deployment.services:
            if deployment.edge.domain in service.hosts:
                raise ValueError(
                    f"host of service {service.name} must be a name below the domain, since a shard's own "
                    f"address is made of it, got {deployment.edge.domain}"
                )
            own = in_shard(deployment, service, region, shard).hosts[len(service.hosts) :]
            if len(own) > MOST_VALUES - len(service.hosts):
                raise ValueError(
                    f"service {service.name} must have at most {MOST_VALUES // 2} hosts, since a shard "
                    f"answers to as many of its own, got {len(service.hosts)}"
                )
            for taken in set(own) & set(public):
                raise ValueError(
                    f"{taken} is the address of shard {region.key}-{shard.key}, so no service may have it as "
                    "a host"
                )


def _check_reach(deployment: "Deployment") -> None:
    domain = deployment.edge.domain
    for service in deployment.services:
        for host in service.hosts:
            if host != domain and "." in host.removesuffix(f".{domain}"):
                raise ValueError(
                    f"host of service {service.name} must be {domain} or one name below it, which is what "
                    f"the certificate for {domain} and *.{domain} covers, got {host}"
                )


def _check_certificate(deployment: "Deployment") -> None:
    hosts = all_hosts(deployment)
    if len(hosts) > NAMES_IN_CERTIFICATE:
        raise ValueError(
            f"services must have at most {NAMES_IN_CERTIFICATE} hosts together, as many as ACM puts into one "
            f"certificate, got {len(hosts)}: {', '.join(hosts)}; give certificate_arn of a wildcard one"
        )


def _check_distribution(deployment: "Deployment", distribution: Distribution) -> None:
    hosts, known = distributed_hosts(deployment), all_hosts(deployment)
    strangers = [host for host in hosts if host not in known]
    if strangers or not hosts:
        raise ValueError(
            f"hosts of the distribution must be hosts of services ({', '.join(known) or 'none has one'}), "
            f"got {', '.join(strangers) or 'none'}"
        )
    if len(hosts) > ALIASES:
        raise ValueError(f"hosts of the distribution must be at most {ALIASES}, got {len(hosts)}")
    if origin_host(deployment) in known:
        raise ValueError(
            f"{origin_host(deployment)} is the name CloudFront reaches the load balancer by, so no service "
            "may have it as a host"
        )
