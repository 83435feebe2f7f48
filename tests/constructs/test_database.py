"""What a Database promises, beyond the one that the rows describe."""

from typing import Any

import aws_cdk as cdk

from cambium.database import Database
from cambium.database_parameters import instance_parameters
from config.database import Database as DatabaseConfig
from config.database import DatabaseRole, Unprotected
from support.assembly import Resource, text
from support.scenario import PRIVATE, ZONES, Built, BuiltOf, scenario, some_group, some_vpc

INSTANCE = "AWS::RDS::DBInstance"
SMALL: dict[str, Any] = {
    "name": "shop",
    "master_username": "shop_admin",
    "version": "17.11",
    "instance_class": "t4g.small",
    "storage_gib": 20,
    "max_storage_gib": 100,
    "multi_az": False,
    "max_connections": 50,
    "roles": (DatabaseRole(name="shop_owner", kind="owner"),),
}


def database(stack: cdk.Stack, **config: object) -> None:
    made = Database(
        stack,
        "Database",
        vpc=some_vpc(stack),
        subnets=PRIVATE,
        security_group=some_group(stack),
        zones=ZONES,
        secret_name="shop/test/database/master",
        log_days=30,
        config=DatabaseConfig.model_validate({**SMALL, **config}),
    )
    cdk.CfnOutput(stack, "Writes", value=made.host)
    cdk.CfnOutput(stack, "Port", value=made.port)
    for number, host in enumerate(made.replica_hosts, start=1):
        cdk.CfnOutput(stack, f"Reads{number}", value=host)
    if made.replica_hosts:
        cdk.CfnOutput(stack, "ReadsPort", value=made.replica_port)


@scenario
def small(stack: cdk.Stack) -> None:
    database(stack)


@scenario
def unprotected(stack: cdk.Stack) -> None:
    database(stack, deletion_protection=Unprotected(reason="a toy that is thrown away"))


@scenario
def watched_closely(stack: cdk.Stack) -> None:
    database(stack, insights="advanced", enhanced_monitoring_seconds=0, backup_days=35)


@scenario
def large(stack: cdk.Stack) -> None:
    database(
        stack, instance_class="r6g.large", storage_gib=400, max_storage_gib=800, iops=14000, read_replicas=4
    )


def primary(built: Built) -> Resource:
    (found,) = [one for one in built.of_type(INSTANCE) if "SourceDBInstanceIdentifier" not in one.properties]
    return found


def replicas(built: Built) -> list[Resource]:
    return [one for one in built.of_type(INSTANCE) if "SourceDBInstanceIdentifier" in one.properties]


def test_is_private_encrypted_and_hard_to_delete(built: BuiltOf) -> None:
    found = primary(built(small))

    assert found["PubliclyAccessible"] is False
    assert found["StorageEncrypted"] is True
    assert found["DeletionProtection"] is True
    assert found.outlives_its_stack


def test_a_replaced_database_leaves_the_old_one_running(built: BuiltOf) -> None:
    assert primary(built(small)).body["UpdateReplacePolicy"] == "Retain"


def test_has_one_zone_where_the_configuration_says_so(built: BuiltOf) -> None:
    assert primary(built(small))["MultiAZ"] is False


def test_opens_no_port_by_itself(built: BuiltOf) -> None:
    rules = ("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")

    assert not [one for kind in rules for one in built(small).of_type(kind)]
    assert primary(built(small))["VPCSecurityGroups"] == ["sg-12345678"]


def test_leaves_iops_to_aws_while_gp3_takes_none(built: BuiltOf) -> None:
    assert "Iops" not in primary(built(small)).properties


def test_takes_more_iops_where_gp3_takes_some(built: BuiltOf) -> None:
    assert primary(built(large))["Iops"] == 14000


def test_protection_goes_only_with_a_reason(built: BuiltOf) -> None:
    assert primary(built(unprotected))["DeletionProtection"] is False
    assert primary(built(unprotected))["StorageEncrypted"] is True


def test_advanced_insights_keep_15_months(built: BuiltOf) -> None:
    found = primary(built(watched_closely))

    assert found["DatabaseInsightsMode"] == "advanced"
    # 15 months as RDS counts them.
    assert found["PerformanceInsightsRetentionPeriod"] == 465


