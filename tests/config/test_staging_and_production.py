"""Staging of RestartiX on Fargate differs from production by what is listed here, and by nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.catalog import load_system
from config.deployment import Deployment

ROOT = Path(__file__).parents[2]
AS_WRITTEN = "environment.changes"
"""How staging is written down; what comes of it are the other fields."""
APPS = ("core-api", "telemetry-api", "clinic", "portal", "console")


def of(services: tuple[str, ...], *fields: str) -> set[str]:
    return {f"services.{name}.{field}" for name in services for field in fields}


ROWS = {
    "Database": {
        *(f"database.{field}" for field in ("kind", "version", "instance_class", "multi_az")),
        *(f"database.{field}" for field in ("min_capacity_acu", "max_capacity_acu", "pause_after_seconds")),
    },
    "Database backup retention": {"database.backup_days"},
    "Compute pricing": of(APPS, "spot"),
    "AZ posture": {"pool.tasks"},
    "NAT": {f"network.nat.{field}" for field in ("kind", "count", "instance_type", "image_id")},
    "Auto-scaling bounds": {
        *of(("core-api", "telemetry-api", "clinic", "portal"), "scaling.min", "scaling.max"),
    },
    "Cache replica": {"cache.replicas"},
    "Log retention": {"log_days", "environment.log_days"},
    "Cost target": {
        *("monthly_budget_usd", "environment.monthly_budget_usd"),
        *("environment.usage.custom_metrics", "environment.usage.logs_gb"),
    },
}
"""Fields by the row of the document's table, "What changes between staging and production"."""

ELSEWHERE = {
    "core API at half the size, two pools of 5": of(
        ("core-api",), "cpu", "memory_mib", "database_pool", "environment.DB_POOL_MAX"
    ),
}
"""By what other tables of the document say of staging."""

REASONS = {
    "they are two environments, in accounts of their own": {
        *("environment.name", "environment.account", "environment.production"),
        *of(APPS, "environment.APP_ENV", "hosts"),
    },
    "an instance has them, and Aurora Serverless does not": {
        *(f"database.{field}" for field in ("iops", "read_replicas", "work_mem_mib")),
        *(f"database.{field}" for field in ("storage_gib", "max_storage_gib", "storage_alarm_percent")),
        *(f"database.{field}" for field in ("insights", "enhanced_monitoring_seconds")),
    },
    "a paused database takes its time to wake": {"pool.connect_seconds", "pool.wait_seconds"},
    "one task is replaced by starting a second": of(("core-api",), "scaling.rollout_percent"),
    "less than $100, which these would exceed": {
        *("pool.door", "environment.container_insights"),
        *(f"environment.outside_checks.{field}" for field in ("reason", "interval_seconds", "services")),
    },
    "developers enter the services' tasks in staging, and nobody in production": {"environment.shell_access"},
}
"""What the document does not list, with the reason."""

CHOSEN = {
    "door": "pool.door",
    "container_insights": "environment.container_insights",
    "outside_checks": "environment.outside_checks.reason",
    "shell_access": "environment.shell_access",
}
"""Choices of ours, which the README has to name."""


def resolved(name: str) -> Deployment:
    return load_system("restartix-fargate").resolve(name, 1)


def differences(one: object, other: object, path: str = "") -> Iterator[str]:
    """Paths of the fields that differ, or that one of the two does not have."""
    mine, theirs = by_name(one), by_name(other)
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in mine.keys() | theirs.keys():
            below = f"{path}.{key}" if path else str(key)
            if (key in mine) != (key in theirs):
                yield below
            else:
                yield from differences(mine[key], theirs[key], below)
    elif mine != theirs:
        yield path


def by_name(value: object) -> Any:
    """A list of things that have names, by name, so that a path says which."""
    named = isinstance(value, list | tuple) and all(isinstance(one, dict) and "name" in one for one in value)
    return {one["name"]: one for one in value} if named and value else value  # type: ignore[attr-defined]


def found(staging: Deployment, production: Deployment) -> set[str]:
    return {
        path
        for path in differences(staging.model_dump(), production.model_dump())
        if not path.startswith(AS_WRITTEN)
    }


def listed() -> list[str]:
    return [path for table in (ROWS, ELSEWHERE, REASONS) for fields in table.values() for path in fields]


def test_b5_b6_staging_differs_from_production_by_the_table_and_the_reasons_here_alone() -> None:
    there = found(resolved("staging"), resolved("production"))

    assert sorted(there - set(listed())) == [], "new: a row of the document, or a reason"
    assert sorted(set(listed()) - there) == [], "the same in both by now: take it off the list"
    assert len(listed()) == len(set(listed())), "each has one reason"


def test_a_new_difference_would_be_found() -> None:
    staging, production = resolved("staging"), resolved("production")
    first, *rest = staging.services
    slower = first.model_copy(update={"stop_seconds": first.stop_seconds + 1})

    more = found(staging.model_copy(update={"services": (slower, *rest), "hipaa": False}), production)
    fewer = found(staging.model_copy(update={"services": tuple(rest)}), production)

    assert more - set(listed()) == {"services.core-api.stop_seconds", "hipaa"}
    assert "services.core-api" in fewer


def test_the_readme_names_the_differences_that_the_document_does_not() -> None:
    text = (ROOT / "README.md").read_text()
    section = text.split("## Where the RestartiX-on-Fargate document", 1)[1].split("\n## ", 1)[0]

    assert set(CHOSEN.values()) <= set(listed())
    assert [name for name in CHOSEN if f"`{name}`" not in section] == []
