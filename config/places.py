"""Regions, zones and addresses of one deployment, and the names that depend on them."""

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from config.aws_limits import BUCKET_NAME_LENGTH
from config.region import Region

if TYPE_CHECKING:
    from config.deployment import Deployment

TWO_ZONES = 2
"""Subnet groups of databases and load balancers span at least so many Availability Zones."""


def check_places(deployment: "Deployment") -> None:
    """Refuse regions that collide with each other or with what they must hold.

    Raises:
        ValueError: names the region, what is allowed and what it has.
    """
    _check_distinct(deployment)
    _check_kept(deployment)
    _check_zones(deployment)
    for position, region in enumerate(deployment.regions):
        _check_addresses(deployment, region, deployment.regions[:position])
        _check_bucket_names(deployment, region)


def _check_distinct(deployment: "Deployment") -> None:
    for field in ("key", "name"):
        words = [getattr(region, field) for region in deployment.regions]
        if len(set(words)) != len(words):
            raise ValueError(f"regions must have {field}s of their own, got {', '.join(words)}")
    _check_recovery(deployment)


def _check_recovery(deployment: "Deployment") -> None:
    serving = [region.name for region in deployment.regions]
    copied = [bucket.name for bucket in deployment.buckets if bucket.replica]
    taken: dict[str, str] = {}
    for region in deployment.regions:
        recovery = deployment.recovery_region_of(region)
        if recovery in serving:
            raise ValueError(f"recovery_region must be a region that serves nobody, got {recovery}")
        if not copied:
            continue
        if recovery is None:
            raise ValueError(
                f"recovery_region of environment {deployment.environment.name} must be given, since bucket "
                f"{copied[0]} has a copy in another region, got None"
            )
        other = taken.setdefault(recovery, region.key)
        if other != region.key:
            raise ValueError(
                f"regions {other} and {region.key} must copy their buckets to recovery regions of their own, "
                f"got {recovery} for both: set recovery_region of the region"
            )


def _check_kept(deployment: "Deployment") -> None:
    keys = [region.key for region in deployment.regions]
    dropped = [region.key for region in deployment.environment.regions if region.key not in keys]
    if dropped:
        raise ValueError(
            f"phase {deployment.phase} must keep region {', '.join(dropped)}, and with it its data, "
            f"got {', '.join(keys)}"
        )


def _check_zones(deployment: "Deployment") -> None:
    zones = deployment.network.zones
    if zones < TWO_ZONES and (deployment.database or deployment.platform == "fargate"):
        raise ValueError(
            f"zones must be at least {TWO_ZONES}: databases and load balancers refuse fewer, got {zones}"
        )
    for region in deployment.regions:
        if len(region.zones) < zones:
            raise ValueError(
                f"region {region.key} must name at least {zones} zones, got {', '.join(region.zones)}"
            )


def _check_addresses(deployment: "Deployment", region: Region, others: tuple[Region, ...]) -> None:
    mine = deployment.network_of(region).cidr
    for other in others:
        theirs = deployment.network_of(other).cidr
        if IPv4Network(mine).overlaps(IPv4Network(theirs)):
            raise ValueError(
                f"cidr of region {region.key} must not overlap that of region {other.key} ({theirs}), "
                f"got {mine}"
            )


def _check_bucket_names(deployment: "Deployment", region: Region) -> None:
    names = [deployment.bucket_name(bucket.name, region.name) for bucket in deployment.buckets]
    names += [deployment.copy_name(bucket, region) or "" for bucket in deployment.buckets]
    for name in names:
        if len(name) > BUCKET_NAME_LENGTH:
            raise ValueError(
                f"the name of bucket {name} must have at most {BUCKET_NAME_LENGTH} characters, "
                f"got {len(name)}: shorten its purpose"
            )
