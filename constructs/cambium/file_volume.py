"""Files of one service on EFS: encrypted, reachable over TLS with IAM only, backed up every day."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_backup as backup
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from cambium.acknowledge import acknowledge
from config import storage as model

OWNER = "1000"
"""User and group that everything in it belongs to, whoever the program runs as."""
BACKUP_HOUR = 3
"""UTC."""
USE = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")


class FileVolume(Construct):
    """A file system with one access point, and its own backup plan.

    It is never deleted with its stack, and neither are its backups. It opens no port: ``security_group``
    says who may connect.

    Attributes:
        file_system: The file system.
        access_point: The one way in, to one folder as one user.
        mount_path: Where the service finds the files.
        vault: What its backups are kept in.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        name: str,
        config: model.Volume,
    ) -> None:
        super().__init__(scope, construct_id)
        self.mount_path = config.mount_path
        self.file_system = efs.FileSystem(
            self,
            "Files",
            vpc=vpc,
            vpc_subnets=subnets,
            security_group=security_group,
            encrypted=True,
            # A search reads in bursts; what is not read is not paid for.
            throughput_mode=efs.ThroughputMode.ELASTIC,
            # The plan below says how long backups are kept; EFS's own would keep a second set.
            enable_automatic_backups=False,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            # Else CDK lets everybody write who may mount. The policy here allows nobody.
            allow_anonymous_access=True,
            file_system_policy=iam.PolicyDocument(statements=[_tls_only()]),
        )
        self.access_point = self.file_system.add_access_point(
            "Door",
            path="/files",
            create_acl=efs.Acl(owner_uid=OWNER, owner_gid=OWNER, permissions="750"),
            posix_user=efs.PosixUser(uid=OWNER, gid=OWNER),
        )
        self.vault = backup.BackupVault(
            self,
            "Vault",
            backup_vault_name=name,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        self._define_plan(config.backup_days)

    def _define_plan(self, days: int) -> None:
        plan = backup.BackupPlan(self, "Plan", backup_vault=self.vault)
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="daily",
                schedule_expression=events.Schedule.cron(hour=str(BACKUP_HOUR), minute="0"),
                start_window=Duration.hours(1),
                completion_window=Duration.hours(4),
                delete_after=Duration.days(days),
            )
        )
        chosen = plan.add_selection(
            "Files", resources=[backup.BackupResource.from_efs_file_system(self.file_system)]
        )
        role = chosen.grant_principal
        assert isinstance(role, Construct)  # noqa: S101 - narrows jsii's type
        acknowledge(
            role,
            {
                "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                "AWSBackupServiceRolePolicyForBackup]": "AWS's own policy for AWS Backup; the selection "
                "names one file system"
            },
        )

    def for_ecs(self) -> ecs.EfsVolumeConfiguration:
        """The volume as a task definition has it."""
        return ecs.EfsVolumeConfiguration(
            file_system_id=self.file_system.file_system_id,
            transit_encryption="ENABLED",
            authorization_config=ecs.AuthorizationConfig(
                access_point_id=self.access_point.access_point_id, iam="ENABLED"
            ),
        )

    def allow(self, role: iam.IRole) -> None:
        """Let ``role`` mount and write the files, by the access point only."""
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=list(USE),
                resources=[self.file_system.file_system_arn],
                conditions={
                    "StringEquals": {"elasticfilesystem:AccessPointArn": self.access_point.access_point_arn}
                },
            )
        )


def _tls_only() -> iam.PolicyStatement:
    # A policy that allows nobody takes away the default, which is everybody in the network.
    return iam.PolicyStatement(
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=[*USE, "elasticfilesystem:ClientRootAccess"],
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
