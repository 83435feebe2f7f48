"""Who did what in the account: every AWS API call, kept where it cannot be changed unnoticed."""

from collections.abc import Sequence
from enum import Enum

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cambium.acknowledge import acknowledge
from config.names import words


class ObjectEvents(Enum):
    """Which uses of a bucket's objects are recorded: AWS bills $0.10 per 100,000 of them."""

    ALL = "reads and writes of objects are recorded by the audit trail"
    WRITES = "writes and deletions of objects are recorded by the audit trail; reads would cost more than say"
    NONE = "the product keeps no audit trail; each service logs its requests"


_LOOP = "the bucket of the records would record itself without end"
_OF_OWN_BUCKET = {
    "AwsSolutions-S1": _LOOP,
    "HIPAA.Security-S3BucketLoggingEnabled": _LOOP,
    "HIPAA.Security-S3DefaultEncryptionKMS": "encrypted with AES-256 by S3",
    "HIPAA.Security-S3BucketReplicationEnabled": "versioned and validated by digest files",
}


class AuditTrail(Construct):
    """A CloudTrail trail of all regions, with digest files that prove nothing was altered.

    Attributes:
        bucket: Where the records are kept.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket_name: str,
        keep_days: int,
        watched_buckets: Sequence[str],
        object_events: ObjectEvents = ObjectEvents.ALL,
        archive_trail_name: str | None = None,
    ) -> None:
        """Define it.

        Args:
            scope: Where it belongs.
            construct_id: Its id.
            bucket_name: Name of the bucket of the records.
            keep_days: Days they are kept, in a bucket of the trail's own.
            watched_buckets: Buckets whose objects' uses are recorded.
            object_events: Which uses.
            archive_trail_name: The bucket is there already and takes records of the trail of this name; see
                ``accept_trail``. None makes a bucket.
        """
        super().__init__(scope, construct_id)
        self.bucket: s3.IBucket = (
            self._define_bucket(bucket_name, keep_days)
            if archive_trail_name is None
            else s3.Bucket.from_bucket_name(self, "Records", bucket_name)
        )
        self._define_trail(archive_trail_name, watched_buckets, object_events)
        acknowledge(
            self,
            {
                **(_OF_OWN_BUCKET if archive_trail_name is None else {}),
                "HIPAA.Security-CloudTrailCloudWatchLogsEnabled": "the records are read from S3; a second "
                "copy in CloudWatch is billed by the gigabyte",
                "HIPAA.Security-CloudTrailEncryptionEnabled": "encrypted with AES-256 by S3",
            },
        )

    def _define_bucket(self, bucket_name: str, keep_days: int) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Records",
            bucket_name=bucket_name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="Lifecycle",
                    expiration=Duration.days(keep_days),
                    noncurrent_version_expiration=Duration.days(30),
                    transitions=[
                        s3.Transition(
                            storage_class=s3.StorageClass.GLACIER, transition_after=Duration.days(90)
                        )
                    ],
                )
            ],
        )

    def _define_trail(
        self, name: str | None, watched_buckets: Sequence[str], object_events: ObjectEvents
    ) -> None:
        trail = cloudtrail.Trail(
            self,
            "Trail",
            bucket=self.bucket,
            trail_name=name,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_file_validation=True,
        )
        if watched_buckets and object_events is not ObjectEvents.NONE:
            writes = object_events is ObjectEvents.WRITES
            trail.add_s3_event_selector(
                [
                    cloudtrail.S3EventSelector(bucket=s3.Bucket.from_bucket_name(self, words(name), name))
                    for name in watched_buckets
                ],
                read_write_type=cloudtrail.ReadWriteType.WRITE_ONLY if writes else None,
            )


def accept_trail(bucket: s3.IBucket, trail_arn: str) -> None:
    """Let one trail write its records into a bucket of the product's own, and nobody else's."""
    cloudtrail_service = iam.ServicePrincipal("cloudtrail.amazonaws.com")
    its_own = {"StringEquals": {"aws:SourceArn": trail_arn}}
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[cloudtrail_service],
            actions=["s3:GetBucketAcl"],
            resources=[bucket.bucket_arn],
            conditions=its_own,
        )
    )
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[cloudtrail_service],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"AWSLogs/{Aws.ACCOUNT_ID}/*")],
            conditions={
                "StringEquals": {**its_own["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}
            },
        )
    )
