"""The buckets of a deployment that hold data: the product's, their copies, and those of records."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.deployment import Deployment


def every_bucket(deployment: "Deployment") -> Iterator[str]:
    """Physical names of all of them."""
    for region in deployment.regions:
        for bucket in deployment.buckets:
            yield deployment.bucket_name(bucket.name, region.name)
            copy = deployment.copy_name(bucket, region)
            if copy is not None:
                yield copy
    yield from _of_records(deployment)


def _of_records(deployment: "Deployment") -> Iterator[str]:
    for region, shard in deployment.shards():
        if deployment.rehearses_restores:
            yield deployment.drills_bucket(region, shard)
    if deployment.tenants is not None:
        yield from (deployment.moves_bucket(region) for region in deployment.regions)
