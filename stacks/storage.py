"""Buckets of a region, and their copies in the recovery region."""

from constructs import Construct

from cambium.arn import arn
from cambium.audit_trail import accept_trail
from cambium.bucket import PrivateBucket
from config.deployment import Deployment
from config.names import words
from config.region import Region
from stacks.audit import object_events, trail_name
from stacks.base import CambiumStack


class RecoveryStack(CambiumStack):
    """What must survive the loss of the region that serves.

    Attributes:
        buckets: Copies by name.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment, region: Region) -> None:
        super().__init__(
            scope,
            "recovery",
            deployment=deployment,
            region=region,
            region_name=deployment.recovery_region_of(region),
            description=f"Copies of the backups of {region.name}",
        )
        self.buckets = {
            bucket.replica: PrivateBucket(
                self,
                words(bucket.replica),
                bucket_name=copy_name,
                # A copy keeps what the original keeps, as long, and is locked like it.
                config=bucket.model_copy(update={"name": bucket.replica, "replica": None}),
                recorded=object_events(deployment),
            )
            for bucket in deployment.buckets
            if bucket.replica and (copy_name := deployment.copy_name(bucket, region))
        }


class StorageStack(CambiumStack):
    """Every bucket of a region.

    Attributes:
        buckets: By name.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment, region: Region) -> None:
        super().__init__(scope, "storage", deployment=deployment, region=region, description="Buckets")
        self.buckets = {
            bucket.name: PrivateBucket(
                self,
                words(bucket.name),
                bucket_name=deployment.bucket_name(bucket.name, region.name),
                config=bucket,
                replica_name=deployment.copy_name(bucket, region),
                recorded=object_events(deployment),
            )
            for bucket in deployment.buckets
        }
        if deployment.audit_bucket is not None and region == deployment.home:
            name = trail_name(deployment)
            accept_trail(self.buckets[deployment.audit_bucket].bucket, arn("cloudtrail", f"trail/{name}"))
