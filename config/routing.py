"""Where each organization lives, from the phase on in which there is more than one place to live."""

from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import Field

from config.region import Region, Residency, residency_of
from config.values import Model, Name, worded

if TYPE_CHECKING:
    from config.deployment import Deployment

Tier = Literal["shared", "enterprise"]
"""``enterprise``: a database and a service of its own."""
State = Literal["provisioning", "active", "suspended", "moving", "deleting"]
"""Only an ``active`` organization is served."""
TIERS: tuple[Tier, ...] = get_args(Tier)
STATES: tuple[State, ...] = get_args(State)
RESIDENCIES: tuple[Residency, ...] = get_args(Residency)

CACHE_SECONDS = 60
"""How long an answer is used without asking again: so late is a suspension noticed."""
STALE_SECONDS = 3600
"""How long an old answer is used while nobody answers; after that, nobody is served."""
MOST_NEW_REPLICAS = 1
"""Replicas that CloudFormation adds to a global table in one deployment."""

HttpsUrl = Annotated[
    str, worded(r"https://[a-z0-9.-]+(/[\w./-]*)?", "an HTTPS address without port, query or fragment")
]
PathPrefix = Annotated[str, worded(r"/[\w./-]*", "a path such as /webhooks/, of letters, digits and . _ - /")]


class Routing(Model):
    """The table organization -> region and shard, and what leads a request there.

    Requests name their organization in the session token of the identity provider, which is verified; never
    in a header, which anybody may write.
    """

    service: Name
    """The service that an enterprise organization has one of its own of. Others are its shard's."""
    organizations_per_shard: int = Field(ge=1)
    """How many organizations of the shared tier a shard takes; placement refuses to go beyond."""
    token_issuer: HttpsUrl
    """Who signs session tokens; its keys are at ``/.well-known/jwks.json`` below it."""
    token_claims: tuple[str, ...] = Field(default=("o.id", "org_id"), min_length=1)
    """Where a token names the organization, first found first; a dot leads inside."""
    home_paths: tuple[PathPrefix, ...] = ()
    """Paths that carry no organization, such as webhooks: the first shard of the home region answers."""


def check_routing(deployment: "Deployment") -> None:
    """Refuse routing that would lead nowhere, or let data leave where it must stay.

    Raises:
        ValueError: names the field, what is allowed and what it is.
    """
    routing = deployment.routing
    if routing is None:
        return
    _check_service(deployment, routing)
    for region in deployment.regions:
        if region.residency is None:
            raise ValueError(
                f"region {region.key} must lie in the EU or the US, where data of organizations has to "
                f"stay, got {region.name}"
            )
        _check_copies(deployment, region)


def _check_service(deployment: "Deployment", routing: Routing) -> None:
    hosts = {service.name: service.hosts for service in deployment.services if service.public}
    if not hosts.get(routing.service):
        known = ", ".join(name for name in hosts if hosts[name]) or "none has one"
        raise ValueError(f"routing.service must be a service with a host ({known}), got {routing.service}")
    for service in deployment.services:
        if service.paths:
            raise ValueError(
                f"service {service.name} must be reached by a host of its own, since a shard's address is "
                f"made of the host's name, got paths {', '.join(service.paths)}"
            )


def _check_copies(deployment: "Deployment", region: Region) -> None:
    copies = deployment.recovery_region_of(region)
    if copies is None or not any(bucket.replica for bucket in deployment.buckets):
        return
    if residency_of(copies) != region.residency:
        raise ValueError(
            f"recovery_region of region {region.key} must lie in the {region.residency} too: copies of its "
            f"data must not leave it, got {copies}"
        )
