"""What each platform can run; a shape that it refuses is refused here, before a deployment has begun."""

from collections.abc import Callable

from config.aws_limits import APP_RUNNER_MEMORY_MIB, FARGATE_MEMORY_MIB, INSTANCE_MEMORY_GIB, nearest_memory
from config.host import SingleHost
from config.platform_name import Platform
from config.scaling import HealthCheck
from config.service import Service

APP_RUNNER_SECONDS = 20
"""The longest interval and timeout of an App Runner health check."""

LAST_HOST_PORT = 9999
"""Two releases of a service listen on its port plus 10000 and plus 20000."""

SYSTEM_MEMORY_MIB = 512
"""What Amazon Linux, Docker and the agents take of a host's memory."""

TARGET_THRESHOLD = 10
"""The most answers in a row that a load balancer waits for."""


def check_platform(
    platform: Platform, services: tuple[Service, ...], host: SingleHost | None, *, cached: bool = False
) -> None:
    """Refuse what ``platform`` cannot run.

    Raises:
        ValueError: names the service, what is allowed and what it has.
    """
    if platform == "host":
        if host is None:
            raise ValueError('platform "host" needs a host=SingleHost(...) in the system, got None')
        _check_host(services, host, cached=cached)
        return
    for service in services:
        _CHECKS[platform](service)


def _check_fargate(service: Service) -> None:
    _check_size(service, "Fargate", FARGATE_MEMORY_MIB)
    if service.behind_door:
        _check_target_health(service.name, service.health)


def _check_target_health(name: str, health: HealthCheck) -> None:
    where = f"service {name} behind a load balancer: health"
    for field, least, most in (("interval_seconds", 5, 300), ("timeout_seconds", 2, 120)):
        if not least <= getattr(health, field) <= most:
            raise ValueError(f"{where}.{field} must be {least} to {most}, got {getattr(health, field)}")
    if health.timeout_seconds >= health.interval_seconds:
        raise ValueError(
            f"{where}.timeout_seconds must be below its interval ({health.interval_seconds}), "
            f"got {health.timeout_seconds}"
        )
    for field in ("healthy_threshold", "unhealthy_threshold"):
        if getattr(health, field) > TARGET_THRESHOLD:
            raise ValueError(
                f"{where}.{field} must be at most {TARGET_THRESHOLD}, got {getattr(health, field)}"
            )


def _check_app_runner(service: Service) -> None:
    _check_size(service, "App Runner", APP_RUNNER_MEMORY_MIB)
    where = f"service {service.name} on App Runner"
    if service.port is None:
        raise ValueError(f"{where} must listen on a port, got None: run a worker on Fargate")
    if service.scaling.min < 1:
        raise ValueError(f"{where}: scaling.min must be at least 1, got {service.scaling.min}")
    if service.volume is not None:
        raise ValueError(f"{where} must not have a volume, got {service.volume.mount_path}: use Fargate")
    for field in ("interval_seconds", "timeout_seconds"):
        seconds = getattr(service.health, field)
        if seconds > APP_RUNNER_SECONDS:
            raise ValueError(f"{where}: health.{field} must be at most {APP_RUNNER_SECONDS}, got {seconds}")


def _check_size(service: Service, platform: str, table: dict[int, tuple[int, ...]]) -> None:
    if service.memory_mib not in table.get(service.cpu, ()):
        raise ValueError(
            f"service {service.name} on {platform}: {nearest_memory(table, service.cpu)}, "
            f"got cpu {service.cpu} with memory_mib {service.memory_mib}"
        )


def _check_host(services: tuple[Service, ...], host: SingleHost, *, cached: bool) -> None:
    memory = INSTANCE_MEMORY_GIB[host.instance_type] * 1024
    own = host.front_door.memory_mib + (host.cache.memory_mib if cached else 0)
    # A release starts beside the one before it; workers take each other's place.
    taken = own + sum(one.memory_mib * (1 if one.port is None else 2) for one in services)
    if taken > memory - SYSTEM_MEMORY_MIB:
        raise ValueError(
            "memory_mib of all services, counted twice for those with a port, with front door and cache must "
            f"be at most {memory - SYSTEM_MEMORY_MIB}, since a {host.instance_type} has {memory} and the "
            f"system needs {SYSTEM_MEMORY_MIB}, got {taken}"
        )
    for service in services:
        _check_of_host(service)
    _check_smoke_tests(services, host)


def _check_of_host(service: Service) -> None:
    where = f"service {service.name} on a host"
    if service.port is not None and (not service.public or not service.hosts):
        raise ValueError(
            f"{where} with a port must be public and have hosts, which is how the front door leads to it"
        )
    if (service.port or 0) > LAST_HOST_PORT:
        raise ValueError(f"{where}: port must be at most {LAST_HOST_PORT}, got {service.port}")
    if service.scaling.max > 1:
        raise ValueError(f"{where}: scaling.max must be 1, got {service.scaling.max}")
    for field in ("paths", "sticky", "spot", "tracing", "volume", "calls", "sends_email"):
        if getattr(service, field):
            raise ValueError(f"{where} must not have {field}, got {getattr(service, field)}: use Fargate")


def _check_smoke_tests(services: tuple[Service, ...], host: SingleHost) -> None:
    if host.smoke_tests is None:
        raise ValueError(
            "host.smoke_tests must say where the tests of a release look: SmokeTests(...), got None"
        )
    doors = [service.name for service in services if service.port is not None]
    for field in ("api", "pages"):
        named = getattr(host.smoke_tests, field)
        if named not in doors:
            raise ValueError(
                f"smoke_tests.{field} must be a service with a port ({', '.join(doors) or 'there is none'}), "
                f"got {named}"
            )


_CHECKS: dict[Platform, Callable[[Service], None]] = {
    "fargate": _check_fargate,
    "app-runner": _check_app_runner,
}
