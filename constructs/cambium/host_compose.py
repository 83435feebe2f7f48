"""The compose file of a single host: every service with its limits, its health check and its log."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cambium.service_container import service_image_name
from cambium.web_service import ContainerSpec
from config.cache import Cache
from config.host import SingleHost
from config.scaling import HealthCheck
from config.service import Service

SLOTS = ("blue", "green")
FIRST_PORT = {"blue": 10000, "green": 20000}
"""A rolling service listens on loopback, on its own port plus this, so that two releases never meet. Below
what Linux hands out to outgoing connections."""
LOGGING = {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}
"""30 MB of log for each container; CloudWatch has the rest."""
FRONT_DOOR = "front-door"
CACHE = "cache"

Container = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class HostContainers:
    """What the machine runs."""

    system: str
    specs: Sequence[ContainerSpec]
    host: SingleHost
    cache: Cache | None

    @property
    def routes(self) -> dict[str, str]:
        """Host name to the service behind it."""
        return {host: spec.service.name for spec in self.specs for host in spec.service.hosts}


def kind_of(service: Service) -> str:
    """How a release treats it; see ``runtime/host/plan.py``."""
    if service.before_rollout:
        return "once"
    return "worker" if service.port is None else "rolling"


def loopback_port(service: Service, slot: str) -> int:
    """Where the front door finds its container of that slot."""
    return FIRST_PORT[slot] + (service.port or 0)


def compose_file(containers: HostContainers) -> str:
    """The file, as JSON, which is YAML too.

    ``TAG`` is the release, and comes from whoever runs compose.
    """
    services: dict[str, Container] = {FRONT_DOOR: _front_door(containers.host)}
    if containers.cache is not None:
        services[CACHE] = _cache(containers.cache, containers.host)
    for spec in containers.specs:
        services.update(_service(spec))
    return json.dumps({"name": containers.system, "services": services}, indent=1) + "\n"


def _service(spec: ContainerSpec) -> Iterator[tuple[str, Container]]:
    service, base = spec.service, _released(spec)
    match kind_of(service):
        case "once":
            yield service.name, {**base, "profiles": ["once"], "restart": "no"}
        case "worker":
            yield service.name, base
        case _:
            for slot in SLOTS:
                port = f"127.0.0.1:{loopback_port(service, slot)}:{service.port}"
                yield f"{service.name}-{slot}", {**base, "ports": [port]}


def _released(spec: ContainerSpec) -> Container:
    service = spec.service
    found: Container = {
        "image": service_image_name(spec),
        "init": True,
        "environment": {key: value.replace("$", "$$") for key, value in spec.environment.items()},
        **_common(service.cpu, service.memory_mib),
    }
    if spec.secret_keys:
        # Raw: a password with a dollar sign stays what it is.
        found["env_file"] = [{"path": f"/run/host/{service.name}.env", "format": "raw"}]
    if service.command:
        found["command"] = [word.replace("$", "$$") for word in service.command]
    if service.health.command:
        found["healthcheck"] = _health(service.health)
    return found


def _front_door(host: SingleHost) -> Container:
    return {
        "image": host.front_door.image,
        # On the host's own network: it sees visitors' addresses, and finds containers on loopback.
        "network_mode": "host",
        "command": ["nginx", "-c", "/etc/host/nginx.conf", "-g", "daemon off;"],
        "volumes": [
            "/opt/host/door:/etc/host:ro",
            "/data/host:/data/host:ro",
            "/run/host/tls:/run/host/tls:ro",
        ],
        **_common(host.front_door.cpu, host.front_door.memory_mib),
    }


def _cache(cache: Cache, host: SingleHost) -> Container:
    # A queue that forgets under pressure loses work, so it refuses instead.
    most = f"{host.cache.memory_mib * 3 // 4}mb"
    return {
        "image": host.cache.image,
        "command": [f"{cache.engine}-server", "--maxmemory", most, "--maxmemory-policy", "noeviction"],
        "volumes": ["/data/cache:/data"],
        "healthcheck": {
            "test": ["CMD", f"{cache.engine}-cli", "ping"],
            "interval": "10s",
            "timeout": "5s",
            "retries": 5,
        },
        **_common(host.cache.cpu, host.cache.memory_mib),
    }


def _common(cpu: int, memory_mib: int) -> Container:
    return {
        "restart": "always",
        "logging": LOGGING,
        "security_opt": ["no-new-privileges:true"],
        "deploy": {"resources": {"limits": {"cpus": f"{cpu / 1024:g}", "memory": f"{memory_mib}M"}}},
    }


def _health(health: HealthCheck) -> Container:
    return {
        "test": list(health.command),
        "interval": f"{health.interval_seconds}s",
        "timeout": f"{health.timeout_seconds}s",
        "retries": health.unhealthy_threshold,
        "start_period": f"{health.grace_seconds}s",
    }
