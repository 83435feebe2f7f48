"""The resolved configuration as JSON, so that the JavaScript app builds from the same numbers as ours."""

import json
from pathlib import Path
from typing import Any

from config.catalog import load_system
from config.database import Database
from config.deployment import Deployment
from config.system import System

_MEMORY = ("memory_mib", "shared_buffers_mib", "effective_cache_size_mib", "maintenance_work_mem_mib")


def compared(system: System) -> System:
    """The product without its dumps and restore drills, which are not written twice to be compared."""
    return system.model_copy(update={"dumps": (), "recovery": None})


def write(path: Path, system: str, environment: str) -> None:
    """Resolve an environment and write what the JavaScript app needs to know of it."""
    deployment = compared(load_system(system)).resolve(environment, None)
    path.write_text(json.dumps(describe(deployment), indent=2) + "\n")


def describe(deployment: Deployment) -> dict[str, Any]:
    """The configuration, and what it computes, as plain values."""
    described: dict[str, Any] = deployment.model_dump(mode="json")
    described["access"] = [rule.model_dump() for rule in deployment.access]
    described["subnets"] = [
        subnet.model_dump() for subnet in deployment.network_of(deployment.home).subnets()
    ]
    described["job_group"] = deployment.job_group
    described["runbooks"] = deployment.runbook_url("page").removesuffix("/page.md")
    if isinstance(deployment.database, Database):
        described["database"] |= {name: getattr(deployment.database, name) for name in _MEMORY}
    return described
