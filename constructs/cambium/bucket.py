"""A private S3 bucket: encrypted, versioned, TLS only, never deleted with its stack."""

from aws_cdk import Aws, CfnElement, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.audit_trail import ObjectEvents
from config import storage as model


class PrivateBucket(Construct):
    """One bucket of a region, with a copy in the recovery region where the configuration names one.

    Attributes:
        bucket: The bucket.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket_name: str,
        config: model.Bucket,
        replica_name: str | None = None,
        recorded: ObjectEvents = ObjectEvents.ALL,
    ) -> None:
        super().__init__(scope, construct_id)
        replica = s3.Bucket.from_bucket_name(self, "Replica", replica_name) if replica_name else None
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=bucket_name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            object_lock_default_retention=_lock(config),
            lifecycle_rules=[_lifecycle(config)],
            replication_rules=[s3.ReplicationRule(destination=replica, priority=1)] if replica else None,
        )
        if replica_name:
            self._acknowledge_replication(replica_name)
        key = "encrypted with AES-256 by S3; the design asks for no key of its own"
        acknowledge(
            self.bucket,
            {
                "AwsSolutions-S1": recorded.value,
                "HIPAA.Security-S3BucketLoggingEnabled": recorded.value,
                "HIPAA.Security-S3DefaultEncryptionKMS": key,
            },
        )
        if replica_name is None:
            without = "only what the configuration names has a copy elsewhere; versions bring back the rest"
            acknowledge(self.bucket, {"HIPAA.Security-S3BucketReplicationEnabled": without})

    def _acknowledge_replication(self, replica_name: str) -> None:
        resource = self.bucket.node.default_child
        assert isinstance(resource, CfnElement)  # noqa: S101 - narrows jsii's type
        logical_id = Stack.of(self).get_logical_id(resource)
        every = "S3 replicates each object of this bucket to that one"
        acknowledge(
            self.bucket,
            {
                f"AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/*]": every,
                f"AwsSolutions-IAM5[Resource::arn:aws:s3:::{replica_name}/*]": every,
            },
        )


def allow_objects(role: iam.IRole, bucket_name: str) -> None:
    """Let ``role`` read and write the objects of a bucket, and neither list nor delete them."""
    objects = f"arn:{Aws.PARTITION}:s3:::{bucket_name}/*"
    role.add_to_principal_policy(
        iam.PolicyStatement(actions=["s3:GetObject", "s3:PutObject"], resources=[objects])
    )
    acknowledge(
        role,
        {
            f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{bucket_name}/*]": "objects of the one "
            "bucket, under names the application chooses"
        },
    )


def _lock(config: model.Bucket) -> s3.ObjectLockRetention | None:
    # Governance, not compliance: compliance mode cannot be undone by anybody, not even to mend a mistake.
    return s3.ObjectLockRetention.governance(Duration.days(config.lock_days)) if config.lock_days else None


def _lifecycle(config: model.Bucket) -> s3.LifecycleRule:
    return s3.LifecycleRule(
        id="Lifecycle",
        abort_incomplete_multipart_upload_after=Duration.days(7),
        noncurrent_version_expiration=Duration.days(config.keep_old_versions_days),
        expiration=Duration.days(config.expire_after_days) if config.expire_after_days else None,
        transitions=[
            s3.Transition(
                storage_class=s3.StorageClass(step.storage_class),
                transition_after=Duration.days(step.after_days),
            )
            for step in config.transitions
        ]
        or None,
    )
