"""Notices that a backup did not happen, whoever should have made it: a job of ours, or RDS."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.backups import Backup
from cambium.lambda_code import libraries_layer
from cambium.lambda_function import define_function
from cambium.postgres_database import PostgresDatabase, may_describe

METRICS = "Cambium/Recovery"
DATABASE_MINUTES = 15
"""How often RDS is asked. It uploads every five minutes; hours later would be late to hear of it."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Backups of one database, and where its restore drills are recorded."""

    backup: Backup
    records: str | None = None
    """Bucket of the records; None where nothing is rehearsed."""


@dataclass(frozen=True, kw_only=True)
class Restorable:
    """A database whose latest restorable moment is watched."""

    database: PostgresDatabase
    name: str
    """What tells it apart in metrics."""


class RecoveryWatch(Construct):
    """A function that looks into the buckets every hour, and writes the age of the newest as a metric.

    It reads names and no objects, and does not listen to the jobs: one that reports success and has written
    nothing is found out. Where there is nothing yet there is no metric, which an alarm should take for bad.

    Told of a database, it also asks RDS every quarter of an hour to which moment that could be restored.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        watched: Sequence[Watched],
        restorable: Restorable | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        told = [
            {
                "backup": one.backup.metric_name,
                "bucket": one.backup.bucket_name,
                "name": one.backup.name,
                **({"records": one.records} if one.records else {}),
            }
            for one in watched
        ]
        function = define_function(
            self,
            "Function",
            packages=("recovery_watch",),
            handler="handler.on_schedule",
            layer=libraries_layer(self, "Libraries"),
            timeout_minutes=1,
            environment={"WATCHED": json.dumps(told), **_told(restorable)},
        )
        for bucket in sorted({one[where] for one in told for where in ("bucket", "records") if where in one}):
            function.add_to_role_policy(
                iam.PolicyStatement(
                    actions=["s3:ListBucket"], resources=[f"arn:{Aws.PARTITION}:s3:::{bucket}"]
                )
            )
        again = "the next hour asks again, and silence is what its alarm listens for"
        acknowledge(
            self,
            {
                "HIPAA.Security-LambdaConcurrency": again,
                "HIPAA.Security-LambdaDLQ": again,
                "HIPAA.Security-LambdaInsideVPC": "it calls AWS, never the database",
                "AwsSolutions-L1": "the runtime the tests of its libraries ran on",
            },
        )
        events.Rule(
            self,
            "Hourly",
            description="Looks for the newest backup",
            schedule=events.Schedule.rate(Duration.hours(1)),
            targets=[targets.LambdaFunction(function, retry_attempts=2, max_event_age=Duration.minutes(30))],
        )
        if restorable is not None:
            self._ask_rds(function, restorable)

    def _ask_rds(self, function: lambda_.Function, restorable: Restorable) -> None:
        function.add_to_role_policy(may_describe(restorable.database))
        events.Rule(
            self,
            "RestorableTime",
            description="Asks to which moment the database could be restored",
            schedule=events.Schedule.rate(Duration.minutes(DATABASE_MINUTES)),
            targets=[
                targets.LambdaFunction(
                    function,
                    event=events.RuleTargetInput.from_object({"look": "database"}),
                    retry_attempts=2,
                    max_event_age=Duration.minutes(DATABASE_MINUTES),
                )
            ],
        )


def _told(restorable: Restorable | None) -> Mapping[str, str]:
    if restorable is None:
        return {}
    return {
        "DATABASE": restorable.name,
        "DATABASE_KIND": restorable.database.kind,
        "DATABASE_IDENTIFIER": restorable.database.identifier,
    }


def hours_since_backup(backup: Backup) -> cloudwatch.Metric:
    """Age of the newest complete backup, in hours."""
    return _hourly("HoursSinceBackup", backup)


def days_since_drill(backup: Backup) -> cloudwatch.Metric:
    """Days since a backup was last restored and compared with success."""
    return _hourly("DaysSinceDrill", backup)


def minutes_since_restorable_time(name: str) -> cloudwatch.Metric:
    """How far behind now the latest moment is that the database could be restored to, in minutes."""
    of = {"Database": name}
    return _metric("MinutesSinceRestorableTime", of, period=Duration.minutes(DATABASE_MINUTES))


def _hourly(name: str, backup: Backup) -> cloudwatch.Metric:
    return _metric(name, {"Backup": backup.metric_name}, period=Duration.hours(1))


def _metric(name: str, of: Mapping[str, str], *, period: Duration) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=METRICS, metric_name=name, dimensions_map=of, statistic="Maximum", period=period
    )