def test_enhanced_monitoring_can_be_off_and_needs_no_role_then(built: BuiltOf) -> None:
    assert primary(built(watched_closely)).properties.get("MonitoringInterval", 0) == 0
    assert "MonitoringRoleArn" not in primary(built(watched_closely)).properties


def test_backups_are_kept_as_long_as_the_configuration_says_even_after_deletion(built: BuiltOf) -> None:
    assert primary(built(watched_closely))["BackupRetentionPeriod"] == 35
    assert primary(built(watched_closely))["DeleteAutomatedBackups"] is False


def test_replicas_go_around_the_zones_beginning_after_the_first(built: BuiltOf) -> None:
    zones = [one["AvailabilityZone"] for one in replicas(built(large))]

    assert zones == [ZONES[1], ZONES[2], ZONES[0], ZONES[1]]


def test_a_replica_is_told_what_it_does_not_inherit(built: BuiltOf) -> None:
    for replica in replicas(built(large)):
        assert replica["StorageType"] == "gp3"
        assert replica["DBParameterGroupName"] == primary(built(large))["DBParameterGroupName"]
        assert replica["PubliclyAccessible"] is False
        # RDS refuses to be told.
        assert "StorageEncrypted" not in replica.properties


def test_logs_are_exported_and_end(built: BuiltOf) -> None:
    assert primary(built(small))["EnableCloudwatchLogsExports"] == ["postgresql", "upgrade"]
    assert {one["RetentionInDays"] for one in built(small).of_type("Custom::LogRetention")} == {30}


def test_the_logs_of_replicas_are_exported_and_end_too(built: BuiltOf) -> None:
    kept = {text(one["LogGroupName"]): one for one in built(large).of_type("Custom::LogRetention")}

    for replica in replicas(built(large)):
        assert replica["EnableCloudwatchLogsExports"] == ["postgresql", "upgrade"]
        for log in ("postgresql", "upgrade"):
            assert kept[f"/aws/rds/instance/<{replica.logical_id}>/{log}"]["RetentionInDays"] == 30


def test_a_replica_has_insights_and_leaves_their_mode_to_the_primary(built: BuiltOf) -> None:
    for replica in replicas(built(large)):
        assert replica["EnablePerformanceInsights"] is True
        assert "DatabaseInsightsMode" not in replica.properties
    assert primary(built(large))["DatabaseInsightsMode"] == "standard"


def test_memory_parameters_are_in_pages_of_8_kb_and_in_kb() -> None:
    # A t4g.small has 2 GB.
    told = instance_parameters(DatabaseConfig.model_validate(SMALL))

    assert told["shared_buffers"] == str(512 * 1024 // 8)
    assert told["maintenance_work_mem"] == str(128 * 1024)


def test_connections_and_schema_changes_are_logged_and_statements_of_users_are_not() -> None:
    told = instance_parameters(DatabaseConfig.model_validate(SMALL))

    assert (told["log_connections"], told["log_statement"]) == ("1", "ddl")


def test_b5_names_where_to_write_and_where_to_read(built: BuiltOf) -> None:
    """What services are told comes from here, whether the database is an instance or a cluster."""
    said = {name: output["Value"] for name, output in built(large).template["Outputs"].items()}
    reading = [replica.logical_id for replica in replicas(built(large))]

    assert said["Writes"] == {"Fn::GetAtt": [primary(built(large)).logical_id, "Endpoint.Address"]}
    assert said["Port"] == {"Fn::GetAtt": [primary(built(large)).logical_id, "Endpoint.Port"]}
    assert [said[f"Reads{number}"] for number in range(1, 5)] == [
        {"Fn::GetAtt": [logical_id, "Endpoint.Address"]} for logical_id in reading
    ]
    assert said["ReadsPort"] == {"Fn::GetAtt": [reading[0], "Endpoint.Port"]}


def test_b12_without_replicas_nobody_is_told_of_any(built: BuiltOf) -> None:
    assert not [name for name in built(small).template["Outputs"] if name.startswith("Reads")]
