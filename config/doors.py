"""Where requests arrive: ports, hosts and paths, each of which leads to one service."""

from collections.abc import Iterator

from config.service import Service

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
