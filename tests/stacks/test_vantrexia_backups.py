"""Vantrexia's copies: what is kept, how long, and who may touch it."""

from typing import Any

import pytest

from support.assembly import Assembly, Resource, text


def bucket(assembly: Assembly, purpose: str) -> Resource:
    (found,) = [
        one
        for one in assembly.of_type("AWS::S3::Bucket")
        if str(one["BucketName"]).startswith(f"vantrexia-production-{purpose}-1")
    ]
    return found


def told(assembly: Assembly, family: str) -> dict[str, Any]:
    """The environment of a task, without secrets."""
    (container,) = assembly.the("AWS::ECS::TaskDefinition", "backup", Family=family)["ContainerDefinitions"]
    return {one["Name"]: one["Value"] for one in container["Environment"]}


def rule(assembly: Assembly, purpose: str) -> dict[str, Any]:
    (found,) = bucket(assembly, purpose)["LifecycleConfiguration"]["Rules"]
    return dict(found)


def test_e7_rds_keeps_seven_days(vantrexia_host: Assembly) -> None:
    assert vantrexia_host.the("AWS::RDS::DBInstance")["BackupRetentionPeriod"] == 7


def test_e7_dumps_are_kept_thirty_days_in_versions(vantrexia_host: Assembly) -> None:
    assert rule(vantrexia_host, "dumps")["ExpirationInDays"] == 30
    assert bucket(vantrexia_host, "dumps")["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize(("purpose", "copies", "days"), [("dumps", "daily", 30), ("weekly", "weekly", 90)])
def test_e7_dumps_are_kept_as_long_in_a_second_region(
    vantrexia_host: Assembly, purpose: str, copies: str, days: int
) -> None:
    (copy,) = [
        one
        for one in vantrexia_host.of_type("AWS::S3::Bucket", "recovery")
        if str(one["BucketName"]).startswith(f"vantrexia-production-{copies}-copies-")
    ]
    (replication,) = bucket(vantrexia_host, purpose)["ReplicationConfiguration"]["Rules"]

    assert rule(vantrexia_host, purpose)["ExpirationInDays"] == days
    assert [one["ExpirationInDays"] for one in copy["LifecycleConfiguration"]["Rules"]] == [days]
    assert replication["Status"] == "Enabled"
    assert text(replication["Destination"]["Bucket"]).rpartition(":")[2] == copy["BucketName"]


def test_e7_the_disk_has_a_snapshot_each_day_for_fourteen(vantrexia_host: Assembly) -> None:
    plan = vantrexia_host.the("AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]
    selection = vantrexia_host.the("AWS::Backup::BackupSelection")["BackupSelection"]
    volume = vantrexia_host.the("AWS::EC2::Volume")

    assert [(one["ScheduleExpression"], one["Lifecycle"]["DeleteAfterDays"]) for one in plan] == [
        ("cron(0 5 * * ? *)", 14)
    ]
    assert [text(one).partition(":volume/")[2] for one in selection["Resources"]] == [
        f"<{volume.logical_id}>"
    ]


def test_e7_the_audit_archive_is_locked_for_seven_years_in_deep_archive(vantrexia_host: Assembly) -> None:
    archive = bucket(vantrexia_host, "audit")
    lock = archive["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    (step,) = rule(vantrexia_host, "audit")["Transitions"]

    # Governance until somebody has signed off: compliance cannot be undone by anybody.
    assert (lock["Mode"], lock["Days"]) == ("GOVERNANCE", 7 * 365 + 2)
    assert (step["StorageClass"], step["TransitionInDays"]) == ("DEEP_ARCHIVE", 30)
    assert rule(vantrexia_host, "audit")["ExpirationInDays"] == 7 * 365 + 2


def test_e7_the_trail_writes_into_the_archive_and_nobody_else_does(vantrexia_host: Assembly) -> None:
    trail = vantrexia_host.the("AWS::CloudTrail::Trail")
    archive = bucket(vantrexia_host, "audit")
    (policy,) = [
        one
        for one in vantrexia_host.of_type("AWS::S3::BucketPolicy", "storage")
        if one["Bucket"] == {"Ref": archive.logical_id}
    ]
    allowed = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]

    assert trail["S3BucketName"] == archive["BucketName"]
    assert {one["Principal"]["Service"] for one in allowed} == {"cloudtrail.amazonaws.com"}
    assert {text(one["Condition"]["StringEquals"]["aws:SourceArn"]) for one in allowed} == {
        "arn:<AWS::Partition>:cloudtrail:<AWS::Region>:<AWS::AccountId>:trail/" + trail["TrailName"]
    }


@pytest.mark.parametrize("action", ["ec2:DeleteSnapshot"])
def test_e10_snapshots_may_be_deleted_only_where_aws_backup_made_them(
    vantrexia_host: Assembly, action: str
) -> None:
    role = vantrexia_host.target(
        "data", vantrexia_host.the("AWS::Backup::BackupSelection")["BackupSelection"]["IamRoleArn"]
    )
    assert role is not None
    (found,) = [one for one in vantrexia_host.statements(role) if action in one["Action"]]

    assert found["Condition"] == {"Null": {"aws:ResourceTag/aws:backup:source-resource": "false"}}


def test_e10_the_backup_role_puts_backups_and_reads_none(vantrexia_host: Assembly) -> None:
    role = vantrexia_host.at("backup", "Identity/Role/Resource")
    actions = {
        action
        for one in vantrexia_host.statements(role)
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }

    assert "s3:PutObject" in actions
    assert not {action for action in actions if "GetObject" in action or "Delete" in action}


@pytest.mark.parametrize("phase", ["vantrexia_host", "vantrexia_grown"])
def test_e7_the_database_is_dumped_daily_and_weekly_each_into_its_own_bucket(
    phase: str, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(phase)
    when = {
        str(one["Name"]) if "Name" in one.properties else one.logical_id: one["ScheduleExpression"]
        for one in assembly.of_type("AWS::Scheduler::Schedule", "backup")
        if "EcsParameters" in one["Target"]
    }
    buckets = {
        family: told(assembly, f"vantrexia-{family}-dump")["BACKUP_BUCKET"] for family in ("dumps", "weekly")
    }

    assert sorted(when.values()) == ["cron(0 2 ? * SUN *)", "cron(0 3 * * ? *)"]
    assert buckets == {family: bucket(assembly, family)["BucketName"] for family in ("dumps", "weekly")}
    assert bucket(assembly, "weekly")["ReplicationConfiguration"]["Rules"]


def test_e7_dumps_run_beside_the_host_and_never_where_visitors_come_in(vantrexia_host: Assembly) -> None:
    for schedule in vantrexia_host.of_type("AWS::Scheduler::Schedule", "backup"):
        place = schedule["Target"].get("EcsParameters", {}).get("NetworkConfiguration")
        if place is None:
            continue
        (group,) = vantrexia_host.targets("backup", place["AwsvpcConfiguration"]["SecurityGroups"])
        tags = {one["Key"]: one["Value"] for one in group["Tags"]}

        assert tags["cambium:group"] == "database-jobs"
        assert "SecurityGroupIngress" not in group.properties
        assert place["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"


@pytest.mark.parametrize(
    ("ending", "metric", "most"),
    [
        ("dumps-no-backup", "HoursSinceBackup", 26),
        ("weekly-no-backup", "HoursSinceBackup", 170),
        ("dumps-no-restore-drill", "DaysSinceDrill", 90),
    ],
)
def test_e10_a_dump_or_a_rehearsal_that_did_not_happen_is_an_alarm(
    vantrexia_host: Assembly, ending: str, metric: str, most: int
) -> None:
    alarm = vantrexia_host.the("AWS::CloudWatch::Alarm", AlarmName=f"vantrexia-production-us-1-{ending}")

    assert (alarm["MetricName"], alarm["Threshold"]) == (metric, most)
    assert alarm["TreatMissingData"] == "breaching"


def test_e6_the_rehearsal_measures_four_hours_and_a_day(vantrexia_host: Assembly) -> None:
    environment = told(vantrexia_host, "vantrexia-restore-drill")

    assert (environment["DRILL_RESTORE_HOURS"], environment["DRILL_LOSS_HOURS"]) == ("4", "24")
    assert environment["BACKUP_BUCKET"] == bucket(vantrexia_host, "dumps")["BucketName"]
    assert environment["DRILL_RECORDS"].startswith("vantrexia-production-drills-")


def test_e10_a_day_without_a_snapshot_is_an_alarm(vantrexia_host: Assembly) -> None:
    alarm = vantrexia_host.the(
        "AWS::CloudWatch::Alarm", AlarmName="vantrexia-production-us-1-volume-snapshot"
    )

    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "breaching")
    assert alarm["MetricName"] == "NumberOfBackupJobsCompleted"


def test_e9_visitors_are_sent_elsewhere_while_the_host_does_not_answer(vantrexia_host: Assembly) -> None:
    pair = {
        one["Failover"]: (one["ResourceRecords"], one.properties.get("HealthCheckId"))
        for one in vantrexia_host.of_type("AWS::Route53::RecordSet", "compute")
        if "Failover" in one.properties
    }
    checked = vantrexia_host.target("compute", pair["PRIMARY"][1])
    assert checked is not None
    check = checked["HealthCheckConfig"]
    address = vantrexia_host.the("AWS::EC2::EIP", "compute")

    assert pair["PRIMARY"][0] == ["host-production.origin.vantrexia.com"]
    assert pair["SECONDARY"] == (["status.vantrexia.com"], None)
    # The machine itself is asked: a name would lead to the other place, and be found healthy.
    assert check["IPAddress"] == {"Ref": address.logical_id}
    assert (check["FullyQualifiedDomainName"], check["ResourcePath"]) == ("api.vantrexia.com", "/health/")


def test_e9_our_zone_is_the_part_of_the_domain_that_cloudflare_hands_over(vantrexia_host: Assembly) -> None:
    assert vantrexia_host.the("AWS::Route53::HostedZone")["Name"] == "origin.vantrexia.com."
    assert vantrexia_host.the("AWS::Route53::HostedZone").outlives_its_stack
    assert vantrexia_host.outputs("compute")["HostAddress"]["Description"] == (
        "DNS: CNAME app.vantrexia.com and api.vantrexia.com to front-door-production.origin.vantrexia.com, "
        "proxied"
    )


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("host-hardware", "notBreaching"),
        ("host-system", "breaching"),
        ("host-credits", "notBreaching"),
        ("host-root-disk", "breaching"),
        ("host-data-disk", "breaching"),
        ("host-memory", "breaching"),
        ("containers-missing", "breaching"),
        ("container-restarts", "notBreaching"),
    ],
)
def test_e1_the_machine_is_watched(vantrexia_host: Assembly, name: str, missing: str) -> None:
    alarm = vantrexia_host.the("AWS::CloudWatch::Alarm", AlarmName=f"vantrexia-production-us-1-{name}")

    assert alarm["TreatMissingData"] == missing


def test_e1_failing_hardware_is_left_by_itself(vantrexia_host: Assembly) -> None:
    alarm = vantrexia_host.the("AWS::CloudWatch::Alarm", AlarmName="vantrexia-production-us-1-host-hardware")

    assert [text(one).rpartition(":")[2] for one in alarm["AlarmActions"] if "automate" in text(one)] == [
        "recover"
    ]
