"""A21, D18, E6, E10: what is dumped when, who may do what with it, and what notices that nothing happened."""

import json
from typing import Any

import pytest

from ops.assembly import manifest
from support.assembly import Assembly, Resource, text
from support.policies import TEMPLATE

SCHEDULE = "AWS::Scheduler::Schedule"
ALARM = "AWS::CloudWatch::Alarm"
RULE = "AWS::Events::Rule"
QUARTERLY = "rate(15 minutes)"
TASK = "AWS::ECS::TaskDefinition"
BUCKET = "restartix-production-backups-primary-111122223333-eu-central-1"
RECORDS = "restartix-production-drills-111122223333-eu-central-1"


def container(assembly: Assembly, family: str) -> dict[str, Any]:
    """The one container of a task."""
    (found,) = assembly.the(TASK, "backup", Family=family)["ContainerDefinitions"]
    return dict(found)


def told(assembly: Assembly, family: str) -> dict[str, Any]:
    """The environment of a task, without secrets."""
    return {one["Name"]: one["Value"] for one in container(assembly, family)["Environment"]}


def secrets(assembly: Assembly, family: str) -> dict[str, str]:
    """Which secret each variable of a task comes from, by the secret's name."""
    found = {}
    for one in container(assembly, family)["Secrets"]:
        reference = one["ValueFrom"]["Fn::Join"][1][0]
        secret = assembly.target("backup", reference)
        assert secret
        found[one["Name"]] = str(secret.properties.get("Name") or secret.path)
    return found


def may(assembly: Assembly, role: Resource) -> dict[str, list[str]]:
    """Action to resources."""
    found: dict[str, list[str]] = {}
    for one in assembly.statements(role):
        actions = one["Action"] if isinstance(one["Action"], list) else [one["Action"]]
        resources = one["Resource"] if isinstance(one["Resource"], list) else [one["Resource"]]
        for action in actions:
            found.setdefault(action, []).extend(text(resource) for resource in resources)
    return found


def alarm(assembly: Assembly, ending: str) -> Resource:
    """The alarm whose name ends so."""
    (found,) = [
        one for one in assembly.of_type(ALARM) if str(one.properties.get("AlarmName")).endswith(ending)
    ]
    return found


def dump_of(assembly: Assembly) -> Resource:
    """The schedule of the dump."""
    (found,) = [one for one in assembly.of_type(SCHEDULE, "backup") if "EcsParameters" in one["Target"]]
    return found


