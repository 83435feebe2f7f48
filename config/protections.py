"""What must stay on where real users are, and what must not keep an idle database awake."""

from typing import TYPE_CHECKING

from config.database import AuroraServerless

if TYPE_CHECKING:
    from config.deployment import Deployment


def check_protections(deployment: "Deployment") -> None:
    """Refuse a protection that is off in production, and a pause that can never come.

    Raises:
        ValueError: names the field, what is allowed and what it has.
    """
    for field, reason in deployment.opt_outs():
        if deployment.environment.production:
            raise ValueError(
                f"{field} must stay on in production environment {deployment.environment.name}, "
                f"got an opt-out: {reason}"
            )
    _check_pause(deployment)


def _check_pause(deployment: "Deployment") -> None:
    database, pool = deployment.database, deployment.pool
    pauses = database.pauses_after_seconds if isinstance(database, AuroraServerless) else None
    if pool is not None and pauses is not None and pool.server_idle_seconds >= pauses:
        raise ValueError(
            f"pool.server_idle_seconds must be below the {pauses} after which the database pauses, "
            f"got {pool.server_idle_seconds}: a held connection keeps it awake"
        )
