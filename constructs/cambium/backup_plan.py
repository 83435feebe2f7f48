"""Daily snapshots of one volume by AWS Backup, with a role that can do nothing else."""

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_backup as backup
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from cambium.wildcards import acknowledge_wildcards

HOUR = 5
"""UTC: after the dumps of the database, so that a bad night shows in one place."""


class BackupPlan(Construct):
    """A vault, a plan and the one volume that it is about.

    The vault stays when its stack goes, and AWS refuses to delete it while it holds anything.

    Attributes:
        vault: Where recovery points are.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, volume_id: str, keep_days: int
    ) -> None:
        super().__init__(scope, construct_id)
        self.vault = backup.BackupVault(
            self,
            "Vault",
            backup_vault_name=name,
            removal_policy=RemovalPolicy.RETAIN,
            block_recovery_point_deletion=True,
        )
        plan = backup.BackupPlan(
            self,
            "Plan",
            backup_plan_name=name,
            backup_plan_rules=[
                backup.BackupPlanRule(
                    rule_name="daily",
                    backup_vault=self.vault,
                    schedule_expression=events.Schedule.cron(hour=str(HOUR), minute="0"),
                    delete_after=Duration.days(keep_days),
                )
            ],
        )
        volume = f"arn:{Aws.PARTITION}:ec2:{Aws.REGION}:{Aws.ACCOUNT_ID}:volume/{volume_id}"
        plan.add_selection(
            "Volume",
            backup_selection_name="volume",
            resources=[backup.BackupResource.from_arn(volume)],
            role=self._define_role(volume),
            disable_default_backup_policy=True,
        )

    @property
    def failed(self) -> cloudwatch.Metric:
        """Jobs of the vault that failed, each day."""
        return self._metric("NumberOfBackupJobsFailed")

    @property
    def completed(self) -> cloudwatch.Metric:
        """Jobs of the vault that succeeded, each day; silence is a day without one."""
        return self._metric("NumberOfBackupJobsCompleted")

    def _metric(self, name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/Backup",
            metric_name=name,
            dimensions_map={"BackupVaultName": self.vault.backup_vault_name},
            statistic="Sum",
            period=Duration.days(1),
        )

    def _define_role(self, volume: str) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            description="AWS Backup: snapshots of one volume, and their deletion when they are old",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
        )
        snapshots = f"arn:{Aws.PARTITION}:ec2:{Aws.REGION}::snapshot/*"
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["ec2:CreateSnapshot", "ec2:CreateTags"], resources=[volume, snapshots]
            )
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["ec2:DeleteSnapshot", "ec2:ModifySnapshotAttribute"],
                resources=[snapshots],
                # AWS Backup writes this tag on what it makes, and on nothing else.
                conditions={"Null": {"aws:ResourceTag/aws:backup:source-resource": "false"}},
            )
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=[
                    "ec2:DescribeSnapshots",
                    "ec2:DescribeTags",
                    "ec2:DescribeVolumes",
                    "tag:GetResources",
                ],
                resources=["*"],
            )
        )
        acknowledge_wildcards(
            role,
            {
                snapshots: "a snapshot has no name before it is made; deletion is bound to a tag",
                "*": "descriptions take no resource",
            },
        )
        return role
