"""Who may back up a shard."""

from aws_cdk import Aws, CfnOutput
from constructs import Construct

from cambium.backup_identity import BackupIdentity
from config.deployment import Deployment
from config.region import Region, Shard
from stacks.base import CambiumStack
from stacks.data import DataStack


class BackupStack(CambiumStack):
    """The role of backup jobs: least privilege, for one database and one bucket."""

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        region: Region,
        shard: Shard,
        data: DataStack,
    ) -> None:
        super().__init__(
            scope,
            "backup",
            deployment=deployment,
            region=region,
            shard=shard,
            description="The role of backup jobs",
        )
        bucket = deployment.backed_up_bucket
        if bucket is None or data.database is None or data.backup_secret is None:
            raise ValueError(f"{deployment.system} has nothing to back up")
        identity = BackupIdentity(
            self,
            "Identity",
            bucket_name=deployment.bucket_name(bucket, region.name),
            encryption_key=data.backup_secret,
            database_arn=data.database.arn,
            snapshot_action=data.database.snapshot_action,
            # Snapshots do not exist yet when the role is made; RDS authorises their names too.
            snapshot_arn=f"arn:{Aws.PARTITION}:rds:{region.name}:{deployment.environment.account}:"
            f"{data.database.snapshot_resource}:{deployment.system}-*",
        )
        CfnOutput(self, "BackupRole", value=identity.role.role_arn, description="Role of backup jobs")
