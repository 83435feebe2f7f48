"""The picture in words: its title line, and the description for those who do not see it."""

from collections.abc import Iterator

from config.database import Database
from config.deployment import Deployment
from ops.picture.words import PLATFORMS, count


def heading(deployment: Deployment) -> tuple[str, str]:
    """Which environment of which system; phase and platform."""
    platform = PLATFORMS[deployment.platform]
    return (
        f"{deployment.system} {deployment.environment.name}",
        f"Phase {deployment.phase}: {deployment.phase_title} · {platform}",
    )


def title(deployment: Deployment) -> str:
    """Both in one line."""
    return ", ".join(heading(deployment))


def description(deployment: Deployment) -> str:
    """Everything that the picture shows of who may talk to whom, as sentences."""
    return " ".join(_sentences(deployment))


def _sentences(deployment: Deployment) -> Iterator[str]:
    places = ", ".join(region.name for region in deployment.regions)
    names = ", ".join(service.name for service in deployment.services)
    yield f"{count(len(deployment.services), 'service')} in {places}: {names}."
    database = deployment.database
    if database is not None:
        kind = (
            f"on db.{database.instance_class}" if isinstance(database, Database) else "on Aurora Serverless"
        )
        copies = count(deployment.replicas, "read replica")
        yield f"One PostgreSQL {database.version} database {kind}, {copies}."
    if deployment.cache is not None:
        yield f"A cache, {deployment.cache.engine} {deployment.cache.version}."
    rules = "; ".join(f"{rule.source} to {rule.target} on port {rule.port}" for rule in deployment.access)
    yield f"Who may open a connection to whom: {rules}. Everything else is closed."
