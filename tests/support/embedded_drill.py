"""A database on the embedded AWS with the jobs that back it up and rehearse a restore, as CDK makes them."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
import psycopg
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_secretsmanager as secretsmanager
from psycopg import conninfo

from cambium.backup_identity import BackupIdentity
from cambium.backups import Backup, Target
from cambium.database_jobs import CONTAINER, DatabaseJobs
from cambium.restore_drill import RestoreDrill, Server
from config.recovery import DatabaseDump
from emulator.testing import Emulator, Stack
from support.database_jobs import KEY
from support.scenario import PRIVATE, some_group, some_vpc

PASSWORD = "correct-horse"
MASTER = "boss"
SETTING = "app.every_tenant"
DEADLINE_SECONDS = 60

Resources = dict[str, Any]


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_name, "DeletionPolicy": "Delete", "Properties": properties}


@dataclass
class EmbeddedDrill:
    """It, deployed."""

    emulator: Emulator
    name: str
    restore_hours: float = 4
    point_in_time_minutes: float = 5
    stack: Stack = field(init=False)
    jobs: Stack = field(init=False)
    made: Resources = field(init=False)
    outputs: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        secrets = self.emulator.client("secretsmanager")
        for name, value in {
            "key": {"BACKUP_ENCRYPTION_KEY": KEY},
            "login": {"username": MASTER, "password": PASSWORD},
        }.items():
            secrets.create_secret(Name=f"{self.name}/{name}", SecretString=json.dumps(value))
        self.stack = Stack(
            self.emulator,
            {
                "Database": resource(
                    "AWS::RDS::DBInstance",
                    Engine="postgres",
                    EngineVersion="18.1",
                    DBName="shop",
                    MasterUsername=MASTER,
                    MasterUserPassword=PASSWORD,
                ),
                "Backups": resource("AWS::S3::Bucket", BucketName=f"{self.name}-backups"),
                "Records": resource("AWS::S3::Bucket", BucketName=f"{self.name}-records"),
            },
        )
        self.made = self._template()
        self.jobs = Stack(self.emulator, self.made)

    @property
    def endpoint(self) -> dict[str, Any]:
        """Where the database is."""
        found = self.emulator.client("rds").describe_db_instances(DBInstanceIdentifier=self.stack["Database"])
        endpoint: dict[str, Any] = found["DBInstances"][0]["Endpoint"]
        return endpoint

    def connect(self) -> psycopg.Connection[Any]:
        """Log in to it."""
        return psycopg.connect(self.where, password=PASSWORD, autocommit=True)

    @property
    def where(self) -> str:
        """The connection string of its master, without the password."""
        endpoint = self.endpoint
        place = {"host": endpoint["Address"], "port": endpoint["Port"], "dbname": "shop"}
        return conninfo.make_conninfo("", **place, user=MASTER, sslmode="require")

    def _secret(self, stack: cdk.Stack, leaf: str) -> secretsmanager.ISecret:
        found = self.emulator.client("secretsmanager").describe_secret(SecretId=f"{self.name}/{leaf}")
        return secretsmanager.Secret.from_secret_complete_arn(stack, leaf.capitalize(), found["ARN"])

    def _template(self) -> Resources:
        app = cdk.App(analytics_reporting=False)
        environment = cdk.Environment(account="123456789012", region="us-east-1")
        stack = cdk.Stack(app, self.name, env=environment)
        key, login, endpoint = self._secret(stack, "key"), self._secret(stack, "login"), self.endpoint
        group: ec2.ISecurityGroup = some_group(stack)
        jobs = DatabaseJobs(
            stack,
            "Jobs",
            vpc=some_vpc(stack),
            subnets=PRIVATE,
            security_group=group,
            target=Target(host=endpoint["Address"], port=str(endpoint["Port"]), database="shop"),
            encryption_key=key,
            log_days=7,
            insights="standard",
            every_tenant_setting=SETTING,
        )
        backup = Backup(bucket_name=f"{self.name}-backups", name="database-1")
        identity = BackupIdentity(
            stack,
            "Identity",
            bucket_names=[backup.bucket_name],
            encryption_key=key,
            database_arn="arn:aws:rds:us-east-1:123456789012:db:shop",
            snapshot_action="rds:CreateDBSnapshot",
            snapshot_arn="arn:aws:rds:us-east-1:123456789012:snapshot:shop-*",
        )
        jobs.define_dump(
            "Dump",
            family=f"{self.name}-dump",
            role=identity.role,
            login=login,
            backup=backup,
            dump=DatabaseDump(bucket="backups"),
        )
        jobs.define_restore("Restore", family=f"{self.name}-restore", login=login, backups=[backup])
        server = Server(
            name=f"{self.name}-drill",
            major=18,
            master=MASTER,
            subnet_group="subnets",
            security_group=group,
        )
        records = f"{self.name}-records"
        task = jobs.define_drill(
            "Drill",
            family=f"{self.name}-drill",
            backup=backup,
            environment={
                "DRILL_RECORDS": records,
                "DRILL_RESTORE_HOURS": f"{self.restore_hours:g}",
                "DRILL_LOSS_HOURS": "24",
                "DRILL_INSTANCE": server.told(),
                "DRILL_SUBNET_GROUP": server.subnet_group,
                "DRILL_SECURITY_GROUP": group.security_group_id,
                "DRILL_DATABASE": self.stack["Database"],
                "DRILL_DATABASE_KIND": "instance",
                "DRILL_POINT_IN_TIME_MINUTES": f"{self.point_in_time_minutes:g}",
            },
        )
        RestoreDrill(
            stack,
            "RestoreDrill",
            name=f"{self.name}-drill",
            task=task,
            cluster=jobs.cluster,
            subnets=PRIVATE,
            security_group=group,
            server=server,
            backup=backup,
            records=records,
            restore_hours=max(self.restore_hours, 0.1),
            monthly=True,
        )
        made: Resources = app.synth().get_stack_by_name(self.name).template["Resources"]
        return made

    def run(self, family: str, *command: str) -> int:
        """Run a task to its end; its exit code."""
        ecs, cluster = self.emulator.client("ecs"), self._cluster
        overrides = {"containerOverrides": [{"name": CONTAINER, "command": list(command)}]} if command else {}
        (task,) = ecs.run_task(cluster=cluster, taskDefinition=f"{self.name}-{family}", overrides=overrides)[
            "tasks"
        ]
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            (found,) = ecs.describe_tasks(cluster=cluster, tasks=[task["taskArn"]])["tasks"]
            if found["lastStatus"] == "STOPPED":
                return int(found["containers"][0]["exitCode"])
            assert time.monotonic() < deadline
            time.sleep(0.1)

    @property
    def _cluster(self) -> str:
        (logical_id,) = [name for name, one in self.made.items() if one["Type"] == "AWS::ECS::Cluster"]
        return self.jobs[logical_id]

    def rehearse(self) -> str:
        """Run the state machine; how it ended."""
        states = self.emulator.client("stepfunctions")
        machine = f"arn:aws:states:us-east-1:123456789012:stateMachine:{self.name}-drill"
        run = states.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
        deadline = time.monotonic() + DEADLINE_SECONDS
        while (found := states.describe_execution(executionArn=run))["status"] == "RUNNING":
            assert time.monotonic() < deadline, states.get_execution_history(executionArn=run)["events"][-3:]
            time.sleep(0.1)
        self.outputs = dict(found)
        return str(found["status"])

    def records(self) -> dict[str, dict[str, Any]]:
        """The records of drills, by key."""
        s3, bucket = self.emulator.client("s3"), f"{self.name}-records"
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        return {key: json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys}

    def backups(self) -> list[str]:
        """Keys in the bucket of backups."""
        found = self.emulator.client("s3").list_objects_v2(Bucket=f"{self.name}-backups")
        return [one["Key"] for one in found.get("Contents", [])]

    def instances(self) -> set[str]:
        """Every instance there is."""
        found = self.emulator.client("rds").describe_db_instances()["DBInstances"]
        return {one["DBInstanceIdentifier"] for one in found}

    def said(self) -> list[str]:
        """Everything tasks wrote into their logs."""
        logs = self.emulator.client("logs")
        lines = []
        for group in logs.describe_log_groups()["logGroups"]:
            found = logs.filter_log_events(logGroupName=group["logGroupName"])
            lines += [one["message"] for one in found["events"]]
        return lines
