"""Where requests arrive: ports, hosts and paths, each of which leads to one service."""

import zlib
from collections.abc import Iterator

from config.service import Service

SLOTS = 120
LONGEST_PATH = 99
SLOTS_OF_KIND = SLOTS * (LONGEST_PATH + 1)
"""Four kinds of rules share the 50,000 numbers a listener has."""

SHARED_PORT = 80
"""Static front ends listen here by convention, each in a task of its own."""


def check_doors(services: tuple[Service, ...], domain: str) -> None:
    """Refuse two services behind one door, and a door outside the domain.

    Raises:
        ValueError: names the services and the door.
    """
    _check_ports(services)
    _check_priorities(services)
    doors: dict[str, str] = {}
    for service in services:
        for host in service.hosts:
            if host != domain and not host.endswith(f".{domain}"):
                raise ValueError(
                    f"host of service {service.name} must lie inside the domain {domain}, got {host}"
                )
        for door in _doors(service):
            if door in doors:
                raise ValueError(
                    f"services {doors[door]} and {service.name} both claim {door}: give it to one of them"
                )
            doors[door] = service.name


def _check_ports(services: tuple[Service, ...]) -> None:
    ports: dict[int, str] = {}
    for service in services:
        if service.port is None or service.port == SHARED_PORT:
            continue
        if service.port in ports:
            raise ValueError(
                f"services {ports[service.port]} and {service.name} both listen on port {service.port}: "
                f"give each its own (only {SHARED_PORT} may be shared)"
            )
        ports[service.port] = service.name


def _doors(service: Service) -> Iterator[str]:
    """Where requests for the service arrive, as words that two services cannot share."""
    for host in service.hosts:
        for path in service.paths or ("/*",):
            yield f"{host}{path}"
    if not service.hosts:
        for path in service.paths:
            yield f"path {path}"
    if service.public and service.port is not None and not service.hosts and not service.paths:
        yield "every request that no other service claims"


def listener_priority(service: Service) -> int:
    """The number of the service's listener rule: lower is asked first.

    It depends on the service alone, so that adding or removing another renumbers nobody: a load balancer
    refuses a number that is still in use. A rule with host and path comes before one with a host, that
    before one with a path; among them the longer path first.
    """
    kind = (not service.hosts) * 2 + (not service.paths)
    longest = max((len(path) for path in service.paths), default=0)
    general = LONGEST_PATH - min(longest, LONGEST_PATH)
    return kind * SLOTS_OF_KIND + general * SLOTS + zlib.crc32(service.name.encode()) % SLOTS + 1


def _check_priorities(services: tuple[Service, ...]) -> None:
    taken: dict[int, str] = {}
    for service in services:
        if service.public and service.port is not None:
            other = taken.setdefault(listener_priority(service), service.name)
            if other != service.name:
                raise ValueError(
                    f"services {other} and {service.name} must have names that give their listener rules "
                    f"different numbers, got {listener_priority(service)} for both: rename the newer one"
                )
