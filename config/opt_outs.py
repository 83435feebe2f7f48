"""The protections that a deployment does without, each with the reason that somebody wrote down."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from config.values import OptOut

if TYPE_CHECKING:
    from config.deployment import Deployment


def opt_outs(deployment: "Deployment") -> Iterator[tuple[str, str]]:
    """Every protection that is off, by its field, with its reason."""
    environment, database, cache = deployment.environment, deployment.database, deployment.cache
    choices = {
        "alarms": environment.alarms,
        "outside_checks": environment.outside_checks,
        "container_insights": environment.container_insights,
        "database.deletion_protection": database and database.deletion_protection,
        "cache.transit_encryption": cache and cache.transit_encryption,
        "tenants.exports": deployment.tenants and deployment.tenants.exports,
    }
    for field, choice in choices.items():
        if isinstance(choice, OptOut):
            yield field, choice.reason
    for left_out in deployment.edge.firewall.off if deployment.edge.firewall else ():
        yield f"edge.firewall.{left_out.rule}", left_out.reason
