"""What a serverless cluster promises: as safe as an instance, and free of charge while nobody uses it."""

from typing import Any

import aws_cdk as cdk

from cambium.aurora_database import AuroraDatabase
from cambium.database_parameters import cluster_parameters
from config.database import AuroraServerless, DatabaseRole, Unprotected
from support.assembly import text
from support.scenario import PRIVATE, BuiltOf, scenario, some_group, some_vpc

CLUSTER = "AWS::RDS::DBCluster"
INSTANCE = "AWS::RDS::DBInstance"
STAGING: dict[str, Any] = {
    "name": "shop",
    "master_username": "shop_admin",
    "version": "17.10",
    "min_capacity_acu": 0,
    "max_capacity_acu": 2,
    "max_connections": 200,
    "backup_days": 1,
    "roles": (DatabaseRole(name="shop_owner", kind="owner"),),
}


def aurora(stack: cdk.Stack, **config: object) -> AuroraDatabase:
    made = AuroraDatabase(
        stack,
        "Database",
        vpc=some_vpc(stack),
        subnets=PRIVATE,
        security_group=some_group(stack),
        secret_name="shop/test/database/master",
        log_days=30,
        config=AuroraServerless.model_validate({**STAGING, **config}),
    )
    cdk.CfnOutput(stack, "Writes", value=made.host)
    cdk.CfnOutput(stack, "Port", value=made.port)
    cdk.CfnOutput(stack, "Replicas", value=str(len(made.replica_hosts)))
    cdk.CfnOutput(stack, "Arn", value=made.arn)
    return made


@scenario
def pausing(stack: cdk.Stack) -> None:
    aurora(stack)


@scenario
def pausing_late(stack: cdk.Stack) -> None:
    aurora(stack, pause_after_seconds=3600)


@scenario
def always_on(stack: cdk.Stack) -> None:
    aurora(stack, min_capacity_acu=0.5, max_capacity_acu=8)


@scenario
def thrown_away(stack: cdk.Stack) -> None:
    aurora(stack, deletion_protection=Unprotected(reason="a toy that is thrown away"))


def test_b5_staging_is_postgresql_17_that_may_fall_to_nothing(built: BuiltOf) -> None:
    found = built(pausing).the(CLUSTER)

    assert (found["Engine"], found["EngineVersion"]) == ("aurora-postgresql", "17.10")
    assert found["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": 0,
        "MaxCapacity": 2,
        "SecondsUntilAutoPause": 300,
    }


def test_b5_pauses_when_the_configuration_says_so(built: BuiltOf) -> None:
    scaling = built(pausing_late).the(CLUSTER)["ServerlessV2ScalingConfiguration"]

    assert scaling["SecondsUntilAutoPause"] == 3600


def test_b5_with_half_a_unit_it_is_not_said_to_pause(built: BuiltOf) -> None:
    """0.5 ACU never pauses; saying otherwise would only look like it."""
    assert built(always_on).the(CLUSTER)["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": 0.5,
        "MaxCapacity": 8,
    }


def test_b5_keeps_one_day_of_backups_even_after_deletion(built: BuiltOf) -> None:
    found = built(pausing).the(CLUSTER)

    assert found["BackupRetentionPeriod"] == 1
    assert found["DeleteAutomatedBackups"] is False
    assert found["CopyTagsToSnapshot"] is True


def test_b6_staging_has_one_writer_in_one_zone_and_nobody_to_take_over(built: BuiltOf) -> None:
    writer = built(pausing).the(INSTANCE)

    assert writer["DBInstanceClass"] == "db.serverless"
    assert writer["DBClusterIdentifier"] == {"Ref": built(pausing).the(CLUSTER).logical_id}
    assert built(pausing).template["Outputs"]["Replicas"]["Value"] == "0"


def test_is_private_encrypted_and_hard_to_delete(built: BuiltOf) -> None:
    found = built(pausing).the(CLUSTER)

    assert built(pausing).the(INSTANCE)["PubliclyAccessible"] is False
    assert found["StorageEncrypted"] is True
    assert found["DeletionProtection"] is True
    assert found.outlives_its_stack


def test_a_replaced_cluster_leaves_the_old_one_running(built: BuiltOf) -> None:
    assert built(pausing).the(CLUSTER).body["UpdateReplacePolicy"] == "Retain"


def test_protection_goes_only_with_a_reason(built: BuiltOf) -> None:
    found = built(thrown_away).the(CLUSTER)

    assert found["DeletionProtection"] is False
    assert found["StorageEncrypted"] is True


def test_opens_no_port_by_itself(built: BuiltOf) -> None:
    rules = ("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")

    assert not [one for kind in rules for one in built(pausing).of_type(kind)]
    assert built(pausing).the(CLUSTER)["VpcSecurityGroupIds"] == ["sg-12345678"]


def test_takes_no_connection_without_tls_and_no_more_than_the_budget_counts_on() -> None:
    told = cluster_parameters(AuroraServerless.model_validate(STAGING))

    assert (told["rds.force_ssl"], told["max_connections"]) == ("1", "200")


def test_leaves_memory_to_aurora_which_changes_it_with_the_capacity() -> None:
    told = cluster_parameters(AuroraServerless.model_validate(STAGING))

    assert not {"shared_buffers", "effective_cache_size", "work_mem", "maintenance_work_mem"} & told.keys()


def test_logs_what_an_instance_logs_and_the_log_ends(built: BuiltOf) -> None:
    told = built(pausing).the("AWS::RDS::DBClusterParameterGroup")["Parameters"]
    kept = built(pausing).the("Custom::LogRetention")
    cluster = built(pausing).the(CLUSTER)

    assert (told["log_connections"], told["log_statement"]) == ("1", "ddl")
    assert cluster["EnableCloudwatchLogsExports"] == ["postgresql"]
    assert text(kept["LogGroupName"]) == f"/aws/rds/cluster/<{cluster.logical_id}>/postgresql"
    assert kept["RetentionInDays"] == 30


def test_never_pays_for_a_version_that_is_out_of_support(built: BuiltOf) -> None:
    found = built(pausing).the(CLUSTER)

    assert found["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"


def test_lets_people_in_by_iam_and_shows_a_certificate_that_clients_can_check(built: BuiltOf) -> None:
    assert built(pausing).the(CLUSTER)["EnableIAMDatabaseAuthentication"] is True
    assert built(pausing).the(INSTANCE)["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"


def test_the_masters_login_outlives_the_cluster(built: BuiltOf) -> None:
    secret = built(pausing).the("AWS::SecretsManager::Secret")

    assert secret["Name"] == "shop/test/database/master"
    assert secret.outlives_its_stack


def test_b5_names_where_to_write(built: BuiltOf) -> None:
    said = {name: output["Value"] for name, output in built(pausing).template["Outputs"].items()}
    cluster = built(pausing).the(CLUSTER).logical_id

    assert said["Writes"] == {"Fn::GetAtt": [cluster, "Endpoint.Address"]}
    assert said["Port"] == {"Fn::GetAtt": [cluster, "Endpoint.Port"]}
    assert text(said["Arn"]).endswith(f":cluster:<{cluster}>")
