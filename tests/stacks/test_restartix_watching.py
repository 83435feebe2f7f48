"""Rows A11 and A12: logs that end, alarms that say what to do, one dashboard, one budget."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from config.alarms import Alarms
from config.catalog import load_system
from config.environment import Environment
from support.assembly import Assembly, Resource, text

ROOT = Path(__file__).parents[2]
ALARM = "AWS::CloudWatch::Alarm"
GIB = 1024**3
SHARD, EVERYWHERE = "restartix-production-eu-1-", "restartix-production-"

SEVEN = {
    "core api high error rate": (SHARD + "core-api-errors", "GreaterThanThreshold", 1, 5),
    "core api high latency": (SHARD + "core-api-latency", "GreaterThanThreshold", 1000, 5),
    "core api unhealthy": (EVERYWHERE + "core-api-unhealthy", "LessThanThreshold", 1, 1),
    "rds high connection count": (SHARD + "database-connections", "GreaterThanThreshold", 160, 5),
    "rds high cpu": (SHARD + "database-cpu", "GreaterThanThreshold", 80, 10),
    "rds low free storage": (SHARD + "database-storage", "LessThanThreshold", 10 * GIB, 5),
    "monthly spend": (EVERYWHERE + "monthly-spend", "GreaterThanThreshold", 300, 1),
}
"""The document's name for it: alarm, comparison, threshold, periods in a row.

