"""The real PostgreSQL behind the embedded RDS."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from emulator.testing import Emulator, Stack, StackError

pytestmark = [pytest.mark.embedded, pytest.mark.database]

SECRET: dict[str, Any] = {
    "Type": "AWS::SecretsManager::Secret",
    "Properties": {
        "GenerateSecretString": {
            "SecretStringTemplate": '{"username": "app"}',
            "GenerateStringKey": "password",
            "ExcludeCharacters": "\"@/\\'",
        }
    },
}
PASSWORD = {"Fn::Sub": "{{resolve:secretsmanager:${Secret}:SecretString:password::}}"}


def database(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Delete",
        "Properties": {
            "Engine": "postgres",
            "EngineVersion": "18.1",
            "DBInstanceClass": "db.t4g.micro",
            "MasterUsername": "app",
            "MasterUserPassword": "correct-horse",
            "DBName": "orders",
            **properties,
        },
    }


def login(emulator: Emulator, endpoint: dict[str, Any], **changes: Any) -> "psycopg.Connection":
    settings = {
        "host": endpoint["Address"],
        "port": endpoint["Port"],
        "user": "app",
        "password": "correct-horse",
        "dbname": "orders",
        "sslmode": "verify-full",
        "sslrootcert": str(emulator.data / "ca.pem"),
        "connect_timeout": 10,
        **changes,
    }
    return psycopg.connect(**settings)


def endpoint(emulator: Emulator, name: str, region: str = "us-east-1") -> dict[str, Any]:
    found = emulator.client("rds", region).describe_db_instances(DBInstanceIdentifier=name)
    result: dict[str, Any] = found["DBInstances"][0]["Endpoint"]
    return result


def test_the_attached_secret_opens_the_database(emulator: Emulator, deploy: Callable[..., Stack]) -> None:
    stack = deploy(
        {
            "Secret": SECRET,
            "Database": database(MasterUserPassword=PASSWORD),
            "Attachment": {
                "Type": "AWS::SecretsManager::SecretTargetAttachment",
                "Properties": {
                    "SecretId": {"Ref": "Secret"},
                    "TargetId": {"Ref": "Database"},
                    "TargetType": "AWS::RDS::DBInstance",
                },
            },
        }
    )
    found = emulator.client("secretsmanager").get_secret_value(SecretId=stack["Secret"])
    secret = json.loads(found["SecretString"])
    place = {"Address": secret["host"], "Port": secret["port"]}
    with login(emulator, place, password=secret["password"], dbname=secret["dbname"]) as opened:
        row = opened.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname='app'")
        assert row.fetchone() == ("app", False)


def test_a_template_can_compose_a_url(emulator: Emulator, deploy: Callable[..., Stack]) -> None:
    address, port = ({"Fn::GetAtt": ["Database", f"Endpoint.{x}"]} for x in ("Address", "Port"))
    stack = deploy(
        {
            "Database": database(),
            "Url": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": {"Fn::Join": [":", [address, port]]}},
            },
        }
    )
    value = emulator.client("ssm").get_parameter(Name=stack["Url"])["Parameter"]["Value"]
    place = endpoint(emulator, stack["Database"])
    assert value == f"{place['Address']}:{place['Port']}"
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        login(emulator, place, sslmode="disable")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        login(emulator, place, password="wrong")


def test_data_survive_a_new_size_and_a_new_password(emulator: Emulator, deploy: Callable[..., Stack]) -> None:
    stack = deploy({"Database": database()})
    place = endpoint(emulator, stack["Database"])
    with login(emulator, place) as opened:
        opened.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    stack.update({"Database": database(DBInstanceClass="db.r7g.large", MasterUserPassword="battery")})
    assert endpoint(emulator, stack["Database"]) == place
    with login(emulator, place, password="battery") as opened:
        assert opened.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_storage_never_shrinks(deploy: Callable[..., Stack]) -> None:
    stack = deploy({"Database": database(AllocatedStorage="50")})

    with pytest.raises(StackError, match="50 GiB is allocated, and 20 GiB is less"):
        stack.update({"Database": database(AllocatedStorage="20")})


def test_a_deleted_database_no_longer_answers(emulator: Emulator, deploy: Callable[..., Stack]) -> None:
    stack = deploy({"Database": database()})
    place = endpoint(emulator, stack["Database"])
    servers = set(emulator.data.glob("pg*"))
    stack.delete()
    with pytest.raises(psycopg.OperationalError):
        login(emulator, place)
    assert len(set(emulator.data.glob("pg*"))) == len(servers) - 1


def test_a_replica_in_another_region_reads_its_primary(
    emulator: Emulator, deploy: Callable[..., Stack]
) -> None:
    primary = deploy({"Database": database()})
    rds = emulator.client("rds")
    found = rds.describe_db_instances(DBInstanceIdentifier=primary["Database"])["DBInstances"][0]
    replica = {
        "Type": "AWS::RDS::DBInstance",
        "Properties": {
            "SourceDBInstanceIdentifier": found["DBInstanceArn"],
            "DBInstanceClass": "db.t4g.micro",
        },
    }
    stack = deploy({"Replica": replica}, region="us-west-2")
    place = endpoint(emulator, stack["Replica"], "us-west-2")
    assert place["Port"] == found["Endpoint"]["Port"]
    described = rds.describe_db_instances(DBInstanceIdentifier=primary["Database"])
    replicas = described["DBInstances"][0]["ReadReplicaDBInstanceIdentifiers"]
    assert [name.rpartition(":")[2] for name in replicas] == [stack["Replica"]]
    with login(emulator, place) as opened:
        assert opened.execute("SELECT 1").fetchone() == (1,)


def test_writer_and_reader_of_a_cluster_are_one_server(
    emulator: Emulator, deploy: Callable[..., Stack]
) -> None:
    stack = deploy(
        {
            "Cluster": {
                "Type": "AWS::RDS::DBCluster",
                "DeletionPolicy": "Delete",
                "Properties": {
                    "Engine": "aurora-postgresql",
                    "EngineVersion": "16.6",
                    "MasterUsername": "app",
                    "MasterUserPassword": "correct-horse",
                    "DatabaseName": "orders",
                },
            },
            "Writer": {
                "Type": "AWS::RDS::DBInstance",
                "Properties": {
                    "Engine": "aurora-postgresql",
                    "DBInstanceClass": "db.serverless",
                    "DBClusterIdentifier": {"Ref": "Cluster"},
                },
            },
        }
    )
    found = emulator.client("rds").describe_db_clusters(DBClusterIdentifier=stack["Cluster"])
    cluster = found["DBClusters"][0]
    assert endpoint(emulator, stack["Writer"])["Port"] == cluster["Port"]
    with login(emulator, {"Address": cluster["ReaderEndpoint"], "Port": cluster["Port"]}) as opened:
        version = opened.execute("SHOW server_version_num").fetchone()
        assert version is not None
        assert version[0].startswith("16")


def serverless(**properties: Any) -> dict[str, Any]:
    """A serverless cluster as the CDK writes it: most is said of the cluster alone."""
    return {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"},
        },
        "Subnets": {
            "Type": "AWS::RDS::DBSubnetGroup",
            "Properties": {"DBSubnetGroupDescription": "private", "SubnetIds": [{"Ref": "Subnet"}]},
        },
        "Parameters": {
            "Type": "AWS::RDS::DBClusterParameterGroup",
            "Properties": {
                "Description": "as few connections as are counted on",
                "Family": "aurora-postgresql17",
                "Parameters": {"max_connections": "200", "rds.force_ssl": "1"},
            },
        },
        "Secret": SECRET,
        "Cluster": {
            "Type": "AWS::RDS::DBCluster",
            "DeletionPolicy": "Delete",
            "Properties": {
                "Engine": "aurora-postgresql",
                "EngineVersion": "17.10",
                "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
                "MasterUsername": "app",
                "MasterUserPassword": PASSWORD,
                "DatabaseName": "orders",
                "DBSubnetGroupName": {"Ref": "Subnets"},
                "DBClusterParameterGroupName": {"Ref": "Parameters"},
                "VpcSecurityGroupIds": ["sg-1"],
                "StorageEncrypted": True,
                "BackupRetentionPeriod": 1,
                "ServerlessV2ScalingConfiguration": {
                    "MinCapacity": 0,
                    "MaxCapacity": 2,
                    "SecondsUntilAutoPause": 300,
                },
                **properties,
            },
        },
        "Attachment": {
            "Type": "AWS::SecretsManager::SecretTargetAttachment",
            "Properties": {
                "SecretId": {"Ref": "Secret"},
                "TargetId": {"Ref": "Cluster"},
                "TargetType": "AWS::RDS::DBCluster",
            },
        },
        "Writer": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {
                "Engine": "aurora-postgresql",
                "DBInstanceClass": "db.serverless",
                "DBClusterIdentifier": {"Ref": "Cluster"},
                "PubliclyAccessible": False,
            },
        },
    }


def test_the_attached_secret_opens_a_serverless_cluster_and_its_data_survive_a_new_size(
    emulator: Emulator, deploy: Callable[..., Stack]
) -> None:
    stack = deploy(serverless())
    found = emulator.client("secretsmanager").get_secret_value(SecretId=stack["Secret"])
    secret = json.loads(found["SecretString"])
    place = {"Address": secret["host"], "Port": secret["port"]}
    with login(emulator, place, password=secret["password"], dbname=secret["dbname"]) as opened:
        opened.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    larger = {"MinCapacity": 0.5, "MaxCapacity": 8}
    stack.update(serverless(ServerlessV2ScalingConfiguration=larger))

    cluster = emulator.client("rds").describe_db_clusters(DBClusterIdentifier=stack["Cluster"])["DBClusters"][
        0
    ]
    assert cluster["ServerlessV2ScalingConfiguration"] == larger
    with login(emulator, place, password=secret["password"], dbname=secret["dbname"]) as opened:
        assert opened.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_writer_reports_what_it_takes_from_its_cluster(
    emulator: Emulator, deploy: Callable[..., Stack]
) -> None:
    stack = deploy(serverless())
    rds = emulator.client("rds")
    cluster = rds.describe_db_clusters(DBClusterIdentifier=stack["Cluster"])["DBClusters"][0]
    writer = rds.describe_db_instances(DBInstanceIdentifier=stack["Writer"])["DBInstances"][0]

    assert cluster["DBClusterParameterGroup"] == stack["Parameters"]
    assert cluster["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert (writer["EngineVersion"], writer["StorageEncrypted"]) == ("17.10", True)
    assert [one["VpcSecurityGroupId"] for one in writer["VpcSecurityGroups"]] == ["sg-1"]
    assert writer["DBSubnetGroup"]["DBSubnetGroupName"] == stack["Subnets"]


def test_a_deleted_cluster_no_longer_answers(emulator: Emulator, deploy: Callable[..., Stack]) -> None:
    stack = deploy(serverless())
    found = emulator.client("rds").describe_db_clusters(DBClusterIdentifier=stack["Cluster"])["DBClusters"][0]
    stack.delete()

    with pytest.raises(psycopg.OperationalError):
        login(emulator, {"Address": found["Endpoint"], "Port": found["Port"]})
