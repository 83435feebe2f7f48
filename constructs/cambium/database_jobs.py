"""Dumps of a database on a schedule, and the task that brings one back, as one-off Fargate tasks."""

from collections.abc import Mapping, Sequence

from aws_cdk import CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.backups import Backup, Target, allow_reading
from cambium.lambda_code import ROOT
from cambium.measured_cluster import measured_cluster
from cambium.task_container import SecretValue, TaskContainer
from cambium.task_definition import define_task
from config.operator_keys import BACKUP_KEY
from config.recovery import DatabaseDump
from config.service import LONGEST_STOP_SECONDS
from config.watching import ContainerInsights

CONTAINER = "database-job"
EVERY_TENANT = "EVERY_TENANT_SETTING"
"""Tells a job how the owner of tables sees every tenant, should row-level security be forced on it."""
CPU, MEMORY_MIB = 1024, 2048
"""pg_dump compresses on one core; the program itself stays below 200 MB for a database of any size."""
RETRIES, RETRY_MINUTES = 2, 60


class DatabaseJobs(Construct):
    """One image of ``runtime/database`` and ``runtime/moving``, in a cluster that every platform has alike.

    A dump is started by EventBridge Scheduler, with few retries; whether one *happened* is not for the task
    to say: ``RecoveryWatch`` looks into the bucket. Restoring is for people and drills: nothing here starts
    it.

    Attributes:
        cluster: Where the tasks run; between two of them it costs nothing.
        schedules: The group of schedules, whose failed starts can be counted.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        target: Target,
        encryption_key: secretsmanager.ISecret,
        log_days: int,
        insights: ContainerInsights,
        every_tenant_setting: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._every_tenant = every_tenant_setting
        self._subnets, self._security_group = subnets, security_group
        self._target, self._key, self._log_days = target, encryption_key, log_days
        self.cluster = measured_cluster(self, "Cluster", vpc=vpc, insights=insights)
        self.schedules = scheduler.ScheduleGroup(self, "Schedules", removal_policy=RemovalPolicy.DESTROY)
        self._image = jobs_image(self)
        ids = ",".join(vpc.select_subnets(subnet_group_name=subnets.subnet_group_name).subnet_ids)
        place = f"subnets=[{ids}],securityGroups=[{security_group.security_group_id}],assignPublicIp=DISABLED"
        for name, value, description in (
            ("JobsCluster", self.cluster.cluster_name, "--cluster of aws ecs run-task"),
            (
                "JobsNetwork",
                f"awsvpcConfiguration={{{place}}}",
                "--network-configuration of aws ecs run-task",
            ),
        ):
            CfnOutput(self, name, value=value, description=description).override_logical_id(name)

    def define_dump(
        self,
        construct_id: str,
        *,
        family: str,
        role: iam.Role,
        login: secretsmanager.ISecret,
        backup: Backup,
        dump: DatabaseDump,
    ) -> ecs.FargateTaskDefinition:
        """A dump every day, or every Sunday.

        Args:
            construct_id: Its id.
            family: Name of the task definition.
            role: What the task may do in AWS: put backups, and no more.
            login: Of the role that owns the tables: whoever does not is bound by row-level security.
            backup: Where it goes.
            dump: When.
        """
        task = self._task(construct_id, family, ("dump",), login, backup, role)
        hour, minute = (str(int(part)) for part in dump.at.split(":"))
        scheduler.Schedule(
            self,
            f"{construct_id}Schedule",
            description=f"Dump of {self._target.database} into {backup.bucket_name}",
            schedule_group=self.schedules,
            schedule=scheduler.ScheduleExpression.cron(
                minute=minute, hour=hour, week_day="SUN" if dump.every == "week" else None
            ),
            target=targets.EcsRunFargateTask(
                self.cluster,
                task_definition=task,
                vpc_subnets=self._subnets,
                security_groups=[self._security_group],
                assign_public_ip=False,
                retry_attempts=RETRIES,
                max_event_age=Duration.minutes(RETRY_MINUTES),
            ),
        )
        return task

    def define_restore(
        self,
        construct_id: str,
        *,
        family: str,
        login: secretsmanager.ISecret,
        backups: Sequence[Backup],
    ) -> ecs.FargateTaskDefinition:
        """The task that lists, restores and verifies: whoever starts it says which, else it lists.

        Args:
            construct_id: Its id.
            family: Name of the task definition.
            login: Of the master user: only that one makes databases and renames them.
            backups: Where backups are; the first unless a run says otherwise.
        """
        task = self._task(construct_id, family, ("list",), login, backups[0], None)
        allow_reading(task.task_role, backups)
        return task

    def define_drill(
        self,
        construct_id: str,
        *,
        family: str,
        backup: Backup,
        environment: Mapping[str, str],
    ) -> ecs.FargateTaskDefinition:
        """The task that rehearses a restore; it logs in nowhere but at a server it makes.

        Args:
            construct_id: Its id.
            family: Name of the task definition.
            backup: What is restored.
            environment: What it is told about the drill.
        """
        task = self._task(construct_id, family, ("drill",), None, backup, None, environment)
        allow_reading(task.task_role, [backup])
        return task

    def _task(
        self,
        construct_id: str,
        family: str,
        command: tuple[str, ...],
        login: secretsmanager.ISecret | None,
        backup: Backup,
        role: iam.IRole | None,
        environment: Mapping[str, str] | None = None,
    ) -> ecs.FargateTaskDefinition:
        scope = Construct(self, construct_id)
        task = define_task(
            scope,
            family=family,
            cpu=CPU,
            memory_mib=MEMORY_MIB,
            log_days=self._log_days,
            task_role=role,
            containers=[
                TaskContainer(
                    name=CONTAINER,
                    image=ecs.ContainerImage.from_docker_image_asset(self._image),
                    command=command,
                    environment={
                        "BACKUP_BUCKET": backup.bucket_name,
                        "BACKUP_NAME": backup.name,
                        EVERY_TENANT: self._every_tenant,
                        **(self._target.environment if login else {}),
                        **(environment or {}),
                    },
                    secrets={
                        BACKUP_KEY: SecretValue(secret=self._key, key=BACKUP_KEY),
                        **(login_of(login) if login else {}),
                    },
                    # Time to leave nothing behind.
                    stop_seconds=LONGEST_STOP_SECONDS,
                    reaps_processes=True,
                )
            ],
        )
        acknowledge(task, {"AwsSolutions-IAM5[Resource::*]": "ecr:GetAuthorizationToken takes no resource"})
        return task


SHARED = ("recovery_watch/__init__.py", "recovery_watch/restorable.py")
"""What the jobs have in common with a function, from ``runtime``."""


def jobs_image(scope: Construct) -> ecr_assets.DockerImageAsset:
    """The image of the database jobs, which is the same in every stack that publishes it."""
    return ecr_assets.DockerImageAsset(
        scope,
        "Image",
        directory=str(ROOT / "runtime"),
        file="database/Dockerfile",
        platform=ecr_assets.Platform.LINUX_ARM64,
        exclude=["*", "!database", "!moving", *(f"!{path}" for path in SHARED), "**/__pycache__"],
        asset_name="database",
    )


def login_of(secret: secretsmanager.ISecret) -> Mapping[str, SecretValue]:
    """How a job logs in with the secret of a role."""
    return {
        "PGUSER": SecretValue(secret=secret, key="username"),
        "PGPASSWORD": SecretValue(secret=secret, key="password"),
    }
