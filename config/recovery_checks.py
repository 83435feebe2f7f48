"""Refuses a promise for a bad day that nothing keeps."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.deployment import Deployment


def check_recovery(deployment: "Deployment") -> None:
    """Refuse to promise less loss than the dumps that leave the region can keep.

    Point-in-time recovery ends with the region, so it does not count here.

    Raises:
        ValueError: names the promise, how often a dump leaves, and what to change.
    """
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
