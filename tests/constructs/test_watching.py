"""What alarms, budget, audit trail and log retention promise."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from cambium.alarms import Alarms
from cambium.audit_trail import AuditTrail
from cambium.budget import Budget
from cambium.cache import Cache
from cambium.database import Database
from cambium.retention import retention
from config.cache import Cache as CacheConfig
from config.database import Database as DatabaseConfig
from config.database import DatabaseRole
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
    alarms(stack).watch_database(database, config)


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
