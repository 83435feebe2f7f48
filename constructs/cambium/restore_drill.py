"""Rehearses bringing a database back, on a server made for that hour, and puts the result on record."""

import json
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws, Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cambium.arn import arn
from cambium.backups import Backup
from cambium.database_jobs import CONTAINER
from cambium.postgres_database import PostgresDatabase, may_describe
from cambium.restore_drill_steps import DrillRun, drill_machine
from cambium.state_machine import define_state_machine
from cambium.wildcards import acknowledge_wildcards

INSTANCE_CLASS = "db.t4g.medium"
"""Smaller than production often is: the time it takes is no better than the truth. About $0.07 an hour."""
SPARE_HOURS = 1
"""Of the whole run, beyond the target: to make the instance and to delete it."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """The throw-away instance."""

    name: str
    major: int
    """RDS takes the newest minor release of it: a pinned one would be gone one day."""
    master: str
    subnet_group: str
    security_group: ec2.ISecurityGroup

    def told(self) -> str:
        """What ``CreateDBInstance`` is told, as text.

        References to other stacks are not in it, nor is storage: the size of the backup decides that.
        """
        return json.dumps(
            {
                "DBInstanceIdentifier": self.name,
                "Engine": "postgres",
                "EngineVersion": str(self.major),
                "DBInstanceClass": INSTANCE_CLASS,
                "StorageType": "gp3",
                "StorageEncrypted": True,
                "MasterUsername": self.master,
                "MultiAZ": False,
                "PubliclyAccessible": False,
                "BackupRetentionPeriod": 0,
                "DeletionProtection": False,
                "AutoMinorVersionUpgrade": False,
                "Tags": [{"Key": "cambium:throw-away", "Value": "restore drill"}],
            }
        )


class RestoreDrill(Construct):
    """A state machine that runs the drill and cleans up after it, and the schedule that starts it.

    The task makes the instance itself: its password is in no template, no state and no secret. Whatever
    becomes of the task, the machine deletes the instance and waits until it is gone. Of the database that is
    ``in_use`` it may ask how close to now RDS could restore it, where that was promised.

    Attributes:
        state_machine: Runs one drill.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        task: ecs.FargateTaskDefinition,
        cluster: ecs.ICluster,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        server: Server,
        backup: Backup,
        records: str,
        restore_hours: float,
        monthly: bool,
        in_use: PostgresDatabase | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._task, self._cluster, self._server = task, cluster, server
        self._records = f"arn:{Aws.PARTITION}:s3:::{records}/{backup.name}/*"
        allow_instance(task.task_role, server)
        task.task_role.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[self._records])
        )
        acknowledge_wildcards(task.task_role, {self._records: "records of drills, each under its own time"})
        if in_use is not None:
            task.task_role.add_to_principal_policy(may_describe(in_use))
        run = DrillRun(
            cluster=cluster.cluster_arn,
            task=task.task_definition_arn,
            container=CONTAINER,
            subnets=cluster.vpc.select_subnets(subnet_group_name=subnets.subnet_group_name).subnet_ids,
            security_group=security_group.security_group_id,
            instance=server.name,
            bucket=records,
            prefix=backup.name,
            hours=restore_hours,
        )
        self.state_machine = self._define_machine(name, drill_machine(run), restore_hours)
        self._allow()
        scheduler.Schedule(
            self,
            "Schedule",
            description="Rehearses a restore",
            schedule=scheduler.ScheduleExpression.cron(
                minute="0", hour="4", day="1" if monthly else None, week_day=None if monthly else "MON"
            ),
            target=targets.StepFunctionsStartExecution(
                self.state_machine, retry_attempts=2, max_event_age=Duration.minutes(60)
            ),
        )

    def _define_machine(self, name: str, definition: dict[str, Any], hours: float) -> sfn.StateMachine:
        body = json.dumps({"TimeoutSeconds": int((hours + SPARE_HOURS) * 2 * 3600), **definition})
        return define_state_machine(self, name=name, body=sfn.DefinitionBody.from_string(body))

    def _allow(self) -> None:
        here = {"ArnEquals": {"ecs:cluster": self._cluster.cluster_arn}}
        to_ecs = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        roles = [self._task.task_role, self._task.obtain_execution_role()]
        tasks = arn("ecs", f"task/{self._cluster.cluster_name}/*")
        for statement in (
            iam.PolicyStatement(
                actions=["ecs:RunTask"], resources=[self._task.task_definition_arn], conditions=here
            ),
            iam.PolicyStatement(
                actions=["ecs:DescribeTasks", "ecs:StopTask"], resources=[tasks], conditions=here
            ),
            iam.PolicyStatement(
                actions=["iam:PassRole"], resources=[role.role_arn for role in roles], conditions=to_ecs
            ),
            # How Step Functions hears of the end of a task.
            iam.PolicyStatement(
                actions=["events:DescribeRule", "events:PutRule", "events:PutTargets"],
                resources=[arn("events", "rule/StepFunctionsGetEventsForECSTaskRule")],
            ),
            iam.PolicyStatement(actions=["rds:DeleteDBInstance"], resources=[_instance(self._server)]),
            iam.PolicyStatement(actions=["rds:DescribeDBInstances"], resources=[arn("rds", "db:*")]),
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[self._records]),
        ):
            self.state_machine.add_to_role_policy(statement)
        acknowledge_wildcards(
            self,
            {
                tasks: "a task gets its id when it starts; the condition names the cluster",
                arn("rds", "db:*"): "asking whether an instance is gone takes all of them",
                self._records: "records of drills, each under its own time",
                "*": "delivering logs and traces takes no resource",
            },
        )


def allow_instance(role: iam.IRole, server: Server) -> None:
    """Let ``role`` make and delete the one instance, and no other."""
    made_of = [
        _instance(server),
        arn("rds", f"subgrp:{server.subnet_group}"),
        # The defaults of the engine, which it is told nothing about.
        arn("rds", "pg:default.postgres*"),
        arn("rds", "og:default:postgres-*"),
    ]
    for statement in (
        iam.PolicyStatement(actions=["rds:CreateDBInstance", "rds:AddTagsToResource"], resources=made_of),
        iam.PolicyStatement(
            actions=["rds:DeleteDBInstance", "rds:DescribeDBInstances"], resources=[_instance(server)]
        ),
    ):
        role.add_to_principal_policy(statement)
    defaults = "RDS names its own defaults after the version"
    acknowledge_wildcards(role, dict.fromkeys(made_of[2:], defaults))


def _instance(server: Server) -> str:
    return arn("rds", f"db:{server.name}")
