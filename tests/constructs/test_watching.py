"""What alarms, budget, audit trail and log retention promise."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from cambium.alarms import Alarms
from cambium.audit_trail import AuditTrail
from cambium.aurora_database import AuroraDatabase
from cambium.budget import Budget
from cambium.cache import Cache
from cambium.dashboard import Dashboard
from cambium.database import Database
from cambium.network import Network
from cambium.retention import retention
from config.cache import Cache as CacheConfig
from config.database import AuroraServerless, DatabaseRole
from config.database import Database as DatabaseConfig
from config.network import NatInstance
from config.network import Network as NetworkConfig
from support.assembly import text
from support.scenario import PRIVATE, ZONES, BuiltOf, Define, scenario, some_group, some_vpc

ALARM = "AWS::CloudWatch::Alarm"


def alarms(stack: cdk.Stack) -> Alarms:
    return Alarms(
        stack,
        "Alarms",
        prefix="shop-test",
        action=actions.SnsAction(sns.Topic(stack, "Topic")),
        runbook_url="docs/runbooks/{}.md".format,
    )


def watch(stack: cdk.Stack, instance_class: str, **sizes: int) -> None:
    config = DatabaseConfig.model_validate(
        {
            "name": "shop",
            "master_username": "shop_admin",
            "version": "17.11",
            "instance_class": instance_class,
            "multi_az": True,
            "roles": (DatabaseRole(name="shop_owner", kind="owner"),),
            **sizes,
        }
    )
    group = some_group(stack)
    database = Database(
        stack,
        "Database",
        vpc=some_vpc(stack),
        subnets=PRIVATE,
        security_group=group,
        zones=ZONES,
        secret_name="shop/test/master",
        log_days=30,
        config=config,
    )
    database.define_alarms(alarms(stack))
    Dashboard(stack, "Dashboard", name="shop-test").show_database(database)


def watch_aurora(stack: cdk.Stack, least: float) -> None:
    database = AuroraDatabase(
        stack,
        "Database",
        vpc=some_vpc(stack),
        subnets=PRIVATE,
        security_group=some_group(stack),
        secret_name="shop/test/master",
        log_days=30,
        config=AuroraServerless(
            name="shop",
            master_username="shop_admin",
            version="17.10",
            min_capacity_acu=least,
            max_capacity_acu=2,
            max_connections=200,
            roles=(DatabaseRole(name="shop_owner", kind="owner"),),
        ),
    )
    database.define_alarms(alarms(stack))
    Dashboard(stack, "Dashboard", name="shop-test").show_database(database)


def way_out(stack: cdk.Stack, image_id: str) -> None:
    config = NetworkConfig(cidr="10.0.0.0/16", nat=NatInstance(image_id=image_id))
    network = Network(stack, "Network", config=config, zones=ZONES)
    assert network.nat_instance
    alarms(stack).watch_nat_instance(network.nat_instance)


@scenario
def serverless(stack: cdk.Stack) -> None:
    watch_aurora(stack, 0)


@scenario
def serverless_always_on(stack: cdk.Stack) -> None:
    watch_aurora(stack, 0.5)


@scenario
def watched_way_out(stack: cdk.Stack) -> None:
    way_out(stack, "ami-0123456789abcdef0")


@scenario
def watched_way_out_replaced(stack: cdk.Stack) -> None:
    way_out(stack, "ami-0fedcba9876543210")


@scenario
def burstable(stack: cdk.Stack) -> None:
    watch(stack, "t4g.small", storage_gib=20, max_storage_gib=100, max_connections=50)


@scenario
def fixed_size(stack: cdk.Stack) -> None:
    watch(
        stack,
        "r6g.large",
        storage_gib=200,
        max_storage_gib=400,
        max_connections=300,
        storage_alarm_percent=70,
        read_replicas=1,
    )


@scenario
def watched_cache(stack: cdk.Stack) -> None:
    cache = Cache(
        stack,
        "Cache",
        vpc=some_vpc(stack),
        subnets=PRIVATE,
        security_group=some_group(stack),
        secret_name="shop/test/cache",
        config=CacheConfig(engine="redis", version="7.1", node_type="t4g.micro"),
    )
    alarms(stack).watch_cache(cache)


@scenario
def records(stack: cdk.Stack) -> None:
    watched = ["shop-uploads", "shop-uploads-copy"]
    AuditTrail(stack, "AuditTrail", bucket_name="records", keep_days=2192, watched_buckets=watched)
    Budget(stack, "Budget", monthly_usd=40, emails=["a@shop.test"])


@scenario
def nothing_to_watch(stack: cdk.Stack) -> None:
    AuditTrail(stack, "AuditTrail", bucket_name="records", keep_days=2192, watched_buckets=[])
    Budget(stack, "Budget", monthly_usd=40, emails=[])


def threshold(built: BuiltOf, define: Define, name: str) -> float:
    found: float = built(define).the(ALARM, AlarmName=f"shop-test-{name}")["Threshold"]
    return found


def test_thresholds_are_shares_of_what_is_configured(built: BuiltOf) -> None:
    gib = 1024**3

    assert threshold(built, burstable, "database-connections") == 40
    assert threshold(built, burstable, "database-storage") == 4 * gib
    assert threshold(built, fixed_size, "database-connections") == 240
    assert threshold(built, fixed_size, "database-storage") == 60 * gib


def test_memory_is_short_below_5_percent_of_the_class(built: BuiltOf) -> None:
    mib = 1024**2
    alarm = built(burstable).the(ALARM, AlarmName="shop-test-database-memory")

    # A t4g.small has 2 GiB, an r6g.large 16.
    assert threshold(built, burstable, "database-memory") == 102 * mib
    assert threshold(built, fixed_size, "database-memory") == 819 * mib
    assert (alarm["MetricName"], alarm["Statistic"]) == ("FreeableMemory", "Minimum")
    assert alarm["ComparisonOperator"] == "LessThanThreshold"


def test_credits_are_told_when_aws_begins_to_bill_for_more(built: BuiltOf) -> None:
    alarm = built(burstable).the(ALARM, AlarmName="shop-test-database-cpu-credits")

    assert alarm["MetricName"] == "CPUSurplusCreditsCharged"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


def test_cpu_credits_are_watched_where_there_are_some(built: BuiltOf) -> None:
    names = [{one["AlarmName"] for one in built(define).of_type(ALARM)} for define in (burstable, fixed_size)]

    assert "shop-test-database-cpu-credits" in names[0]
    assert "shop-test-database-cpu-credits" not in names[1]


def test_lag_is_watched_where_there_is_a_replica(built: BuiltOf) -> None:
    # RDS counts up to five minutes while nothing is written.
    assert threshold(built, fixed_size, "database-replica-1-lag") == 300


def test_the_caches_memory_is_watched(built: BuiltOf) -> None:
    alarm = built(watched_cache).the(ALARM)

    assert (alarm["MetricName"], alarm["Threshold"]) == ("DatabaseMemoryUsagePercentage", 80)


def names(built: BuiltOf, define: Define) -> set[str]:
    return {one["AlarmName"].removeprefix("shop-test-") for one in built(define).of_type(ALARM)}


def shown(built: BuiltOf, define: Define) -> dict[str, set[str]]:
    """Metrics of each graph, by its title."""
    body = json.loads(text(built(define).the("AWS::CloudWatch::Dashboard")["DashboardBody"]))
    graphs = [widget["properties"] for widget in body["widgets"]]
    return {graph["title"]: {metric[1] for metric in graph["metrics"]} for graph in graphs}


def test_b5_a_cluster_is_watched_by_what_it_runs_out_of_and_not_by_storage(built: BuiltOf) -> None:
    assert names(built, serverless) == {
        "database-connections",
        "database-cpu",
        "database-capacity",
        "database-awake",
    }
    assert threshold(built, serverless, "database-connections") == 160


def test_b5_capacity_is_told_before_the_cluster_can_grow_no_further(built: BuiltOf) -> None:
    alarm = built(serverless).the(ALARM, AlarmName="shop-test-database-capacity")

    assert (alarm["MetricName"], alarm["Threshold"], alarm["EvaluationPeriods"]) == ("ACUUtilization", 90, 15)
    assert "90 % of its 2 ACU" in alarm["AlarmDescription"]


def test_b5_a_cluster_that_never_sleeps_is_told_after_a_day(built: BuiltOf) -> None:
    alarm = built(serverless).the(ALARM, AlarmName="shop-test-database-awake")

    assert (alarm["MetricName"], alarm["Statistic"]) == ("ServerlessDatabaseCapacity", "Minimum")
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 24 * 3600
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    assert "database-awake" not in names(built, serverless_always_on)


def test_b5_alarms_look_at_the_cluster_whichever_machine_writes(built: BuiltOf) -> None:
    cluster = built(serverless).the("AWS::RDS::DBCluster").logical_id

    for one in built(serverless).of_type(ALARM):
        assert one["Dimensions"] == [{"Name": "DBClusterIdentifier", "Value": {"Ref": cluster}}]


def test_b5_the_dashboard_shows_capacity_where_an_instance_shows_storage(built: BuiltOf) -> None:
    assert shown(built, serverless) == {
        "Database: connections": {"DatabaseConnections"},
        "Database: CPU (%)": {"CPUUtilization"},
        "Database: capacity (ACU)": {"ServerlessDatabaseCapacity"},
        "Database: I/O in 5 minutes": {"VolumeReadIOPs", "VolumeWriteIOPs"},
    }
    assert shown(built, burstable)["Database: free storage (bytes)"] == {"FreeStorageSpace"}


def test_b6_a_nat_instance_that_fails_its_checks_or_says_nothing_is_told(built: BuiltOf) -> None:
    alarm = built(watched_way_out).the(ALARM)
    machine = built(watched_way_out).the("AWS::EC2::Instance")

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/EC2", "StatusCheckFailed")
    assert alarm["Dimensions"] == [{"Name": "InstanceId", "Value": {"Ref": machine.logical_id}}]
    assert alarm["TreatMissingData"] == "breaching"
    assert "docs/runbooks/nat-instance.md" in alarm["AlarmDescription"]


def test_b6_the_alarm_is_deployed_again_when_the_nat_instance_is_another_one(built: BuiltOf) -> None:
    """Its stack refers to the machine weakly: with the same template, the CDK would skip it."""
    old, new = (built(define).the(ALARM) for define in (watched_way_out, watched_way_out_replaced))

    assert old["AlarmDescription"] != new["AlarmDescription"]


def test_an_alarm_says_what_happened_what_to_do_and_where_to_read_on(built: BuiltOf) -> None:
    said = built(fixed_size).the(ALARM, AlarmName="shop-test-database-connections")["AlarmDescription"]

    assert said == (
        "The database holds more than 240 of 300 connections. What to do: find who holds them; beyond the "
        "limit new ones are refused. Runbook: docs/runbooks/database-connections.md"
    )


def test_silence_is_no_alarm_unless_it_means_one(built: BuiltOf) -> None:
    assert {one["TreatMissingData"] for one in built(burstable).of_type(ALARM)} == {"notBreaching"}


def test_a_replica_that_says_nothing_is_as_bad_as_one_that_is_late(built: BuiltOf) -> None:
    silent = {
        one["AlarmName"] for one in built(fixed_size).of_type(ALARM) if one["TreatMissingData"] == "breaching"
    }

    assert silent == {"shop-test-database-replica-1-lag"}


def test_a22_the_record_covers_all_regions_and_proves_nothing_was_altered(built: BuiltOf) -> None:
    trail = built(records).the("AWS::CloudTrail::Trail")

    assert trail["IsMultiRegionTrail"] is True
    assert trail["IncludeGlobalServiceEvents"] is True
    assert trail["EnableLogFileValidation"] is True


def test_a22_reads_and_writes_of_watched_objects_are_recorded(built: BuiltOf) -> None:
    (selector,) = built(records).the("AWS::CloudTrail::Trail")["EventSelectors"]

    (objects,) = selector["DataResources"]
    assert objects["Type"] == "AWS::S3::Object"
    assert [text(arn).rpartition(":::")[2] for arn in objects["Values"]] == [
        "shop-uploads/",
        "shop-uploads-copy/",
    ]


def test_a_product_without_objects_is_recorded_all_the_same(built: BuiltOf) -> None:
    trail = built(nothing_to_watch).the("AWS::CloudTrail::Trail")

    assert trail["IsLogging"] is True
    assert not trail.properties.get("EventSelectors")


def test_a22_records_outlive_the_stack_and_go_after_six_years(built: BuiltOf) -> None:
    bucket = built(records).the("AWS::S3::Bucket")
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]

    assert bucket.outlives_its_stack
    assert rule["ExpirationInDays"] == 2192


def test_a_budget_tells_everybody_at_80_and_100_percent(built: BuiltOf) -> None:
    budget = built(records).the("AWS::Budgets::Budget")
    told = [one["Notification"]["Threshold"] for one in budget["NotificationsWithSubscribers"]]

    assert told == [80, 100]
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 40, "Unit": "USD"}


def test_a_budget_can_be_replaced_since_no_name_is_taken(built: BuiltOf) -> None:
    assert "BudgetName" not in built(records).the("AWS::Budgets::Budget")["Budget"]


def test_a_budget_that_nobody_hears_tells_nobody(built: BuiltOf) -> None:
    budget = built(nothing_to_watch).the("AWS::Budgets::Budget")

    assert budget["Budget"]["BudgetLimit"]["Amount"] == 40
    assert budget["NotificationsWithSubscribers"] == []


@pytest.mark.parametrize(("days", "kept"), [(1, "ONE_DAY"), (31, "TWO_MONTHS"), (2000, "SIX_YEARS")])
def test_logs_are_kept_for_the_next_period_that_aws_offers(days: int, kept: str) -> None:
    assert retention(days).name == kept


def test_logs_are_not_kept_longer_than_aws_can() -> None:
    with pytest.raises(ValueError, match="at most 2557 days, got 3000"):
        retention(3000)
