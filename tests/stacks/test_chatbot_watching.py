"""Rows D5, D10 and D11: what of the chatbot platform is watched, and that somebody hears of it."""

import json
from typing import Any

import pytest

from support.assembly import Assembly, text

ALARM = "AWS::CloudWatch::Alarm"
PREFIX = "chatbot-production-ie-1-"
BEHIND_THE_DOOR = ("frontend", "backend", "chatbot-api", "chatbot-admin")
INSIDE = ("ai-worker", "weaviate")
QUEUES = ("jobs-high", "jobs-normal", "jobs-low")


def alarms(assembly: Assembly) -> dict[str, dict[str, Any]]:
    return {
        str(one["AlarmName"]).removeprefix(PREFIX): one.properties
        for one in assembly.of_type(ALARM, "observability")
    }


def test_d11_there_is_an_alarm_for_everything_that_can_fail(chatbot_production: Assembly) -> None:
    assert alarms(chatbot_production).keys() == {
        *(f"{name}-{kind}" for name in BEHIND_THE_DOOR for kind in ("errors", "latency")),
        *(f"{name}-{kind}" for name in INSIDE for kind in ("stopped", "memory")),
        *(f"{name}-log-errors" for name in BEHIND_THE_DOOR + INSIDE),
        *(f"{name}-{kind}" for name in QUEUES for kind in ("failed", "age")),
        "front-door-errors",
        "firewall-blocks",
        "database-connections",
        "database-cpu",
        "database-cpu-credits",
        "database-memory",
        "database-storage",
        "cache-memory",
        "backups-no-backup",
    }


def test_d11_each_alarm_tells_a_topic_that_somebody_listens_to(chatbot_production: Assembly) -> None:
    topics = set()
    for alarm in chatbot_production.of_type(ALARM, "observability"):
        (action,) = alarm["AlarmActions"]
        topic = chatbot_production.target("observability", action)
        assert topic
        topics.add(topic.logical_id)
        assert "Runbook: https://github.com/chatbot/platform/blob/main/docs/runbooks/" in text(
            alarm["AlarmDescription"]
        )
    listeners = [
        one
        for one in chatbot_production.of_type("AWS::SNS::Subscription", "observability")
        if one["Protocol"] == "email"
    ]

    assert [one["Endpoint"] for one in listeners] == ["ahmed@chatbot.example.com"]
    assert topics == {one["TopicArn"]["Ref"] for one in listeners}