Its 200 USD are "adjust as needed": Multi-AZ, as it wants the database, costs more (see ``docs/costs.md``).
"""

METRICS = {
    "core-api-latency": ("AWS/AppRunner", "RequestLatency", "p99"),
    "database-connections": ("AWS/RDS", "DatabaseConnections", "Maximum"),
    "database-cpu": ("AWS/RDS", "CPUUtilization", "Average"),
    "database-storage": ("AWS/RDS", "FreeStorageSpace", "Minimum"),
}
WIDGETS = {
    "Requests per minute": {"Requests"},
    "Active instances": {"ActiveInstances"},
    "core-api: response time (ms)": {"RequestLatency"},
    "telemetry-api: response time (ms)": {"RequestLatency"},
    "Database: connections": {"DatabaseConnections"},
    "Database: CPU (%)": {"CPUUtilization"},
    "Database: free storage (bytes)": {"FreeStorageSpace"},
    "Database: IOPS": {"ReadIOPS", "WriteIOPS"},
    "Cache: memory (%)": {"DatabaseMemoryUsagePercentage"},
    "Cache: connections": {"CurrConnections"},
    "Cache: hits and misses": {"CacheHits", "CacheMisses"},
}


def alarm(assembly: Assembly, name: str) -> Resource:
    return assembly.the(ALARM, AlarmName=name)


def widgets(assembly: Assembly) -> dict[str, dict[str, Any]]:
    body = json.loads(text(assembly.the("AWS::CloudWatch::Dashboard")["DashboardBody"]))
    return {widget["properties"].get("title", ""): widget["properties"] for widget in body["widgets"]}


@pytest.mark.parametrize("title", SEVEN)
def test_a11_the_seven_alarms_with_the_documents_thresholds(phase_one: Assembly, title: str) -> None:
    name, comparison, threshold, periods = SEVEN[title]
    found = alarm(phase_one, name)

    assert found["ComparisonOperator"] == comparison
    assert (found["Threshold"], found["EvaluationPeriods"]) == (threshold, periods)


@pytest.mark.parametrize("name", METRICS)
def test_a11_an_alarm_watches_the_documents_metric_minute_by_minute(phase_one: Assembly, name: str) -> None:
    found = alarm(phase_one, SHARD + name)
    statistic = found.properties.get("Statistic") or found["ExtendedStatistic"]

    assert (found["Namespace"], found["MetricName"], statistic) == METRICS[name]
    assert found["Period"] == 60


def test_a11_the_error_rate_is_5xx_of_all_requests(phase_one: Assembly) -> None:
    metrics = {one["Id"]: one for one in alarm(phase_one, SHARD + "core-api-errors")["Metrics"]}
    (expression,) = [one["Expression"] for one in metrics.values() if "Expression" in one]

    assert expression == "IF(requests > 0, 100 * errors / requests, 0)"
    assert metrics["errors"]["MetricStat"]["Metric"]["MetricName"] == "5xxStatusResponses"
    assert metrics["requests"]["MetricStat"]["Metric"]["MetricName"] == "Requests"


def test_a11_unhealthy_is_more_than_3_failures_in_a_row(phase_one: Assembly) -> None:
    config = phase_one.at("global", "ViewCoreApi/HealthCheck")["HealthCheckConfig"]

    assert (config["FullyQualifiedDomainName"], config["ResourcePath"]) == ("api.restartix.com", "/health")
    assert config["FailureThreshold"] == 4
    assert alarm(phase_one, EVERYWHERE + "core-api-unhealthy")["TreatMissingData"] == "breaching"


def test_a11_thresholds_follow_the_configuration(phase_two: Assembly) -> None:
    # 80 % of 500 connections, a fifth of 250 GB, and the budget of the phase.
    assert alarm(phase_two, SHARD + "database-connections")["Threshold"] == 400
    assert alarm(phase_two, SHARD + "database-storage")["Threshold"] == 50 * GIB
    assert alarm(phase_two, EVERYWHERE + "monthly-spend")["Threshold"] == 1200


def test_a11_fargate_has_the_same_alarms_and_watches_its_own_front_door_too(
    phase_one: Assembly, fargate: Assembly
) -> None:
    def facts(assembly: Assembly) -> set[tuple[Any, ...]]:
        return {(one["AlarmName"], one["Threshold"]) for one in assembly.of_type(ALARM)}

    assert facts(phase_one) <= facts(fargate)
    assert {name for name, _ in facts(fargate) - facts(phase_one)} == {f"{SHARD}front-door-errors"}
    assert alarm(fargate, f"{SHARD}front-door-errors")["MetricName"] == "HTTPCode_ELB_5XX_Count"


def test_a11_the_databases_memory_is_watched_by_its_class(phase_one: Assembly, phase_two: Assembly) -> None:
    # 5 % of the 4 GiB of a t4g.medium, and of the 16 of an r6g.large.
    for assembly, mib in ((phase_one, 204), (phase_two, 819)):
        found = alarm(assembly, f"{SHARD}database-memory")
        assert (found["MetricName"], found["Threshold"]) == ("FreeableMemory", mib * 1024**2)


def test_a11_credits_are_told_when_aws_bills_for_more(phase_one: Assembly) -> None:
    found = alarm(phase_one, f"{SHARD}database-cpu-credits")

    assert (found["MetricName"], found["Threshold"]) == ("CPUSurplusCreditsCharged", 0)


def test_a16_each_replicas_lag_is_watched(phase_two: Assembly) -> None:
    for number in (1, 2):
        lag = alarm(phase_two, f"{SHARD}database-replica-{number}-lag")
        (dimension,) = lag["Dimensions"]
        watched = phase_two.target("observability", dimension["Value"])
        assert watched == phase_two.at("data", f"Database/Replica{number}/Resource")
        assert (lag["Threshold"], lag["TreatMissingData"]) == (300, "breaching")


def test_a11_every_alarm_says_what_to_do_and_has_a_runbook(restartix: dict[str, Assembly]) -> None:
    for assembly in restartix.values():
        for one in assembly.of_type(ALARM):
            said = re.search(
                r"What to do: .+\. Runbook: \S+/(docs/runbooks/\S+\.md)$", one["AlarmDescription"]
            )
            assert said, one["AlarmName"]
            assert (ROOT / said[1]).is_file(), said[1]


def test_a11_every_alarm_tells_people_when_it_starts_and_when_it_ends(phase_one: Assembly) -> None:
    for one in phase_one.of_type(ALARM):
        for action in ("AlarmActions", "OKActions"):
            (topic,) = phase_one.targets(one.role, one[action])
            heard = [
                subscription["Endpoint"]
                for subscription in phase_one.of_type("AWS::SNS::Subscription", one.role)
                if phase_one.target(one.role, subscription["TopicArn"]) == topic
            ]
            assert heard == ["alerts@restartix.com"]


def test_a11_alarms_may_use_the_key_of_their_encrypted_topic(phase_one: Assembly) -> None:
    for topic in phase_one.of_type("AWS::SNS::Topic"):
        key = phase_one.target(topic.role, topic["KmsMasterKeyId"])
        assert key
        allowed = [
            statement["Action"]
            for statement in key["KeyPolicy"]["Statement"]
            if "cloudwatch.amazonaws.com" in statement["Principal"].get("Service", ())
        ]
        assert {"kms:Decrypt", "kms:GenerateDataKey*"} <= {action for one in allowed for action in one}


def test_a11_aws_itself_says_what_no_metric_shows(phase_one: Assembly) -> None:
    rules = phase_one.of_type("AWS::Events::Rule", "observability")
    topic = phase_one.the("AWS::SNS::Topic", "observability")

    assert {source for rule in rules for source in rule["EventPattern"]["source"]} == {
        "aws.rds",
        "aws.ecs",
        "aws.apprunner",
    }
    for rule in rules:
        assert phase_one.targets(rule.role, [target["Arn"] for target in rule["Targets"]]) == [topic]


def test_a11_an_environment_that_alarms_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="emails"):
        Alarms(emails=())


def test_a11_a_production_environment_without_alarms_is_refused() -> None:
    given = dict(load_system("restartix").environment("production"))
    del given["alarms"]

    with pytest.raises(ValueError, match="alarms of environment production must be given"):
        Environment.model_validate(given)


@pytest.mark.parametrize("title", WIDGETS)
def test_a11_the_dashboard_shows_what_the_document_lists(phase_one: Assembly, title: str) -> None:
    shown = {metric[1] for metric in widgets(phase_one)[title]["metrics"]}

    assert shown == WIDGETS[title]


def test_a11_the_dashboard_shows_both_services_traffic(phase_one: Assembly) -> None:
    for title in ("Requests per minute", "Active instances"):
        shown = json.dumps(widgets(phase_one)[title])
        assert "restartix-core-api" in shown
        assert "restartix-telemetry-api" in shown


def test_a11_the_dashboard_shows_the_error_rate_of_both_services(phase_one: Assembly) -> None:
    rates = [
        metric[0]["label"]
        for metric in widgets(phase_one)["Error rate: 5xx of all (%)"]["metrics"]
        if isinstance(metric[0], dict)
    ]

    assert rates == ["core-api", "telemetry-api"]


@pytest.mark.parametrize("service", ["core-api", "telemetry-api"])
def test_a11_the_dashboard_shows_p50_p95_p99_cpu_and_memory_per_instance(
    phase_one: Assembly, service: str
) -> None:
    shown = widgets(phase_one)
    statistics = {metric[-1]["stat"] for metric in shown[f"{service}: response time (ms)"]["metrics"]}

    assert statistics == {"p50", "p95", "p99"}
    for title, metric in (("CPU (%)", "CPUUtilization"), ("memory (%)", "MemoryUtilization")):
        (search,) = shown[f"{service}: {title}"]["metrics"]
        assert f'MetricName="{metric}" ServiceName="restartix-{service}"' in search[0]["expression"]
        assert "InstanceID" in search[0]["expression"]


@pytest.mark.parametrize("kind", ["application", "service"])
@pytest.mark.parametrize("service", ["restartix-core-api", "restartix-telemetry-api"])
def test_a11_app_runners_logs_end_after_90_days(phase_one: Assembly, service: str, kind: str) -> None:
    kept = {
        text(one["LogGroupName"]): one["RetentionInDays"]
        for one in phase_one.of_type("Custom::LogRetention", "compute")
    }

    assert [
        days for name, days in kept.items() if re.fullmatch(f"/aws/apprunner/{service}/.+/{kind}", name)
    ] == [90]


def test_a11_no_log_group_of_ours_is_kept_for_ever(restartix: dict[str, Assembly]) -> None:
    for assembly in restartix.values():
        assert all(one["RetentionInDays"] >= 90 for one in assembly.of_type("AWS::Logs::LogGroup"))


def test_a11_the_bill_and_outside_health_are_watched_where_aws_shows_them(phase_one: Assembly) -> None:
    assert phase_one.stacks["global"].place.region == "us-east-1"


def test_a12_the_budget_speaks_up_at_80_and_100_percent(phase_one: Assembly, phase_two: Assembly) -> None:
    budget = phase_one.the("AWS::Budgets::Budget")
    told = {
        notification["Notification"]["Threshold"]: [one["Address"] for one in notification["Subscribers"]]
        for notification in budget["NotificationsWithSubscribers"]
    }

    assert budget["Budget"]["BudgetLimit"] == {"Amount": 300, "Unit": "USD"}
    assert budget["Budget"]["TimeUnit"] == "MONTHLY"
    assert "BudgetName" not in budget["Budget"]
    assert told == {80: ["alerts@restartix.com"], 100: ["alerts@restartix.com"]}
    assert phase_two.the("AWS::Budgets::Budget")["Budget"]["BudgetLimit"]["Amount"] == 1200
