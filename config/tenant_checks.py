"""What a description may not say of its tenants."""

from typing import TYPE_CHECKING

from config.database import Database
from config.storage import Bucket
from config.tenancy import LONGEST_TENANT, TenantTier
from config.values import OptOut

if TYPE_CHECKING:
    from config.system import System

LONGEST_SERVICE_NAME = 40
"""Of App Runner, the shorter of the two platforms (App Runner API reference, ``ServiceName``). What fits into
it fits into the 32 of the scaling configuration that tenants share, which has no tenant's id in its name."""
TASKS = ("migration", "export")
"""One-off tasks that each tenant has beside its services."""


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
    _check_exports(system, tier)


def _check_routing(system: "System", tier: TenantTier) -> None:
    numbered = enumerate(system.phases, start=1)
    since = next((number for number, phase in numbered if phase.routing or system.routing), None)
    if since is None or since > tier.since_phase:
        allowed = f"{since} or later" if since else "given with routing=Routing(...) in that phase"
        raise ValueError(
            f"tenants.since_phase must be {allowed}: each tenant has a line in the routing table, "
            f"got {tier.since_phase}"
        )


def _check_exports(system: "System", tier: TenantTier) -> None:
    if isinstance(tier.exports, OptOut):
        return
    bucket = next((one for one in system.buckets if one.name == tier.exports), None)
    if bucket is None:
        known = ", ".join(sorted(one.name for one in system.buckets)) or "it has none"
        raise ValueError(f"tenants.exports must be a bucket of the system ({known}), got {tier.exports!r}")
    writers = [one.name for one in system.services if bucket.name in one.writes_buckets]
    if writers:
        raise ValueError(
            f"tenants.exports must be a bucket that no service writes, got {bucket.name}, which "
            f"{', '.join(writers)} does"
        )
    _check_retention(bucket, tier)


def _check_retention(bucket: Bucket, tier: TenantTier) -> None:
    days, promised = bucket.expire_after_days, f"tenants.retention_days ({tier.retention_days})"
    if days is not None and days < tier.retention_days:
        raise ValueError(
            f"expire_after_days of bucket {bucket.name} must be at least {promised}, as long as an export in "
            f"it is kept, got {days}"
        )
    if bucket.lock_days is not None and bucket.lock_days > tier.retention_days:
        raise ValueError(
            f"lock_days of bucket {bucket.name} must be at most {promised}, after which an export in it is "
            f"deleted, got {bucket.lock_days}"
        )
    # Deleting a version is not replicated: what a copy holds ends by the rule of its own bucket only.
    if bucket.replica is not None and days is None:
        raise ValueError(
            f"bucket {bucket.name} has a copy, in which exports of deleted tenants would stay for ever: give "
            "it expire_after_days, or tenants.exports another bucket"
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
        _check_name(system, name)


def _check_name(system: "System", name: str) -> None:
    if name in TASKS:
        raise ValueError(f"tenants.services must not be called {' or '.join(TASKS)}, got {name!r}")
    longest = len(system.name) + len(name) + LONGEST_TENANT + 2
    if longest > LONGEST_SERVICE_NAME:
        raise ValueError(
            f"name of system {system.name} and of service {name} must leave {LONGEST_TENANT} of "
            f"{LONGEST_SERVICE_NAME} characters to a tenant's id, got {longest} characters in all"
        )
