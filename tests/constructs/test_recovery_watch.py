"""A21: the watch of a cluster asks about that cluster, with the one right it needs."""

from typing import Any

import aws_cdk as cdk

from cambium.aurora_database import AuroraDatabase
from cambium.backups import Backup
from cambium.recovery_watch import RecoveryWatch, Restorable, Watched
from config.database import AuroraServerless, DatabaseRole
from support.assembly import text
from support.scenario import PRIVATE, BuiltOf, scenario, some_group, some_vpc


@scenario
def watching_a_cluster(stack: cdk.Stack) -> None:
    database = AuroraDatabase(
        stack,
        "Database",
        vpc=some_vpc(stack),
        subnets=PRIVATE,
        security_group=some_group(stack),
        secret_name="shop/test/database/master",
        log_days=30,
        config=AuroraServerless(
            name="shop",
            master_username="shop_admin",
            version="17.10",
            min_capacity_acu=0.5,
            max_capacity_acu=2,
            max_connections=200,
            roles=(DatabaseRole(name="shop_owner", kind="owner"),),
        ),
    )
    RecoveryWatch(
        stack,
        "Watch",
        watched=[Watched(backup=Backup(bucket_name="backups", name="database-1"))],
        restorable=Restorable(database=database, name="shop-test-eu-1"),
    )


def test_a21_a_cluster_is_asked_about_as_a_cluster(built: BuiltOf) -> None:
    template = built(watching_a_cluster)
    cluster = template.the("AWS::RDS::DBCluster").logical_id
    (function,) = [
        one for one in template.of_type("AWS::Lambda::Function") if "WATCHED" in environment(one.properties)
    ]
    rights = [
        statement
        for policy in template.of_type("AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "rds:" in str(statement["Action"])
    ]

    told = environment(function.properties)
    assert (told["DATABASE_KIND"], told["DATABASE_IDENTIFIER"]) == ("cluster", {"Ref": cluster})
    (right,) = rights
    assert right["Action"] == "rds:DescribeDBClusters"
    assert text(right["Resource"]).endswith(f":cluster:<{cluster}>")


def environment(function: dict[str, Any]) -> dict[str, Any]:
    variables: dict[str, Any] = function.get("Environment", {}).get("Variables", {})
    return variables
