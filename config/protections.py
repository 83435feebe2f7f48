"""What must stay on where real users are."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.deployment import Deployment


def check_protections(deployment: "Deployment") -> None:
    """Refuse a protection that is off in production.

    Raises:
        ValueError: names the field, what is allowed and what it has.
    """
    for field, reason in deployment.opt_outs():
        if deployment.environment.production:
            raise ValueError(
                f"{field} must stay on in production environment {deployment.environment.name}, "
                f"got an opt-out: {reason}"
            )
