"""What stands between the internet and the services."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.values import DomainName, Model, worded

EVERYTHING = "*"
"""The path pattern of what no other pattern matches."""

CertificateArn = Annotated[
    str,
    worded(
        r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/\S+",
        "the ARN of an ACM certificate, arn:aws:acm:<region>:<account>:certificate/<id>",
    ),
]
CountryCode = Annotated[str, worded(r"[A-Z]{2}", "a country code of two capital letters, such as DE")]
HostedZoneId = Annotated[
    str, worded(r"Z[A-Z0-9]+", "the id of a Route 53 hosted zone, such as Z0123456789ABC")
]


class CacheBehavior(Model):
    """What CloudFront does with one path pattern."""

    path: str
    """Such as ``/assets/*``; ``*`` is everything that no other pattern matches."""
    ttl_seconds: int = Field(ge=0)
    forward_all_headers: bool = False


class Distribution(Model):
    """A CloudFront distribution in front of the load balancer; speaks TLS 1.2 and later."""

    behaviors: tuple[CacheBehavior, ...]
    price_class: Literal["100", "200", "all"] = "100"
    hosts: tuple[DomainName, ...] = ()
    """Host names that lead to it instead of to the load balancer."""

    @model_validator(mode="after")
    def _check_paths(self) -> Self:
        paths = [behavior.path for behavior in self.behaviors]
        if len(set(paths)) != len(paths) or EVERYTHING not in paths:
            raise ValueError(
                f"behaviors must name each path once, and {EVERYTHING!r} for everything else, got {paths}"
            )
        return self


class Firewall(Model):
    """A WAF web ACL on the load balancer."""

    rate_limit_per_5_minutes: int = Field(default=2000, ge=100)
    blocked_countries: tuple[CountryCode, ...] = ()
    bot_control: bool = False
    """AWS's bot rules: $10 a month and $1 per million requests."""
    count_only: bool = False
    """Count instead of block, to learn what would be blocked first."""


class Edge(Model):
    """Who answers for the domain, and what it filters."""

    dns: Literal["cloudflare", "route53"] = "cloudflare"
    """``cloudflare``: an operator pastes our outputs. ``route53``: we create zone and records."""
    domain: DomainName
    """Every host name of a service lies inside it."""
    hosted_zone_id: HostedZoneId | None = None
    """An existing Route 53 zone; left out, one is created. Two environments can't both own one domain."""
    certificate_arn: CertificateArn | None = None
    """An existing certificate; left out, one is requested and waits for its DNS record."""
    distribution: Distribution | None = None
    firewall: Firewall | None = None
    failover_to: DomainName | None = None
    """Where Route 53 sends visitors while the health check fails, such as a status page elsewhere."""

    @model_validator(mode="after")
    def _check_dns(self) -> Self:
        for field in ("hosted_zone_id", "failover_to"):
            if self.dns != "route53" and getattr(self, field) is not None:
                raise ValueError(f'{field} needs dns to be "route53", got {self.dns!r}')
        return self
