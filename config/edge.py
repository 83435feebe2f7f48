"""What stands between the internet and the services."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.firewall import Firewall as Firewall
from config.values import DomainName, Model, worded

EVERYTHING = "*"
"""The path pattern of what no other pattern matches."""
MOST_BEHAVIORS = 25
"""Path patterns a distribution takes before somebody asks AWS for more (CloudFront quotas)."""

CertificateArn = Annotated[
    str,
    worded(
        r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/\S+",
        "the ARN of an ACM certificate, arn:aws:acm:<region>:<account>:certificate/<id>",
    ),
]
HostedZoneId = Annotated[
    str, worded(r"Z[A-Z0-9]+", "the id of a Route 53 hosted zone, such as Z0123456789ABC")
]
Dns = Literal["cloudflare", "route53", "elsewhere"]


class CacheBehavior(Model):
    """What CloudFront does with one path pattern."""

    path: str
    """Such as ``/assets/*``; ``*`` is everything that no other pattern matches."""
    ttl_seconds: int = Field(ge=0)
    """How old a kept answer may be; a service may ask for less with ``Cache-Control``. 0 keeps nothing."""
    forward_all_headers: bool = False
    """Whether the service sees all that the visitor sent, cookies included, and takes every method.

    What is kept is then kept per visitor: an answer made for one is never given to another.
    """


class Distribution(Model):
    """A CloudFront distribution in front of the load balancer; speaks TLS 1.2 and later."""

    behaviors: tuple[CacheBehavior, ...]
    price_class: Literal["100", "200", "all"] = "100"
    hosts: tuple[DomainName, ...] = ()
    """Host names that lead to it instead of to the load balancer. None given: those of every service."""

    @model_validator(mode="after")
    def _check_paths(self) -> Self:
        paths = [behavior.path for behavior in self.behaviors]
        if len(set(paths)) != len(paths) or EVERYTHING not in paths:
            raise ValueError(
                f"behaviors must name each path once, and {EVERYTHING!r} for everything else, got {paths}"
            )
        if len(paths) > MOST_BEHAVIORS:
            raise ValueError(
                f"behaviors must be at most {MOST_BEHAVIORS}, as many as CloudFront takes, got {len(paths)}"
            )
        return self


class Edge(Model):
    """Who answers for the domain, and what it filters."""

    dns: Dns = "cloudflare"
    """``route53``: we write the records, into a zone of the environment's own account.

    ``cloudflare`` and ``elsewhere``: an operator pastes our outputs. A zone takes records from its own
    account only, so an environment whose account does not own the zone is ``elsewhere`` too.
    """
    domain: DomainName
    """Every host name of a service lies inside it."""
    hosted_zone_id: HostedZoneId | None = None
    """An existing Route 53 zone; left out, one is created. Two environments can't both own one domain."""
    zone: DomainName | None = None
    """The name of our zone, where it is not the domain but one below it.

    For a domain that Cloudflare answers for: it hands this name to us, and leads visitors to names in it.
    """
    certificate_arn: CertificateArn | None = None
    """An existing certificate; left out, one is requested and waits for its DNS record."""
    distribution: Distribution | None = None
    firewall: Firewall | None = None
    failover_to: DomainName | None = None
    """Where Route 53 sends visitors while the health check fails, such as a status page elsewhere."""

    @model_validator(mode="after")
    def _check_dns(self) -> Self:
        for field in ("hosted_zone_id", "zone", "failover_to"):
            if self.dns != "route53" and getattr(self, field) is not None:
                raise ValueError(f'{field} needs dns to be "route53", got {self.dns!r}')
        if self.zone is not None and not self.zone.endswith(f".{self.domain}"):
            raise ValueError(f"zone must lie below the domain {self.domain}, got {self.zone}")
        return self

    @property
    def zone_name(self) -> str:
        """The name of the zone that we write records into."""
        return self.zone or self.domain

    @property
    def wildcard(self) -> bool:
        """Whether certificates are for the domain and ``*.`` of it, instead of for each host by name.

        It covers the name by which CloudFront reaches the load balancer, and a further service needs no new
        certificate, which would have to be validated first.
        """
        return self.certificate_arn is None and (self.dns == "route53" or self.distribution is not None)
