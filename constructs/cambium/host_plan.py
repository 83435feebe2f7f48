"""What the program on a single host is told: services, secrets, tests and patience, as one JSON file."""

import json
from dataclasses import dataclass
from typing import Any

from cambium.host_compose import FRONT_DOOR, SLOTS, HostContainers, kind_of, loopback_port
from cambium.web_service import ContainerSpec
from config.host import SmokeTests
from config.service import Service

POLL_SECONDS = 5
STOP_SECONDS = 30
"""A container that ignores SIGTERM is killed after so long."""


@dataclass(frozen=True, kw_only=True)
class HostSecrets:
    """Names of the secrets that the machine reads, and the keys in them."""

    services: dict[str, str]
    """Service to the name of its secret."""
    front_door: str
    front_door_keys: tuple[str, ...]
    registry: str | None
    """None where images can be had without a login."""
    registry_keys: tuple[str, ...]


def plan_file(containers: HostContainers, secrets: HostSecrets, *, region: str, namespace: str) -> str:
    """The plan. ``runtime/host/plan.py`` reads it."""
    host = containers.host
    steady = [FRONT_DOOR, *(["cache"] if containers.cache else [])]
    return (
        json.dumps(
            {
                "system": containers.system,
                "region": region,
                "namespace": namespace,
                "services": [
                    *({"name": name, "kind": "steady"} for name in steady),
                    *(_service(spec.service) for spec in containers.specs),
                ],
                "timing": {
                    "health": host.health_seconds,
                    "poll": POLL_SECONDS,
                    "drain": host.drain_seconds,
                    "stop": STOP_SECONDS,
                },
                "smoke": _smoke(containers, host.smoke_tests),
                "secrets": [
                    *(_secret(spec, secrets) for spec in containers.specs if spec.secret_keys),
                    *_own(secrets),
                ],
                "registry": _registry(containers) if secrets.registry else "",
            },
            indent=1,
        )
        + "\n"
    )


def _service(service: Service) -> dict[str, Any]:
    told: dict[str, Any] = {"name": service.name, "kind": kind_of(service)}
    if told["kind"] == "rolling":
        told["health_path"] = service.health.path
        told["ports"] = [loopback_port(service, slot) for slot in SLOTS]
    return told


def _smoke(containers: HostContainers, smoke: SmokeTests | None) -> dict[str, Any]:
    if smoke is None:
        raise ValueError("a host needs smoke_tests")
    services = {spec.service.name: spec.service for spec in containers.specs}
    return {
        "api_host": services[smoke.api].hosts[0],
        "health_path": services[smoke.api].health.path,
        "login_path": smoke.login_path,
        "refresh_path": smoke.refresh_path,
        "patients_path": smoke.records_path,
        "pages_host": services[smoke.pages].hosts[0],
        "pages_service": smoke.pages,
        "certificate_days": smoke.certificate_days,
    }


def _secret(spec: ContainerSpec, secrets: HostSecrets) -> dict[str, Any]:
    name = spec.service.name
    return {"secret": secrets.services[name], "file": f"{name}.env", "keys": list(spec.secret_keys)}


def _own(secrets: HostSecrets) -> list[dict[str, Any]]:
    found = [(secrets.front_door, f"{FRONT_DOOR}.json", secrets.front_door_keys)]
    if secrets.registry is not None:
        found.append((secrets.registry, "registry.json", secrets.registry_keys))
    return [{"secret": name, "file": file, "keys": list(keys)} for name, file, keys in found]


def _registry(containers: HostContainers) -> str:
    """Where the images of a release come from."""
    names = {spec.service.image.partition("/")[0] for spec in containers.specs if spec.service.image}
    return names.pop() if len(names) == 1 else ""