def test_a21_a_dump_is_made_every_day_and_tried_again_a_few_times(phase_one: Assembly) -> None:
    schedule = dump_of(phase_one)

    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == (
        "cron(0 2 * * ? *)",
        "Etc/UTC",
    )
    assert schedule["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 2}


def test_a21_it_goes_to_the_bucket_that_is_copied_to_another_region(phase_one: Assembly) -> None:
    environment = told(phase_one, "restartix-backups-primary-dump")
    bucket = phase_one.the("AWS::S3::Bucket", "storage", BucketName=environment["BACKUP_BUCKET"])

    assert environment["BACKUP_BUCKET"] == BUCKET
    assert environment["BACKUP_NAME"] == "database-1"
    assert bucket["ReplicationConfiguration"]["Rules"]


def test_a21_it_logs_in_as_the_owner_and_encrypts_with_the_backup_key(phase_one: Assembly) -> None:
    assert secrets(phase_one, "restartix-backups-primary-dump") == {
        "BACKUP_ENCRYPTION_KEY": "restartix/production/backup",
        "PGUSER": "restartix/production/database/restartix_owner",
        "PGPASSWORD": "restartix/production/database/restartix_owner",
    }


def test_a21_the_dump_can_read_no_backup_and_the_restore_can_write_none(phase_one: Assembly) -> None:
    dump = may(phase_one, phase_one.at("backup", "Identity/Role/Resource"))
    restore = may(phase_one, phase_one.at("backup", "Jobs/Restore/Task/TaskRole/Resource"))

    assert [action for action in dump if action.startswith("s3:")] == [
        "s3:AbortMultipartUpload",
        "s3:PutObject",
    ]
    assert sorted(restore) == ["s3:GetObject", "s3:ListBucket"]


@pytest.mark.parametrize("stays", ["network", "compute"])
def test_a21_app_runner_gets_a_cluster_for_jobs_and_no_other(phase_one: Assembly, stays: str) -> None:
    assert phase_one.of_type("AWS::ECS::Cluster", stays) == []
    assert len(phase_one.of_type("AWS::ECS::Cluster", "backup")) == 1


def test_a21_fargate_dumps_the_same_way(pooled_production: Assembly, phase_one: Assembly) -> None:
    one, other = dump_of(pooled_production), dump_of(phase_one)

    assert one["ScheduleExpression"] == other["ScheduleExpression"]
    assert told(pooled_production, "restartix-fargate-backups-dump")["BACKUP_NAME"] == "database-1"


@pytest.mark.parametrize("deployment", ["chatbot_production", "reptidex_production"])
def test_d18_the_database_is_dumped_every_day_into_the_bucket(
    deployment: str, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(deployment)
    system = deployment.partition("_")[0]
    environment = told(assembly, f"{system}-backups-dump")
    schedule = dump_of(assembly)
    task = assembly.target("backup", schedule["Target"]["EcsParameters"]["TaskDefinitionArn"])

    assert (schedule["ScheduleExpression"], schedule["State"]) == ("cron(0 2 * * ? *)", "ENABLED")
    assert task is not None
    assert task["Family"] == f"{system}-backups-dump"
    assert container(assembly, task["Family"])["Command"] == ["dump"]
    assert environment["BACKUP_BUCKET"].startswith(f"{system}-production-backups-")
    assert assembly.the("AWS::S3::Bucket", "storage", BucketName=environment["BACKUP_BUCKET"])
    assert secrets(assembly, task["Family"])["PGUSER"] == f"{system}/production/database/{system}_owner"


@pytest.mark.parametrize(
    "deployment", ["phase_one", "pooled_production", "chatbot_production", "reptidex_production"]
)
def test_a21_d18_e10_every_job_asks_for_every_tenant_as_our_template_has_it(
    deployment: str, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(deployment)
    jobs = [task["Family"] for task in assembly.of_type(TASK, "backup")]

    assert {told(assembly, job)["EVERY_TENANT_SETTING"] for job in jobs} == {"app.every_tenant"}
    assert "current_setting('app.every_tenant', true) = 'on'" in TEMPLATE.read_text()


def test_d18_reptidex_is_dumped_every_day_in_production_and_never_in_development(
    reptidex: dict[str, Assembly],
) -> None:
    assert dump_of(reptidex["production"])["ScheduleExpression"] == "cron(0 2 * * ? *)"
    assert "backup" not in reptidex["dev"].stacks


@pytest.mark.parametrize(
    ("deployment", "ending", "hours"),
    [
        ("phase_one", "-backups-primary-no-backup", 26),
        ("chatbot_production", "-backups-no-backup", 26),
        ("reptidex_production", "-backups-no-backup", 26),
    ],
)
def test_a21_d18_silence_is_an_alarm(
    deployment: str, ending: str, hours: int, request: pytest.FixtureRequest
) -> None:
    found = alarm(request.getfixturevalue(deployment), ending)

    assert (found["MetricName"], found["Threshold"]) == ("HoursSinceBackup", hours)
    assert found["TreatMissingData"] == "breaching"
    # CloudWatch looks back seven days at most.
    assert found["EvaluationPeriods"] * found["Period"] <= 7 * 24 * 3600


def test_e10_a_restore_is_rehearsed_every_month_on_a_server_of_its_own(phase_one: Assembly) -> None:
    monthly = {one["ScheduleExpression"] for one in phase_one.of_type(SCHEDULE, "backup")}
    server = json.loads(told(phase_one, "restartix-restore-drill")["DRILL_INSTANCE"])

    assert "cron(0 4 1 * ? *)" in monthly
    assert server["DBInstanceIdentifier"] == "restartix-production-eu-1-drill"
    assert (server["EngineVersion"], server["PubliclyAccessible"]) == ("17", False)
    assert "Password" not in json.dumps(server)


def test_e6_a_rehearsal_is_measured_against_what_was_promised(phase_one: Assembly) -> None:
    environment = told(phase_one, "restartix-restore-drill")

    assert (environment["DRILL_RESTORE_HOURS"], environment["DRILL_LOSS_HOURS"]) == ("4", "24")


def database_asked_about(assembly: Assembly, role: Resource) -> list[str]:
    """The databases in use that a role may ask RDS about, by their construct path."""
    found = []
    for statement in assembly.statements(role):
        # That of the throw-away instance is known by name, and is text.
        if statement["Action"] == "rds:DescribeDBInstances" and isinstance(statement["Resource"], dict):
            *_, reference = statement["Resource"]["Fn::Join"][1]
            target = assembly.target("backup", reference)
            assert target
            found.append(target.path)
    return found


def test_a21_e6_a_rehearsal_measures_how_close_to_now_rds_could_restore(phase_one: Assembly) -> None:
    environment = told(phase_one, "restartix-restore-drill")
    database = phase_one.target("backup", environment["DRILL_DATABASE"])
    assert database

    assert environment["DRILL_POINT_IN_TIME_MINUTES"] == "5"
    assert (environment["DRILL_DATABASE_KIND"], database.type) == ("instance", "AWS::RDS::DBInstance")
    role = phase_one.at("backup", "Jobs/Drill/Task/TaskRole/Resource")
    assert database_asked_about(phase_one, role) == [database.path]


def test_a21_rds_is_asked_every_quarter_of_an_hour_and_about_the_one_database(phase_one: Assembly) -> None:
    (function,) = phase_one.of_type("AWS::Lambda::Function", "backup")
    database = phase_one.target("backup", function["Environment"]["Variables"]["DATABASE_IDENTIFIER"])
    role = phase_one.target("backup", function["Role"])
    assert database
    assert role
    (rule,) = [one for one in phase_one.of_type(RULE, "backup") if one["ScheduleExpression"] == QUARTERLY]

    assert json.loads(rule["Targets"][0]["Input"]) == {"look": "database"}
    assert database_asked_about(phase_one, role) == [database.path]
    allowed = may(phase_one, role)
    assert [one for one in allowed if one.startswith("rds:")] == ["rds:DescribeDBInstances"]
    assert len(allowed["rds:DescribeDBInstances"]) == 1


def test_a21_a_missed_upload_and_silence_about_it_are_an_alarm(phase_one: Assembly) -> None:
    found = alarm(phase_one, "-database-restorable-time")
    (function,) = phase_one.of_type("AWS::Lambda::Function", "backup")

    # Twice in a row beyond the promised five minutes and the five of one missed upload.
    assert (found["Threshold"], found["Period"], found["EvaluationPeriods"]) == (10, 900, 2)
    assert (found["ComparisonOperator"], found["TreatMissingData"]) == ("GreaterThanThreshold", "breaching")
    assert (found["Namespace"], found["MetricName"], found["Statistic"]) == (
        "Cambium/Recovery",
        "MinutesSinceRestorableTime",
        "Maximum",
    )
    assert found["Dimensions"] == [{"Name": "Database", "Value": "restartix-production-eu-1"}]
    assert function["Environment"]["Variables"]["DATABASE"] == "restartix-production-eu-1"


def test_a18_a21_the_database_of_every_shard_and_region_is_watched(phase_four: Assembly) -> None:
    watched, alarmed = set(), set()
    for stack in manifest.read(phase_four.folder).stacks:
        for one in stack.template["Resources"].values():
            if one["Type"] == "AWS::Lambda::Function" and stack.name.endswith("-backup"):
                watched.add(one["Properties"]["Environment"]["Variables"].get("DATABASE"))
            if one["Type"] == ALARM and str(one["Properties"].get("AlarmName")).endswith("-restorable-time"):
                alarmed.add(one["Properties"]["Dimensions"][0]["Value"])

    shards = [*(f"eu-{number}" for number in (1, 2, 3)), *(f"us-{number}" for number in (1, 2, 3, 4, 5))]
    assert watched == alarmed == {f"restartix-production-{shard}" for shard in shards}


def test_nothing_is_asked_where_nothing_was_promised(
    reptidex_production: Assembly, vantrexia_host: Assembly, pooled_production: Assembly
) -> None:
    for assembly in (reptidex_production, vantrexia_host, pooled_production):
        (function,) = assembly.of_type("AWS::Lambda::Function", "backup")

        assert set(function["Environment"]["Variables"]) & {"DATABASE", "DATABASE_IDENTIFIER"} == set()
        assert [one["ScheduleExpression"] for one in assembly.of_type(RULE, "backup")] == ["rate(1 hour)"]
        names = {str(one["AlarmName"]) for one in assembly.of_type(ALARM) if "AlarmName" in one.properties}
        assert [name for name in names if name.endswith("-restorable-time")] == []


def test_e10_the_absence_of_a_rehearsal_is_an_alarm(phase_one: Assembly) -> None:
    found = alarm(phase_one, "-backups-primary-no-restore-drill")

    assert (found["MetricName"], found["Threshold"]) == ("DaysSinceDrill", 90)
    assert found["TreatMissingData"] == "breaching"


def test_e10_records_are_kept_when_everything_else_goes(phase_one: Assembly) -> None:
    bucket = phase_one.the("AWS::S3::Bucket", "backup", BucketName=RECORDS)

    assert bucket.outlives_its_stack
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert "ExpirationInDays" not in rule


def test_e10_the_drill_may_touch_no_database_but_its_own(phase_one: Assembly) -> None:
    allowed = may(phase_one, phase_one.at("backup", "Jobs/Drill/Task/TaskRole/Resource"))

    for action in ("rds:DeleteDBInstance", "rds:CreateDBInstance"):
        databases = [one for one in allowed[action] if ":db:" in one]
        assert [one.rpartition(":")[2] for one in databases] == ["restartix-production-eu-1-drill"]
    assert not [one for one in allowed if one.startswith("secretsmanager:")]
