"""Who calls whom inside the network: only somebody who listens, and never in a circle."""

from config.environment import Platform
from config.service import Service


def check_calls(services: tuple[Service, ...], *, platform: Platform, service_discovery: bool) -> None:
    """Refuse a call that nobody answers, and services that need each other to start.

    A service starts after those it calls, so that it finds them by name; in a circle none could be first.

    Raises:
        ValueError: names both sides of the call.
    """
    calls = {service.name: service.calls for service in services}
    listening = {service.name for service in services if service.port is not None}
    for name, called in calls.items():
        for other in called:
            if other not in listening:
                raise ValueError(
                    f"service {name} calls {other}, so port of {other} must say where it listens, got None"
                )
        if called and platform == "fargate" and not service_discovery:
            raise ValueError(
                f"service {name} calls {called[0]} by name, so service_discovery of the system must be True, "
                "got False"
            )
        circle = _circle(name, calls)
        if circle:
            raise ValueError(
                f"services must not call each other in a circle, got {' -> '.join(circle)}: each starts "
                "after those it calls. Let one of them answer by a queue"
            )


def _circle(start: str, calls: dict[str, tuple[str, ...]]) -> list[str]:
    """The way from a service back to itself, or nothing where there is none."""
    waiting, seen = [[start]], set[str]()
    while waiting:
        way = waiting.pop()
        for called in calls.get(way[-1], ()):
            if called == start:
                return [*way, start]
            if called not in seen:
                seen.add(called)
                waiting.append([*way, called])
    return []
