"""What backs up a shard, what brings it back, and what notices that neither was tried."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from aws_cdk import Aws, CfnOutput
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.backup_identity import BackupIdentity
from cambium.backups import Backup, Target
from cambium.bucket import PrivateBucket
from cambium.database_jobs import DatabaseJobs
from cambium.postgres_database import PostgresDatabase
from cambium.recovery_watch import RecoveryWatch, Restorable, Watched
from cambium.restore_drill import RestoreDrill, Server
from cambium.security_groups import immutable
from config import names
from config.access import DATABASE
from config.deployment import Deployment
from config.names import words
from config.recovery import DatabaseDump, RecoveryTargets
from config.references import DRILLS
from config.region import Region, Shard
from config.storage import Bucket
from stacks.audit import object_events
from stacks.base import CambiumStack
from stacks.data import DataStack
from stacks.network import NetworkStack

TWO_MONTHS = 60
"""Who has so many days may miss a monthly rehearsal; who has fewer gets one a week."""


class BackupStack(CambiumStack):
    """The role of backup jobs, and the jobs: for one database and its buckets.

    Attributes:
        watch: Looks into the buckets, or None where no dump is described.
        watched: What it looks at, by the dump that puts it there.
        restorable: The database whose latest restorable moment it asks for, or None where none was promised.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        region: Region,
        shard: Shard,
        network: NetworkStack,
        data: DataStack,
    ) -> None:
        super().__init__(
            scope,
            "backup",
            deployment=deployment,
            region=region,
            shard=shard,
            description="Dumps of the database, and the role of backup jobs",
        )
        self._region, self._shard, self._network, self._data = region, shard, network, data
        if not deployment.backup_buckets or data.database is None or data.backup_secret is None:
            raise ValueError(f"{deployment.system} has nothing to back up")
        self._identity = self._define_identity(data.database, data.backup_secret)
        CfnOutput(self, "BackupRole", value=self._identity.role.role_arn, description="Role of backup jobs")
        self.watch: RecoveryWatch | None = None
        # What is rehearsed is the first dump: the others are the same program with another bucket.
        records = self._define_records() if deployment.rehearses_restores else None
        self.watched = {
            dump: Watched(backup=self._backup(dump), records=records if first else None)
            for first, dump in ((dump is deployment.dumps[0], dump) for dump in deployment.dumps)
        }
        self.restorable = (
            Restorable(database=data.database, name=self._prefix)
            if deployment.measures_point_in_time
            else None
        )
        if deployment.dumps:
            jobs = self._define_jobs(data.database, data.backup_secret)
            self._define_drill(jobs, data.database, records)
            self.watch = RecoveryWatch(
                self, "Watch", watched=list(self.watched.values()), restorable=self.restorable
            )

    def _define_identity(self, database: PostgresDatabase, key: secretsmanager.ISecret) -> BackupIdentity:
        deployment, region = self.deployment, self._region
        return BackupIdentity(
            self,
            "Identity",
            bucket_names=[deployment.bucket_name(one, region.name) for one in deployment.backup_buckets],
            encryption_key=key,
            database_arn=database.arn,
            snapshot_action=database.snapshot_action,
            # Snapshots do not exist yet when the role is made; RDS authorises their names too.
            snapshot_arn=f"arn:{Aws.PARTITION}:rds:{region.name}:{deployment.environment.account}:"
            f"{database.snapshot_resource}:{deployment.system}-*",
        )

    def _define_records(self) -> str:
        """The bucket of drill records: kept for good, since an auditor asks about years ago."""
        bucket_name = self.deployment.drills_bucket(self._region, self._shard)
        PrivateBucket(
            self,
            "Records",
            bucket_name=bucket_name,
            config=Bucket(name=DRILLS),
            recorded=object_events(self.deployment),
        )
        return bucket_name

    def _define_drill(self, jobs: DatabaseJobs, database: PostgresDatabase, records: str | None) -> None:
        deployment, targets, config = self.deployment, self.deployment.recovery, self.deployment.database
        if records is None or targets is None or config is None:
            return
        groups, network = self._network.groups[self._shard.key], self._network.network
        server = Server(
            name=f"{deployment.stack_name('drill', self._region, self._shard)}",
            major=config.major,
            master=config.master_username,
            subnet_group=database.subnet_group_name,
            security_group=immutable(self, "DatabaseGroup", groups.group(DATABASE)),
        )
        backup = self._backup(deployment.dumps[0])
        task = jobs.define_drill(
            "Drill",
            family=self._name("restore-drill"),
            backup=backup,
            environment={
                "DRILL_RECORDS": records,
                "DRILL_RESTORE_HOURS": f"{targets.restore_hours:g}",
                "DRILL_LOSS_HOURS": f"{targets.loss_hours:g}",
                "DRILL_INSTANCE": server.told(),
                "DRILL_SUBNET_GROUP": server.subnet_group,
                "DRILL_SECURITY_GROUP": server.security_group.security_group_id,
                **self._told_of(database, targets),
            },
        )
        machine = RestoreDrill(
            self,
            "RestoreDrill",
            name=self._name("restore-drill"),
            task=task,
            cluster=jobs.cluster,
            subnets=network.private_subnets,
            security_group=immutable(self, "DrillGroup", groups.group(deployment.job_group)),
            server=server,
            backup=backup,
            records=records,
            restore_hours=targets.restore_hours,
            monthly=targets.drill_days >= TWO_MONTHS,
            in_use=database if self.deployment.measures_point_in_time else None,
        )
        CfnOutput(
            self,
            "DrillMachine",
            value=machine.state_machine.state_machine_arn,
            description="Rehearses a restore: aws stepfunctions start-execution",
        )

    def _told_of(self, database: PostgresDatabase, targets: RecoveryTargets) -> Mapping[str, str]:
        """What a drill is told of the database in use, where it is to measure that too."""
        if not self.deployment.measures_point_in_time:
            return {}
        return {
            "DRILL_DATABASE": database.identifier,
            "DRILL_DATABASE_KIND": database.kind,
            "DRILL_POINT_IN_TIME_MINUTES": f"{targets.point_in_time_minutes:g}",
        }

    def _define_jobs(self, database: PostgresDatabase, key: secretsmanager.ISecret) -> DatabaseJobs:
        deployment, config = self.deployment, self.deployment.database
        assert config is not None  # noqa: S101 - narrows the type: there is a database
        groups = self._network.groups[self._shard.key]
        jobs = DatabaseJobs(
            self,
            "Jobs",
            vpc=self._network.network.vpc,
            subnets=self._network.network.private_subnets,
            security_group=immutable(self, "JobsGroup", groups.group(deployment.job_group)),
            target=Target(host=database.host, port=database.port, database=config.name),
            encryption_key=key,
            log_days=deployment.log_days,
            every_tenant_setting=config.every_tenant_setting,
            insights=deployment.environment.container_insights,
        )
        for dump in deployment.dumps:
            jobs.define_dump(
                f"{words(dump.bucket)}Dump",
                family=self._name(f"{dump.bucket}-dump"),
                role=self._identity.role,
                login=self._data.role_secrets[config.owner],
                backup=self._backup(dump),
                dump=dump,
            )
        restore = self._name("restore")
        jobs.define_restore(
            "Restore",
            family=restore,
            login=database.master_credentials,
            backups=list(self._backups()),
        )
        CfnOutput(self, "RestoreTask", value=restore, description="--task-definition of aws ecs run-task")
        return jobs

    def _backup(self, dump: DatabaseDump) -> Backup:
        bucket = self.deployment.bucket_name(dump.bucket, self._region.name)
        return Backup(bucket_name=bucket, name=f"database-{self._shard.key}")

    def _backups(self) -> Iterator[Backup]:
        yield from (one.backup for one in self.watched.values())
        # What was dumped from elsewhere, on the day the product moves here.
        for one in self.watched.values():
            yield replace(one.backup, name=f"{one.backup.name}-moved")

    @property
    def _prefix(self) -> str:
        return self.deployment.stack_name("", self._region, self._shard).removesuffix("-")

    def _name(self, job: str) -> str:
        return names.service_name(self.deployment.system, job, self._shard)
