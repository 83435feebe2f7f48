"""Who may take backups: write them, never read them, and make snapshots."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.acknowledge import acknowledge


class BackupIdentity(Construct):
    """The role of backup jobs.

    Attributes:
        role: May put objects into the backup bucket, read the one encryption key, and snapshot the one
            database. It can read no backup and delete nothing.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket_names: Sequence[str],
        encryption_key: secretsmanager.ISecret,
        database_arn: str,
        snapshot_action: str,
        snapshot_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            description="Backup jobs: put backups, read their encryption key, snapshot the database",
            assumed_by=iam.CompositePrincipal(
                iam.ServicePrincipal("ecs-tasks.amazonaws.com"), iam.ServicePrincipal("lambda.amazonaws.com")
            ),
        )
        self.role.add_to_policy(
            iam.PolicyStatement(
                # The parts of an upload it gives up; nothing that is complete.
                actions=["s3:PutObject", "s3:AbortMultipartUpload"],
                resources=[f"arn:{Aws.PARTITION}:s3:::{name}/*" for name in bucket_names],
            )
        )
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=["secretsmanager:GetSecretValue"], resources=[encryption_key.secret_arn]
            )
        )
        self.role.add_to_policy(
            iam.PolicyStatement(actions=[snapshot_action], resources=[database_arn, snapshot_arn])
        )
        snapshots = snapshot_arn.replace(Aws.PARTITION, "<AWS::Partition>")
        acknowledge(
            self.role,
            {
                **{
                    f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::{name}/*]": "objects "
                    "of a bucket for backups, under names the job chooses"
                    for name in bucket_names
                },
                f"AwsSolutions-IAM5[Resource::{snapshots}]": "RDS authorises the name of a new snapshot",
            },
        )
