"""Rotation of passwords: whether names leave room for the second login, and the hour it happens at."""

from typing import TYPE_CHECKING

from config.schedule import DAYS, Weekly

if TYPE_CHECKING:
    from config.deployment import Deployment

ALTERNATE = "_alternate"
"""Ends the name of the second login of a role (``runtime/connection_secrets/alternates.py``)."""
LONGEST_NAME = 63
"""PostgreSQL cuts off what is longer."""
QUIET_HOUR = 3


def check_rotation(deployment: "Deployment") -> None:
    """Refuse a rotation of nothing, and roles whose second login could not have its name.

    Raises:
        ValueError: names the role, what is allowed and what to do.
    """
    if deployment.secret_rotation_days is None:
        return
    if deployment.database is None:
        raise ValueError(
            "secret_rotation_days needs a database whose passwords rotate: leave it out, or describe a "
            f"database, got {deployment.secret_rotation_days} and no database"
        )
    names = {role.name for role in deployment.database.roles}
    for name in sorted(names):
        if len(name + ALTERNATE) > LONGEST_NAME:
            raise ValueError(
                f"with secret_rotation_days a role's name must be {LONGEST_NAME - len(ALTERNATE)} characters "
                f"at most, since its second login is called {name}{ALTERNATE}, got {len(name)}"
            )
        if name + ALTERNATE in {*names, deployment.database.master_username}:
            raise ValueError(
                f"with secret_rotation_days no role must be called {name}{ALTERNATE}, the second login of "
                f"{name}, got one: rename it"
            )


def rotation_hour(deployment: "Deployment") -> tuple[Weekly, str]:
    """When the daily run is, and in which time zone: at night, or while a database that sleeps is awake."""
    schedule = deployment.environment.schedule
    if schedule is None:
        return Weekly(DAYS, QUIET_HOUR, 0), "UTC"
    days, hour, minute = schedule.wakes
    # An hour after waking began: RDS promises no time, and ``wake`` itself may be later.
    return Weekly(days, (hour + 1) % 24, minute), schedule.time_zone
