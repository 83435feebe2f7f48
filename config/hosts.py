"""Which host names lead to the load balancer, and which to CloudFront."""

from typing import TYPE_CHECKING

from config.doors import takes_the_rest
from config.names import shard_host
from config.region import Region, Shard
from config.service import Service
from config.watching import OutsideChecks

if TYPE_CHECKING:
    from config.deployment import Deployment


def origin_host(deployment: "Deployment") -> str:
    """The name by which CloudFront reaches the load balancer, which the wildcard certificate covers.

    The environment is in it, since environments may share a domain.
    """
    return f"origin-{deployment.environment.name}.{deployment.edge.domain}"


def all_hosts(deployment: "Deployment") -> tuple[str, ...]:
    """Host names of all services, each once, where several share it by path.

    A service behind the door without a host of its own is found under the domain itself.
    """
    nameless = any(service.behind_door and not service.hosts for service in deployment.services)
    own = (deployment.edge.domain,) if nameless else ()
    return tuple(dict.fromkeys((*own, *(host for service in deployment.services for host in service.hosts))))


def zone_record(deployment: "Deployment", host: str) -> str:
    """The record in our zone for a host: the host itself, or a name like it where the zone lies below.

    ``api.shop.test`` in zone ``aws.shop.test`` is ``api.aws.shop.test``.
    """
    edge = deployment.edge
    return host if edge.zone is None else f"{host.removesuffix(edge.domain)}{edge.zone}"


def front_door_record(deployment: "Deployment") -> str:
    """The record in our zone that leads to the front door of a single host."""
    return f"front-door-{deployment.environment.name}.{deployment.edge.zone_name}"


def outside_hosts(deployment: "Deployment", service: Service) -> tuple[str, ...]:
    """Host names under which a service is asked from outside whether it lives.

    None where the environment sleeps: it would be missed each time. What wakes it looks at its services.
    """
    if deployment.environment.schedule is not None or not is_asked(deployment, service):
        return ()
    return public_hosts(deployment, service)


def is_asked(deployment: "Deployment", service: Service) -> bool:
    """Whether the environment has this service asked from outside, if it has a host."""
    checks = deployment.environment.outside_checks
    return isinstance(checks, OutsideChecks) and (not checks.services or service.name in checks.services)


def public_hosts(deployment: "Deployment", service: Service) -> tuple[str, ...]:
    """Host names that lead to a service: its own, or the domain where it takes what no other does."""
    rest = service.behind_door and takes_the_rest(service)
    return service.hosts or ((deployment.edge.domain,) if rest else ())


def distributed_hosts(deployment: "Deployment") -> tuple[str, ...]:
    """Host names that lead to the distribution."""
    distribution = deployment.edge.distribution
    if distribution is None:
        return ()
    return distribution.hosts or all_hosts(deployment)


def direct_hosts(deployment: "Deployment") -> tuple[str, ...]:
    """Host names that lead to the load balancer; CloudFront's own name for it is one."""
    distributed = distributed_hosts(deployment)
    own = (origin_host(deployment),) if distributed else ()
    return (*(host for host in all_hosts(deployment) if host not in distributed), *own)


def health_paths(deployment: "Deployment") -> tuple[str, ...]:
    """Paths behind the distribution that are asked whether a service lives: a kept answer would be a lie."""
    distribution, behind = deployment.edge.distribution, set(distributed_hosts(deployment))
    asked = {service.health.path for service in deployment.services if behind & set(service.hosts)}
    stated = {behavior.path for behavior in distribution.behaviors} if distribution else set()
    return tuple(sorted(asked - stated))


def in_shard(deployment: "Deployment", service: Service, region: Region, shard: Shard) -> Service:
    """``service`` as the front door of a shard knows it: with that shard's own host names, under routing.

    It keeps the public ones, which lead to the first shard until the Worker has taken them over.
    """
    if deployment.routing is None or not service.hosts:
        return service
    own = (shard_host(host, region, shard) for host in service.hosts)
    return service.model_copy(update={"hosts": (*service.hosts, *own)})


def origins(deployment: "Deployment") -> dict[tuple[str, str], str]:
    """Which host answers for the routed service in each shard, by the keys of region and shard."""
    routed = deployment.routing.service if deployment.routing else None
    return {
        (region.key, shard.key): shard_host(service.hosts[0], region, shard)
        for service in deployment.services
        if service.name == routed
        for region, shard in deployment.shards()
    }
