"""Who calls whom inside the network: only somebody who listens, under a name that is known."""

from config.environment import Platform
from config.service import Service


def check_calls(services: tuple[Service, ...], *, platform: Platform, service_discovery: bool) -> None:
    """Refuse a call that nobody answers, or by a name that nobody knows.

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
