"""What each platform can run; a shape that it refuses is refused here, before a deployment has begun."""

from collections.abc import Callable

from config.aws_limits import APP_RUNNER_MEMORY_MIB, FARGATE_MEMORY_MIB, INSTANCE_MEMORY_GIB, nearest_memory
from config.environment import Platform
from config.host import SingleHost
from config.scaling import HealthCheck
from config.service import Service

APP_RUNNER_SECONDS = 20
"""The longest interval and timeout of an App Runner health check."""

TARGET_THRESHOLD = 10
"""The most answers in a row that a load balancer waits for."""


def check_platform(platform: Platform, services: tuple[Service, ...], host: SingleHost | None) -> None:
    """Refuse what ``platform`` cannot run.

    Raises:
        ValueError: names the service, what is allowed and what it has.
    """
    if (platform == "host") != (host is not None):
        raise ValueError(
            'platform must be "host" exactly where the system has a host: '
            f"got platform {platform!r} and {'a' if host else 'no'} host"
        )
    if host is not None:
        _check_host(services, host)
        return
    for service in services:
        _CHECKS[platform](service)


def _check_fargate(service: Service) -> None:
    _check_size(service, "Fargate", FARGATE_MEMORY_MIB)
    if service.public and service.port is not None:
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


def _check_host(services: tuple[Service, ...], host: SingleHost) -> None:
    memory = INSTANCE_MEMORY_GIB[host.instance_type] * 1024
    taken = sum(service.memory_mib for service in services)
    if taken >= memory:
        raise ValueError(
            f"memory_mib of all services must stay below the {memory} of a {host.instance_type}, got {taken}"
        )
    groups = sorted({service.group for service in services})
    if len(groups) > 1:
        raise ValueError(f"services on one host must share one group, got {', '.join(groups)}")


_CHECKS: dict[Platform, Callable[[Service], None]] = {
    "fargate": _check_fargate,
    "app-runner": _check_app_runner,
}
