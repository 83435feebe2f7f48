"""The tier whose tenants each have a database and services of their own."""

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from config.aws_limits import INSTANCE_MEMORY_GIB, InstanceClass
from config.database import Database
from config.values import Model, Name

if TYPE_CHECKING:
    from config.system import System

LONGEST_TENANT = 20
"""Characters of a tenant's id, at most: it is in the names of its services, which have 40."""
LONGEST_SERVICE_NAME = 40
"""Of App Runner, the shorter of the two platforms (App Runner API reference, ``ServiceName``)."""


class TenantSize(Model):
    """How large the database of a tenant is. The name is what an operator says.

    Storage is no part of it: RDS never shrinks storage, and a change of size that failed could not be taken
    back.
    """

    name: Name
    instance_class: InstanceClass

    @property
    def memory_mib(self) -> int:
        """Memory of the instance class."""
        return INSTANCE_MEMORY_GIB[self.instance_class] * 1024


class TenantQuotas(Model):
    """What the account may have in a region. A tenant that would not fit is refused before anything exists.

    The defaults are what AWS gives a new account; raise a quota there first, then here.
    """

    database_instances: int = Field(default=40, ge=1)
    stacks: int = Field(default=2000, ge=1)
    listener_rules: int = Field(default=100, ge=1)
    target_groups: int = Field(default=100, ge=1)
    """Of one load balancer."""
    group_rules: int = Field(default=60, ge=1)
    """Outbound rules of the load balancer's security group: each service of a tenant needs one."""
    app_runner_services: int = Field(default=30, ge=1)
    free_addresses: int = Field(default=16, ge=1)
    """Addresses that must be free in every private subnet before a tenant is added to it."""


class TenantTier(Model):
    """What each tenant of the tier gets for itself, and when the tier begins to exist."""

    name: Literal["enterprise"] = "enterprise"
    """As the routing table calls it, and what reads the table knows no other."""
    since_phase: int = Field(ge=1)
    services: tuple[Name, ...] = Field(min_length=1)
    """The services a tenant runs for itself; it shares the others with everybody."""
    instances: int = Field(default=2, ge=1)
    """Instances of each of those at least; at most, as many as the service has by itself."""
    migrate: tuple[str, ...] = Field(min_length=1)
    """Brings the schema of a tenant's database up to date: a command of the first service's image."""
    sizes: tuple[TenantSize, ...] = Field(min_length=1)
    """The first is what a tenant gets when nobody says."""
    storage_gib: int = Field(default=100, ge=20, le=65536)
    """What a tenant's database begins with."""
    max_storage_gib: int = Field(default=1000, ge=22, le=65536)
    """Ceiling for storage autoscaling."""
    retention_days: int = Field(default=90, ge=1, le=3650)
    """Days that the final snapshot of a deleted tenant is kept."""
    quotas: TenantQuotas = TenantQuotas()

    @model_validator(mode="after")
    def _check_sizes(self) -> Self:
        names = [size.name for size in self.sizes]
        if len(set(names)) != len(names):
            raise ValueError(f"tenants.sizes must have names of their own, got {', '.join(names)}")
        return self

    @model_validator(mode="after")
    def _check_storage(self) -> Self:
        # RDS asks for at least 10 % of head room before it scales storage by itself.
        if self.max_storage_gib < self.storage_gib * 1.1:
            raise ValueError(
                f"tenants.max_storage_gib must exceed storage_gib ({self.storage_gib}) by at least 10 %, "
                f"got {self.max_storage_gib}"
            )
        return self


def tenant_host(tenant: str, host: str) -> str:
    """Where a tenant's own service is called: beside the host of everybody's, under the same certificate.

    ``api.example.com`` is ``org-101-api.example.com`` for tenant ``org-101``.
    """
    return f"{tenant}-{host}"


def check_tenants(system: "System") -> None:
    """Refuse a tier that the system cannot have.

    Raises:
        ValueError: names the field, what it is and what is allowed.
    """
    tier = system.tenants
    if tier is None:
        return
    if tier.since_phase > len(system.phases):
        raise ValueError(
            f"tenants.since_phase must be 1 to {len(system.phases)}: system {system.name} ends there, "
            f"got {tier.since_phase}"
        )
    if not isinstance(system.database, Database):
        raise ValueError(
            f"tenants of system {system.name} have an instance like its database, so database must be "
            "Database(...), got " + (system.database.kind if system.database else "None")
        )
    _check_routing(system, tier)
    _check_services(system, tier)


def _check_routing(system: "System", tier: TenantTier) -> None:
    numbered = enumerate(system.phases, start=1)
    since = next((number for number, phase in numbered if phase.routing or system.routing), None)
    if since is None or since > tier.since_phase:
        allowed = f"{since} or later" if since else "given with routing=Routing(...) in that phase"
        raise ValueError(
            f"tenants.since_phase must be {allowed}: each tenant has a line in the routing table, "
            f"got {tier.since_phase}"
        )


def _check_services(system: "System", tier: TenantTier) -> None:
    known = {service.name: service for service in system.services}
    for name in tier.services:
        service = known.get(name)
        if service is None:
            raise ValueError(f"tenants.services must be among {', '.join(known)}, got {name!r}")
        if not (service.uses_database and service.port is not None and service.public and service.hosts):
            raise ValueError(
                f"tenants.services must be public services with hosts and a database URL, got {name!r}"
            )
        if tier.instances > service.scaling.max:
            raise ValueError(
                f"tenants.instances must be at most scaling.max of {name} ({service.scaling.max}), "
                f"got {tier.instances}"
            )
        longest = len(system.name) + len(name) + LONGEST_TENANT + 2
        if longest > LONGEST_SERVICE_NAME:
            raise ValueError(
                f"name of system {system.name} and of service {name} must leave {LONGEST_TENANT} of "
                f"{LONGEST_SERVICE_NAME} characters to a tenant's id, got {longest} characters in all"
            )
