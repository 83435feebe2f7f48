"""Where requests arrive: ports, hosts and paths, each of which leads to one service."""

import zlib
from collections.abc import Iterator

from config.service import Service

LAST_PRIORITY = 50000
"""The highest number a listener rule may have (Elastic Load Balancing, CreateRule)."""
LONGEST_PATH = 35
SLOTS_OF_PATH = 400
"""Services whose longest paths are equally long share so many numbers."""
SLOTS_OF_HOST = 20000
MOST_RULES = 100
"""Rules, and target groups, that a load balancer has: its quota, and the latter never grows (ELB quotas)."""
MOST_VALUES = 5
"""Hosts and paths that one rule compares with (ELB quotas)."""

SHARED_PORT = 80
"""Static front ends listen here by convention, each in a task of its own."""


def check_doors(services: tuple[Service, ...], domain: str) -> None:
    """Refuse two services behind one door, and a door outside the domain.

    Raises:
        ValueError: names the services and the door.
    """
    _check_ports(services)
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
    if service.behind_door and takes_the_rest(service):
        yield "every request that no other service claims"


def listener_priority(service: Service) -> int:
    """The number of the service's listener rule: lower is asked first.

    It depends on the service alone, so that adding or removing another renumbers nobody: a load balancer
    refuses a number that is still in use. A rule with host and path comes before one with a host, that
    before one with a path, and what takes the rest comes last; among paths the longer one first.
    """
    if takes_the_rest(service):
        return LAST_PRIORITY
    paths_end = (LONGEST_PATH + 1) * SLOTS_OF_PATH
    slot = zlib.crc32(service.name.encode())
    if not service.paths:
        return paths_end + 1 + slot % SLOTS_OF_HOST
    shorter = LONGEST_PATH - min(max(map(len, service.paths)), LONGEST_PATH)
    start = 0 if service.hosts else paths_end + SLOTS_OF_HOST
    return start + shorter * SLOTS_OF_PATH + 1 + slot % SLOTS_OF_PATH


def takes_the_rest(service: Service) -> bool:
    """Whether requests that no other service claims are its own."""
    return not service.hosts and (not service.paths or "/*" in service.paths)


def check_priorities(services: tuple[Service, ...]) -> None:
    """Refuse more rules than a listener has, a rule with too many values, and two rules of one number.

    Raises:
        ValueError: names both and the number, or the limit and what is there.
    """
    public = [service for service in services if service.behind_door]
    if len(public) > MOST_RULES:
        raise ValueError(
            f"public services must be at most {MOST_RULES}, as many as one load balancer has rules and "
            f"target groups for, got {len(public)}"
        )
    for service in public:
        values = (*service.hosts, *service.paths)
        if len(values) > MOST_VALUES:
            raise ValueError(
                f"hosts and paths of service {service.name} must be at most {MOST_VALUES} together, as many "
                f"as one rule of a load balancer compares with, got {len(values)}: {', '.join(values)}"
            )
    _check_numbers(public)


def _check_numbers(public: list[Service]) -> None:
    taken: dict[int, str] = {}
    for service in public:
        other = taken.setdefault(listener_priority(service), service.name)
        if other != service.name:
            raise ValueError(
                f"services {other} and {service.name} must have names that give their listener rules "
                f"different numbers, got {listener_priority(service)} for both: rename the newer one"
            )
