"""Names in a description must be names of something: a service, bucket, queue or role that exists."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from config.service import Service
from config.sources import BucketName, DatabaseUrl, QueueUrl, ReplicaUrls

if TYPE_CHECKING:
    from config.system import System


AUDIT_BUCKET = "audit"
"""Purpose of the audit trail's own bucket, where it is not told to use another."""


DRILLS = "drills"
"""Purpose of the bucket that keeps the records of restore drills."""
MOVES = "tenant-moves"
"""Purpose of the bucket that keeps what steps of moves of tenants said."""


def check_references(system: "System") -> None:
    """Refuse a name of something that does not exist.

    Raises:
        ValueError: says who uses the name and which names there are.
    """
    for service in system.services:
        _check_needs(service, system)
        _check_shared_secret(service, system)
        for kind, name in _used(service):
            _check(f"service {service.name} uses {kind}", name, _known(system, kind))
        for key, role in _roles(service):
            _check(f"{key} of service {service.name} names role", role, _known(system, "role"))
    for dump in system.dumps:
        _check("a database dump goes to bucket", dump.bucket, _known(system, "bucket"))
    if system.audit_bucket is not None:
        _check("audit_bucket is bucket", system.audit_bucket, _known(system, "bucket"))


def check_distinct(system: "System") -> None:
    """Refuse two things of one kind with one name.

    Raises:
        ValueError: lists the names.
    """
    own = [AUDIT_BUCKET] if system.audit_trail and system.audit_bucket is None else []
    own += [DRILLS] if system.recovery is not None else []
    own += [MOVES] if system.tenants is not None else []
    copies = [bucket.replica for bucket in system.buckets if bucket.replica is not None]
    for kind, names in {
        "services": [service.name for service in system.services],
        "buckets and their replicas": [bucket.name for bucket in system.buckets] + copies + own,
        "queues": [queue.name for queue in system.queues],
        "environments": [environment.name for environment in system.environments],
    }.items():
        if len(set(names)) != len(names):
            raise ValueError(f"{kind} must have names of their own, got {', '.join(names)}")


def check_accounts(system: "System") -> None:
    """Refuse two environments in one account and region: their repositories and services would collide.

    Raises:
        ValueError: names both environments and what they share.
    """
    taken: dict[tuple[str, str], str] = {}
    for environment in system.environments:
        for region in environment.regions:
            place = (environment.account, region.name)
            other = taken.setdefault(place, environment.name)
            if other != environment.name:
                raise ValueError(
                    f"environments {other} and {environment.name} must have accounts of their own, got "
                    f"account {environment.account} in {region.name} for both: names of services and "
                    "repositories would collide, and a mistake in one could reach the other"
                )


def _check_needs(service: Service, system: "System") -> None:
    for thing, needed, there in (
        ("database", service.uses_database, system.database),
        ("cache", service.uses_cache, system.cache),
    ):
        if needed and there is None:
            raise ValueError(
                f"service {service.name} has a {thing} URL, so system {system.name} must have a {thing}, "
                "got None"
            )


def _check_shared_secret(service: Service, system: "System") -> None:
    other = next((one for one in system.services if one.name == service.shares_keys_of), None)
    if other is None:
        return
    for key, source in service.secrets.items():
        if not other.has_secret or other.secrets.get(key) != source:
            raise ValueError(
                f"service {service.name} reads the secret of {other.name}, so {key} must be among its "
                f"secrets in the same way, got {', '.join(other.secrets) or 'none'}"
            )


def _used(service: Service) -> Iterator[tuple[str, str]]:
    yield from (("service", name) for name in service.calls)
    yield from (("bucket", name) for name in service.writes_buckets)
    yield from (("queue", name) for name in (*service.sends_queues, *service.reads_queues))
    yield from (("service", name) for name in (service.image_of, service.shares_keys_of) if name)
    yield from (("queue", name) for name in service.scaling.queues)
    for value in service.environment.values():
        if isinstance(value, BucketName):
            yield "bucket", value.bucket
        elif isinstance(value, QueueUrl):
            yield "queue", value.queue


def _roles(service: Service) -> Iterator[tuple[str, str]]:
    for key, source in service.secrets.items():
        if isinstance(source, DatabaseUrl | ReplicaUrls):
            yield key, source.role


def _known(system: "System", kind: str) -> list[str]:
    things: dict[str, Iterable[str]] = {
        "service": (service.name for service in system.services),
        "bucket": (bucket.name for bucket in system.buckets),
        "queue": (queue.name for queue in system.queues),
        "role": (role.name for role in system.database.roles) if system.database else (),
    }
    return sorted(things[kind])


def _check(what: str, name: str, known: list[str]) -> None:
    if name not in known:
        raise ValueError(f"{what} {name!r}, which is not one of {', '.join(known) or 'those it has: none'}")
