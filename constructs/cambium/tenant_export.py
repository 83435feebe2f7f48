"""The last dump of a tenant's database, made before it is deleted: encrypted, and readable without AWS."""

from aws_cdk import Aws
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.backups import Target
from cambium.database_jobs import CONTAINER, CPU, EVERY_TENANT, MEMORY_MIB, login_of
from cambium.task_container import SecretValue, TaskContainer
from cambium.task_definition import define_task
from cambium.wildcards import acknowledge_wildcards
from config.operator_keys import BACKUP_KEY
from config.service import LONGEST_STOP_SECONDS


class TenantExport(Construct):
    """The task of one tenant: it reads one database, and writes below one prefix.

    Nothing here starts it, and it can neither read an export nor delete one.

    Attributes:
        task: Its task definition. Whoever starts it says ``BACKUP_NAME``, the prefix of the export's keys.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        family: str,
        repository: str,
        image_tag: str,
        target: Target,
        login: secretsmanager.ISecret,
        encryption_key_arn: str,
        every_tenant_setting: str,
        bucket_name: str,
        prefix: str,
        log_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        key = secretsmanager.Secret.from_secret_complete_arn(self, "BackupKey", encryption_key_arn)
        jobs = ecr.Repository.from_repository_name(self, "Repository", repository)
        self.task = define_task(
            self,
            family=family,
            cpu=CPU,
            memory_mib=MEMORY_MIB,
            log_days=log_days,
            containers=[
                TaskContainer(
                    name=CONTAINER,
                    image=ecs.ContainerImage.from_ecr_repository(jobs, image_tag),
                    command=("dump",),
                    environment={
                        "BACKUP_BUCKET": bucket_name,
                        "BACKUP_NAME": prefix,
                        EVERY_TENANT: every_tenant_setting,
                        **target.environment,
                    },
                    secrets={BACKUP_KEY: SecretValue(secret=key, key=BACKUP_KEY), **login_of(login)},
                    stop_seconds=LONGEST_STOP_SECONDS,
                    reaps_processes=True,
                )
            ],
        )
        objects = f"arn:{Aws.PARTITION}:s3:::{bucket_name}/{prefix}/*"
        self.task.task_role.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:PutObject", "s3:AbortMultipartUpload"], resources=[objects])
        )
        acknowledge_wildcards(self.task, {objects: "exports of the one tenant, each under its own time"})
