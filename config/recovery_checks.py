"""Refuses a promise for a bad day that nothing keeps."""

from typing import TYPE_CHECKING

from config.database import AuroraServerless

if TYPE_CHECKING:
    from config.deployment import Deployment


def check_recovery(deployment: "Deployment") -> None:
    """Refuse to promise less loss than the dumps can keep that leave the region, and what nothing measures.

    Raises:
        ValueError: names the promise, what stands against it, and what to change.
    """
    _check_loss(deployment)
    if deployment.environment.production:
        _check_point_in_time(deployment)


def is_measured(deployment: "Deployment") -> bool:
    """Whether the latest moment that RDS could restore to is watched: one was promised, and there are dumps.

    Not that of a cluster which pauses: asleep it uploads nothing, and RDS does not say that it sleeps.
    """
    if deployment.recovery is None or deployment.recovery.point_in_time_minutes is None:
        return False
    if deployment.database is None or not deployment.dumps:
        return False
    pauses = isinstance(deployment.database, AuroraServerless) and deployment.database.pauses_after_seconds
    return not pauses


def _check_point_in_time(deployment: "Deployment") -> None:
    targets = deployment.recovery
    if targets is None or targets.point_in_time_minutes is None or is_measured(deployment):
        return
    pauses = (
        ", that never pauses (min_capacity_acu above 0)" if deployment.database and deployment.dumps else ""
    )
    raise ValueError(
        f"recovery.point_in_time_minutes promises {targets.point_in_time_minutes:g} in environment "
        f"{deployment.environment.name}, where nothing can measure it: give it a database{pauses}, and "
        "dumps, beside which the watch stands, or leave the promise out"
    )


def _check_loss(deployment: "Deployment") -> None:
    """Point-in-time recovery ends with the region, so it does not count here."""
    if deployment.recovery is None or not deployment.dumps:
        return
    copied = {bucket.name for bucket in deployment.buckets if bucket.replica is not None}
    leaving = [dump.hours_between for dump in deployment.dumps if dump.bucket in copied]
    promised = deployment.recovery.loss_hours
    if leaving and min(leaving) <= promised:
        return
    often = f"every {min(leaving)} hours" if leaving else "never"
    names = ", ".join(dict.fromkeys(dump.bucket for dump in deployment.dumps))
    raise ValueError(
        "recovery.loss_hours must be kept when the region is lost, too: a dump of the database leaves it "
        f"{often}, got {promised:g}; give a replica to the bucket of the most frequent dumps (of {names}), "
        "or promise more hours"
    )