@pytest.mark.parametrize("name", QUEUES)
def test_d5_one_failed_message_is_enough(chatbot_production: Assembly, name: str) -> None:
    alarm = alarms(chatbot_production)[f"{name}-failed"]
    (queue,) = (
        chatbot_production.target("observability", dimension["Value"]) for dimension in alarm["Dimensions"]
    )

    assert queue
    assert queue["QueueName"] == f"chatbot-{name}-failed"
    assert (alarm["MetricName"], alarm["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 0)
    assert (alarm["ComparisonOperator"], alarm["EvaluationPeriods"]) == ("GreaterThanThreshold", 1)


def test_d5_the_more_urgent_a_queue_the_sooner_somebody_is_told(chatbot_production: Assembly) -> None:
    found = alarms(chatbot_production)

    assert [found[f"{name}-age"]["Threshold"] / 60 for name in QUEUES] == [5, 15, 60]
    assert {found[f"{name}-age"]["MetricName"] for name in QUEUES} == {"ApproximateAgeOfOldestMessage"}


@pytest.mark.parametrize("name", INSIDE)
def test_d11_a_service_nobody_calls_is_missed_when_no_task_runs(
    chatbot_production: Assembly, name: str
) -> None:
    alarm = alarms(chatbot_production)[f"{name}-stopped"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("ECS/ContainerInsights", "RunningTaskCount")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    # Where nothing runs, nothing is counted either.
    assert alarm["TreatMissingData"] == "breaching"


ERRORS = '{ ($.level = "error") || ($.level = "fatal") }'
NO_ID = '{ ($.level = "*") && ($.correlationId NOT EXISTS) }'


def counted(assembly: Assembly, pattern: str) -> set[tuple[str, str]]:
    """Each metric that lines of this pattern are counted in, with the log they are in."""
    found = set()
    for one in assembly.of_type("AWS::Logs::MetricFilter", "observability"):
        if one["FilterPattern"] == pattern:
            log = assembly.target("observability", one["LogGroupName"])
            assert log
            (metric,) = one["MetricTransformations"]
            found.add((metric["MetricName"], log.path))
    return found


def log_of(service: str) -> str:
    return f"{''.join(word.capitalize() for word in service.split('-'))}/Logs/Resource"


def test_d10_errors_in_lines_of_json_are_counted_and_told(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        assert counted(assembly, ERRORS) == {
            (f"{name}-errors", log_of(name)) for name in BEHIND_THE_DOOR + INSIDE
        }


def test_d10_lines_without_a_correlation_id_are_counted_where_our_own_images_write_them(
    chatbot: dict[str, Assembly],
) -> None:
    """In one metric, which costs as much as one; Weaviate knows no ids."""
    for assembly in chatbot.values():
        assert counted(assembly, NO_ID) == {
            ("lines-without-correlation", log_of(name)) for name in (*BEHIND_THE_DOOR, "ai-worker")
        }


def test_d10_the_dashboard_shows_them_and_a_query_tells_whose_they_are(chatbot_production: Assembly) -> None:
    body = json.loads(text(chatbot_production.the("AWS::CloudWatch::Dashboard")["DashboardBody"]))
    (metrics,) = [
        widget["properties"]["metrics"]
        for widget in body["widgets"]
        if widget["properties"]["title"] == "Logs: lines without a correlation id"
    ]
    query = chatbot_production.the(
        "AWS::Logs::QueryDefinition", "observability", Name=f"{PREFIX.rstrip('-')}/without correlationId"
    )

    assert [one[:2] for one in metrics] == [[PREFIX.rstrip("-"), "lines-without-correlation"]]
    assert "filter ispresent(level) and not ispresent(correlationId)" in query["QueryString"]
    assert "by @log" in query["QueryString"]
    assert len(query["LogGroupNames"]) == len(BEHIND_THE_DOOR) + 1


def test_d10_one_query_finds_a_request_in_every_log(chatbot_production: Assembly) -> None:
    query = chatbot_production.the(
        "AWS::Logs::QueryDefinition", "observability", Name=f"{PREFIX.rstrip('-')}/by correlationId"
    )

    assert "filter correlationId = 'paste the id here'" in query["QueryString"]
    assert len(query["LogGroupNames"]) == len(BEHIND_THE_DOOR + INSIDE)


def test_d11_the_dashboard_shows_worker_and_queues_too(chatbot: dict[str, Assembly]) -> None:
    for assembly in chatbot.values():
        body = json.loads(text(assembly.the("AWS::CloudWatch::Dashboard")["DashboardBody"]))
        titles = {widget["properties"]["title"] for widget in body["widgets"]}
        assert {f"{name}: CPU (%)" for name in BEHIND_THE_DOOR + INSIDE} <= titles
        assert {"Queues: messages that wait", "Queues: failed for good"} <= titles
        # Nobody counts requests of a worker.
        assert "ai-worker: response time (ms)" not in titles


def test_d11_production_is_asked_from_outside_and_dev_that_sleeps_is_not(
    chatbot: dict[str, Assembly],
) -> None:
    asked = {
        name: {
            one["HealthCheckConfig"]["FullyQualifiedDomainName"] + one["HealthCheckConfig"]["ResourcePath"]
            for one in assembly.of_type("AWS::Route53::HealthCheck")
        }
        for name, assembly in chatbot.items()
    }

    assert asked["chatbot_production"] == {"chatbot.example.com/", "api.chatbot.example.com/health"}
    assert asked["chatbot_dev"] == set()
